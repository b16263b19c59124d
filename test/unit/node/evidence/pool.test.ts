import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { evidenceErrors } from "#proto/evidence/errors.js";
import { decodeEvidence, judgeEvidence } from "#proto/evidence/judge.js";
import { isRejection, reject } from "#proto/rejection.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import type { EvidenceDeps } from "#node/evidence/deps.js";
import { EvidencePool, POOL_BYTES_MAX } from "#node/evidence/pool.js";
import { useNatives } from "#node/runtime/natives.js";
import { evidenceFile } from "#node/storage/files/evidence-file.js";
import { drawnRemains, MemoryFiles } from "#node/storage/files/memory-files.js";
import { attackEvidence } from "#proto/evidence/make.js";
import {
  addressOf,
  blockIdOf,
  chain,
  forged,
  four,
  ground,
  pair,
  timeOf,
  voteOf,
  votesEvidence,
} from "../../proto/evidence/world.js";

useNatives();
const PATH = "/evidence.pending";
const [one, two] = pair("one", "two");

/** By the named validator at a height, its time left open or given. */
function evidenceOf(name: string, power: bigint, height = 3n, time = timeOf(height)): Evidence {
  const [a, b] = [one, two].map((block) => voteOf(name, { height, blockId: blockIdOf(block) }));
  return votesEvidence(a!, b!, { validatorPower: power, time });
}

/** A chain of the given height, which punishes on request, and a disk. */
class World {
  height = 6n;
  readonly punished = new Set<string>();
  readonly files = new MemoryFiles();
  readonly added: Bytes[] = [];
  judged = 0;

