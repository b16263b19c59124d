import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "#proto/base64.js";
import { evidenceJson, newEvidenceJson } from "#proto/rpc/evidence-json.js";
import { attackEvidence } from "#proto/evidence/make.js";
import { isRejection } from "#proto/rejection.js";
import { upperHex } from "#proto/rpc/json.js";
import { formatRfc3339 } from "#proto/time.js";
import type { Evidence } from "#proto/types/block.js";
import {
  addressOf,
  blockIdOf,
  chain,
  forged,
  four,
  pair,
  proposalOf,
  proposalsEvidence,
  timeOf,
  voteOf,
  votesEvidence,
} from "../evidence/world.js";

const [one, two] = pair("one", "two");
type Json = { readonly [key: string]: Json & string };

test("two votes look as CometBFT shows them", () => {
  const nil = voteOf("b", { blockId: undefined });
  const json = evidenceJson(votesEvidence(nil, voteOf("b", { blockId: blockIdOf(one) }))) as Json;
  assert.equal(json["type"], "tendermint/DuplicateVoteEvidence");
  assert.deepEqual(Object.keys(json["value"]!), [
    "vote_a",
    "vote_b",
    "TotalVotingPower",
    "ValidatorPower",
    "Timestamp",
  ]);
  assert.deepEqual(json["value"]!["vote_a"], {
    type: 1,
    height: "3",
    round: 1,
    block_id: { hash: "", parts: { total: 0, hash: "" } },
    timestamp: formatRfc3339(timeOf(3n)),
    validator_address: upperHex(addressOf("b")),
    validator_index: 1,
    signature: toBase64(nil.signature),
  });
  assert.equal(json["value"]!["ValidatorPower"], "30");
});

test("two proposals have a type of ours", () => {
  const [a, b] = [one, two].map((name) => proposalOf("b", { blockId: blockIdOf(name) }));
  const json = evidenceJson(proposalsEvidence(a!, b!)) as Json;
  assert.equal(json["type"], "tributary/DuplicateProposalEvidence");
  assert.equal(json["value"]!["proposal_a"]!["proposer_address"], upperHex(addressOf("b")));
  assert.equal(json["value"]!["proposal_b"]!["pol_round"], -1);
});

test("an attack shows the conflicting block and who signed it", () => {
  const piece = attackEvidence(
    { height: 2n, time: timeOf(2n), validators: four },
    forged(3n, { stateRoot: new Uint8Array(32) }, four, ["a", "b"]),
    chain.at(3n)!,
  );
  assert.ok(!isRejection(piece));
  const json = newEvidenceJson(piece) as Json;
  assert.equal(json["height"], "3");
  const { type, value } = json["evidence"]! as unknown as { type: string; value: Json };
  assert.equal(type, "tendermint/LightClientAttackEvidence");
  assert.equal(value["CommonHeight"], "3");
  const block = value["ConflictingBlock"]!;
  assert.equal(block["signed_header"]!["header"]!["app_hash"], "00".repeat(32));
  assert.equal((block["validator_set"]!["validators"] as unknown as unknown[]).length, 4);
  const byzantine = value["ByzantineValidators"] as unknown as Json[];
  assert.deepEqual(
    byzantine.map((validator) => validator["address"]),
    ["a", "b"].map((name) => upperHex(addressOf(name))),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json, "plain JSON");
});

test("each kind has a height", () => {
  const piece: Evidence = votesEvidence(voteOf("b", { blockId: undefined }), voteOf("b"));
  assert.equal((newEvidenceJson(piece) as Json)["height"], "3");
});
