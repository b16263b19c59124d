import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "#proto/bytes.js";
import { decodeEvidence, judgeEvidence } from "#proto/evidence/judge.js";
import { attackEvidence } from "#proto/evidence/make.js";
import { EVIDENCE_BYTES_MAX } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import { useNatives } from "#node/runtime/natives.js";
import { seeded } from "../../../simulation/random.js";
import {
  blockIdOf,
  chain,
  forged,
  four,
  ground,
  pair,
  proposalOf,
  proposalsEvidence,
  timeOf,
  voteOf,
  votesEvidence,
} from "./world.js";

useNatives();
const [one, two] = pair("one", "two");
const attack = attackEvidence(
  { height: 2n, time: timeOf(2n), validators: four },
  forged(3n, { stateRoot: new Uint8Array(32) }, four, ["a", "b"]),
  chain.at(3n)!,
);
const samples: readonly Evidence[] = [
  votesEvidence(voteOf("b", { blockId: blockIdOf(one) }), voteOf("b", { blockId: blockIdOf(two) })),
  proposalsEvidence(proposalOf("b", { blockId: blockIdOf(one) }), proposalOf("b", { blockId: blockIdOf(two) })),
  attack as Evidence,
];

test("any bytes give evidence or a rejection, and no changed bit convicts anybody", () => {
  const random = seeded(7n);
  for (const sample of samples) {
    const bytes = evidenceCodec.encode(sample);
    const sound = decodeEvidence(bytes);
    assert.ok(!isRejection(sound) && !isRejection(judgeEvidence(ground, sound)));
    for (let i = 0; i < 1_500; i++) {
      const mutant = mutate(bytes, (limit) => random.below(limit));
      if (mutant.length === bytes.length && mutant.every((byte, at) => byte === bytes[at])) continue;
      const piece = decodeEvidence(mutant);
      if (isRejection(piece)) continue;
      assert.ok(equalBytes(evidenceCodec.encode(piece), mutant), "one encoding");
      assert.ok(isRejection(judgeEvidence(ground, piece)), `mutant ${i} convicts`);
    }
  }
});

test("more bytes than any evidence has are refused before they are read", () => {
  const refused = decodeEvidence(new Uint8Array(EVIDENCE_BYTES_MAX + 1));
  assert.ok(isRejection(refused) && refused.name === "tooLarge");
});

function mutate(bytes: Uint8Array, below: (limit: number) => number): Uint8Array {
  const out = bytes.slice();
  const at = below(bytes.length);
  switch (below(4)) {
    case 0:
      out[at]! ^= 1 << below(8);
      return out;
    case 1:
      return out.subarray(0, at);
    case 2:
      return Uint8Array.from([...out.subarray(0, at), below(256), ...out.subarray(at)]);
    default:
      return Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + 1 + below(8))]);
  }
}