  async open(): Promise<EvidencePool> {
    const deps: EvidenceDeps = {
      chain: {
        judgeEvidence: (pieces) => Promise.resolve(pieces.map((bytes) => this.#judge(bytes))),
        blockTime: (height) => (height > this.height ? undefined : timeOf(height)),
      },
      kept: evidenceFile(this.files.mount(), PATH),
      log: { warn: () => undefined },
    };
    const pool = await EvidencePool.open(deps);
    pool.onAdded((bytes) => this.added.push(bytes));
    return pool;
  }

  #judge(bytes: Bytes) {
    this.judged++;
    const piece = decodeEvidence(bytes);
    if (isRejection(piece)) return piece;
    const offences = judgeEvidence({ ...ground, height: this.height, time: timeOf(this.height) }, piece);
    if (isRejection(offences)) return offences;
    const open = offences.filter(({ validator }) => !this.punished.has(toHex(validator)));
    return open.length === 0 ? reject(evidenceErrors.punished) : open;
  }
}

const b3 = evidenceCodec.encode(evidenceOf("b", 30n));
const nameOf = (refused: { name: string } | undefined): string => refused?.name ?? "taken";

test("what is judged good enters once, is told and handed out; anything else names its reason", async () => {
  const world = new World();
  const pool = await world.open();
  assert.equal(nameOf(await pool.submit(b3)), "taken");
  assert.equal(nameOf(await pool.submit(b3)), "known");
  assert.deepEqual(world.added, [b3]);
  assert.deepEqual(pool.pending(), [b3]);
  const wrong = evidenceCodec.encode({ ...evidenceOf("c", 20n), totalPower: 99n });
  assert.equal(nameOf(await pool.submit(wrong)), "power");
  assert.equal(nameOf(await pool.submit(Uint8Array.of(1, 2, 3))), "malformed");
  assert.deepEqual(pool.reap(b3.length), [b3]);
  assert.deepEqual(pool.reap(b3.length - 1), []);
});

test("8: further contradictions of one validator add nothing, whatever their signatures", async () => {
  const world = new World();
  const pool = await world.open();
  await pool.submit(b3);
  const other = votesEvidence(voteOf("b", { blockId: undefined }), voteOf("b", { blockId: blockIdOf(one) }));
  assert.equal(nameOf(await pool.submit(evidenceCodec.encode(other))), "known");
  assert.equal(nameOf(await pool.submit(evidenceCodec.encode(evidenceOf("b", 30n, 4n)))), "known");
  assert.equal(pool.size, 1);
});

test("evidence of the running height waits for its block, whose time it gets (E5)", async () => {
  const world = new World();
  world.height = 2n;
  const pool = await world.open();
  await pool.report(evidenceOf("b", 30n, 3n, 0n));
  await pool.committed();
  assert.deepEqual(pool.pending(), []);
  assert.equal(nameOf(await pool.submit(b3)), "notYet"); // From a peer that is ahead: it will send it again.
  world.height = 3n;
  await pool.committed();
  assert.deepEqual(pool.pending(), [b3]);
  assert.deepEqual(world.added, [b3]);
});

test("evidence of the height before is judged at once", async () => {
  const world = new World();
  const pool = await world.open();
  await pool.report(evidenceOf("b", 30n, 3n, 0n));
  assert.deepEqual(pool.pending(), [b3]);
});

test("a kill at any moment after a report or an admission loses nothing", async () => {
  const world = new World();
  world.height = 3n;
  const pool = await world.open();
  await pool.submit(b3);
  await pool.report(evidenceOf("c", 20n, 4n, 0n));
  await pool.report(evidenceOf("c", 20n, 4n, 0n)); // Said again by a replay of the log.
  world.files.crash(drawnRemains(() => 0)); // Nothing that was not synced survives.
  const again = await world.open();
  assert.deepEqual(again.pending(), [b3]);
  world.height = 4n;
  await again.committed();
  assert.deepEqual(again.pending(), [b3, evidenceCodec.encode(evidenceOf("c", 20n, 4n))]);
  world.files.crash(drawnRemains(() => 0));
  assert.equal((await world.open()).size, 2);
});

test("what a block punished or time has passed over goes, from the disk too", async () => {
  const world = new World();
  const pool = await world.open();
  await pool.submit(b3);
  await pool.submit(evidenceCodec.encode(evidenceOf("c", 20n)));
  world.punished.add(toHex(addressOf("b")));
  await pool.committed();
  assert.equal(pool.size, 1);
  assert.equal(nameOf(await pool.submit(b3)), "punished");
  world.height = 1_000n;
  await pool.committed();
  assert.equal(pool.size, 0);
  assert.deepEqual(await evidenceFile(world.files.mount(), PATH).load(), []);
});

test("an idle pool asks the chain nothing", async () => {
  const world = new World();
  const pool = await world.open();
  const before = world.judged;
  await pool.committed();
  assert.equal(world.judged, before);
});

test("29: the pool is bounded in bytes", async () => {
  const world = new World();
  const piece = attackEvidence(
    { height: 2n, time: timeOf(2n), validators: four },
    forged(3n, { stateRoot: new Uint8Array(32), chainId: chain.at(3n)!.header.chainId }, four, ["a", "b"]),
    chain.at(3n)!,
  );
  assert.ok(!isRejection(piece));
  const deps: EvidenceDeps = {
    chain: {
      // Names another validator each time.
      judgeEvidence: (pieces) =>
        Promise.resolve(
          pieces.map((bytes) => [
            {
              kind: "light_client_attack",
              validator: sha256(bytes).slice(0, 20),
              height: 1n,
              time: 1n,
              power: 1n,
              totalPower: 1n,
            },
          ]),
        ),
      blockTime: () => undefined,
    },
    kept: evidenceFile(world.files.mount(), PATH),
    log: { warn: () => undefined },
  };
  const pool = await EvidencePool.open(deps);
  const attack = piece.lightClientAttack!;
  const [signature] = attack.conflictingCertificate!.signatures;
  let last = "";
  for (let i = 0; i < 60 && last !== "full"; i++) {
    const signatures = Array.from({ length: 1_000 }, (_v, index) => ({ ...signature!, index }));
    const certificate = { ...attack.conflictingCertificate!, round: i, signatures };
    const large = {
      ...piece,
      lightClientAttack: { ...attack, conflictingCertificate: certificate },
      time: 1n << BigInt(i),
    };
    last = nameOf(await pool.submit(evidenceCodec.encode(large)));
  }
  assert.equal(last, "full");
  assert.ok(pool.pending().reduce((sum, { length }) => sum + length, 0) <= POOL_BYTES_MAX);
});

test("a damaged file is named", async () => {
  const world = new World();
  await (await world.open()).submit(b3);
  const length = (await world.files.mount().read(PATH))!.length;
  for (const at of [0, 9, 13, length - 1]) {
    const flip = (bytes: Bytes): Bytes => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    world.files.damage(PATH, flip);
    await assert.rejects(world.open(), /evidence\.pending is damaged/);
    world.files.damage(PATH, flip);
  }
  world.files.damage(PATH, (bytes) => bytes.subarray(0, length - 1));
  await assert.rejects(world.open(), /is damaged/);
});
