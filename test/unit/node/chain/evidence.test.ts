import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "#proto/base64.js";
import { sha256 } from "#proto/crypto/hash.js";
import { utf8, toHex, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import type { Offence } from "#proto/evidence/ground.js";
import { isRejection } from "#proto/rejection.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { chooseEvidence, judgeBlockEvidence, judgeBytes, judgePiece, type LastHeight } from "#node/chain/evidence.js";
import { useNatives } from "#node/runtime/natives.js";
import { genesisWrites } from "#state/genesis.js";
import { executeBlock } from "#state/machine.js";
import { upcomingValidators } from "#state/modules/chain/index.js";
import { isTombstoned } from "#state/modules/slashing/index.js";
import { MemoryBase } from "#state/store/memory.js";
import { addressOf, blockIdOf, CHAIN, pair, voteOf, votesEvidence } from "../../proto/evidence/world.js";
import { keyOf } from "../../proto/light/chain.js";
import { genesisOf } from "../../state/world.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

useNatives();
const POWERS = { a: 40n, b: 30n, c: 20n, d: 10n } as const;
const [one, two] = pair("one", "two");

/** A state after some heights, decided by a, b, c and d. */
class States {
  readonly base = new MemoryBase();
  last: LastHeight;

  constructor(evidence = { max_age_num_blocks: "5", max_age_duration_ms: "5000", max_bytes: "1200" }) {
    const list = Object.entries(POWERS).map(([name, power]) => ({
      ...{ name, power },
      key: toBase64(ed25519PublicKey(keyOf(name))),
    }));
    const parsed = parseGenesis(genesisOf({}, {}, evidence, list));
    if (isRejection(parsed)) throw new Error(JSON.stringify(parsed));
    const writes = genesisWrites(parsed);
    if (isRejection(writes)) throw new Error(JSON.stringify(writes.data));
    this.base.apply(writes);
    this.last = { chainId: CHAIN, height: 0n, time: parsed.time };
  }

  block(misbehaviour: readonly Offence[] = []): void {
    const [height, time] = [this.last.height + 1n, this.last.time + 1_000n];
    const info = {
      ...{ chainId: CHAIN, height, time, proposer: addressOf("a"), proposerPower: 40n, totalPower: 100n },
      ...{
        beacon: sha256(utf8("beacon")),
        bech32Prefix: "trib",
        hash: headerHashOf(sha256(utf8(`block ${height}`))),
        misbehaviour,
      },
    };
    const outcome = executeBlock(this.base, info, [], { txBytesMax: 1_000 }, NO_FINGERPRINTS);
    this.base.apply(outcome.writes);
    this.last = { chainId: CHAIN, height, time };
  }

  evidence(name: keyof typeof POWERS, height = 3n, change: Partial<Evidence> = {}): Evidence {
    const [a, b] = [one, two].map((block) => voteOf(name, { height, blockId: blockIdOf(block) }));
    const time = this.last.time - (this.last.height - height) * 1_000n;
    return votesEvidence(a!, b!, { validatorPower: POWERS[name], time, ...change });
  }

  readonly judgePiece = (piece: Evidence) => judgePiece(this.base, this.last, piece);

  /** Names of the convicted, or of the refusal. */
  judge(...pieces: Evidence[]): string {
    const found = judgeBlockEvidence(this.base, this.last, pieces);
    return isRejection(found) ? found.name : found.map(({ validator }) => nameOf(validator)).join("");
  }
}

const nameOf = (address: Bytes): string =>
  Object.keys(POWERS).find((name) => toHex(addressOf(name)) === toHex(address))!;

function after(heights: number): States {
  const states = new States();
  for (let i = 0; i < heights; i++) states.block();
  return states;
}

test("29: a block may convict several validators, each once", () => {
  const states = after(4);
  const [b, c] = [states.evidence("b"), states.evidence("c")];
  assert.equal(states.judge(b, c), "bc");
  assert.equal(states.judge(b, b), "twice");
  assert.equal(states.judge(b, c, states.evidence("b", 2n)), "twice");
  const offences = judgeBlockEvidence(states.base, states.last, [b]);
  assert.ok(!isRejection(offences));
  states.block(offences);
  assert.equal(states.judge(b), "punished");
  assert.equal(states.judge(states.evidence("b", 4n)), "punished");
  assert.equal(states.judge(c), "c");
});

test("29: expired evidence, evidence of the block's own height, and more bytes than a block may hold are refused", () => {
  const states = after(8);
  assert.equal(states.judge(states.evidence("b", 3n)), "b");
  assert.equal(states.judge(states.evidence("b", 2n)), "expired");
  assert.equal(states.judge(states.evidence("b", 9n)), "notYet");
  const pieces = [states.evidence("a"), states.evidence("b"), states.evidence("c"), states.evidence("d")];
  assert.ok(pieces.reduce((sum, piece) => sum + evidenceCodec.encode(piece).length, 0) > 1_200);
  assert.equal(states.judge(...pieces), "tooLarge");
  assert.equal(states.judge(states.evidence("b", 3n, { time: states.last.time })), "time");
});

test("a proposer puts in what fits and still counts", () => {
  const states = after(8);
  const good = [states.evidence("a"), states.evidence("b"), states.evidence("c"), states.evidence("d")];
  const pending = [states.evidence("b", 2n), states.evidence("b", 9n), ...good, states.evidence("a", 4n)];
  const chosen = chooseEvidence(states.judgePiece, 1_200n, [
    Uint8Array.of(1),
    ...pending.map((piece) => evidenceCodec.encode(piece)),
  ]);
  assert.equal(states.judge(...chosen), "abc".slice(0, chosen.length));
  assert.ok(chosen.length >= 2);
});

test("bytes that are no evidence are refused, and what a peer is told names the reason", () => {
  const states = after(4);
  const of = (bytes: Bytes): string => {
    const verdict = judgeBytes(states.judgePiece, bytes);
    return isRejection(verdict) ? verdict.name : "convicts";
  };
  assert.equal(of(Uint8Array.of(7, 7)), "malformed");
  assert.equal(of(evidenceCodec.encode(states.evidence("c"))), "convicts");
  assert.equal(of(evidenceCodec.encode({ ...states.evidence("c"), duplicateVote: undefined })), "kind");
});

test("who is convicted leaves the set of two heights later and stays out", () => {
  const states = after(4);
  const offences = judgeBlockEvidence(states.base, states.last, [states.evidence("a")]);
  assert.ok(!isRejection(offences));
  states.block(offences);
  assert.ok(isTombstoned(states.base, addressOf("a")));
  const names = upcomingValidators(states.base).members.map(({ address }) => nameOf(address));
  assert.deepEqual(names, ["b", "c", "d"]);
  states.block();
  assert.equal(states.judge(states.evidence("a", 5n)), "punished");
});
