import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { Drive } from "#node/drive/drive.js";
import { openFileSigner } from "#node/signer/file-signer.js";
import { signerErrors, type Signer } from "#node/signer/signer.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { MemoryFiles } from "#node/storage/files/memory-files.js";
import { openWal } from "#node/storage/files/wal.js";
import { LoneChain, loneGenesis, LONE_SEED } from "#test/fixtures/lone-chain.js";
import { virtualClock } from "#test/simulation/clock.js";
import { TornDisk } from "../signer/disk.js";

const STATE = "state.json";
const EMPTY = utf8(JSON.stringify({ height: "0", round: 0, step: 0 }));
const TIMEOUTS = {
  proposeMs: 1000,
  proposeDeltaMs: 500,
  prevoteMs: 500,
  prevoteDeltaMs: 500,
  precommitMs: 500,
  precommitDeltaMs: 500,
};

/** The driver of a chain's only validator: a real chain, log and signer, each of which the test can hold up. */
async function world(given: { files?: MemoryFiles; seed?: Bytes } = {}) {
  const files = given.files ?? new MemoryFiles();
  const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open()));
  const clock = virtualClock((await lone.chain.tip()).time + 1000n);
  const wall = { backMs: 0n };
  const wal = await openWal(files.mount(), "wal");
  const { chainId } = loneGenesis();
  const key = await openFileSigner({
    seed: given.seed ?? LONE_SEED,
    chainId,
    statePath: STATE,
    files: new TornDisk(new Map([[STATE, EMPTY]])),
  });
  /** What the signer is asked, in order; entries not yet on disk at that time. */
  const asked: { height: bigint; unsynced: number }[] = [];
  const hold = { away: false, silent: false, syncFails: false };
  const held: (() => void)[] = [];
  const faults: unknown[] = [];
  const unsyncedAtPublish: number[] = [];
  let unsynced = 0;
  const through = async (height: bigint, sign: () => Promise<Bytes | Rejection>): Promise<Bytes | Rejection> => {
    asked.push({ height, unsynced });
    if (hold.away) return reject(signerErrors.away);
    if (hold.silent) await new Promise<void>((resolve) => held.push(resolve));
    return sign();
  };
  const signer: Signer = {
    publicKey: key.publicKey,
    lastSigned: () => key.lastSigned(),
    signVote: (vote) => through(vote.height, () => key.signVote(vote)),
    signProposal: (proposal) => through(proposal.height, () => key.signProposal(proposal)),
    proveBeacon(height, previous) {
      asked.push({ height, unsynced: 0 }); // Nothing need be on disk before it: no two of them contradict each other.
      return hold.away ? Promise.resolve(reject(signerErrors.away)) : key.proveBeacon(height, previous);
    },
  };
  const drive = new Drive({
    chainId,
    chain: lone.chain,
    wal: {
      read: (height) => wal.read(height),
      begin: (height) => wal.begin(height),
      drop: (below) => wal.drop(below),
      append(record) {
        unsynced++;
        wal.append(record);
      },
      async flush() {
        if (hold.syncFails) throw new Error("the disk is gone");
        const before = unsynced;
        await wal.flush();
        unsynced -= before;
      },
    },
    gossip: {
      publish: () => void unsyncedAtPublish.push(unsynced),
      hold: () => undefined,
      heightStarted: () => undefined,
    },
    mempool: { reap: () => [], update: () => Promise.resolve(), drop: () => undefined },
    clock: {
      now: () => clock.now() - wall.backMs,
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, fire) => clock.after(delayMs, fire),
    },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    signer,
    timeouts: TIMEOUTS,
    blockIntervalMs: 1000,
    onCommitted: () => Promise.resolve(),
    evidence: { report: () => Promise.resolve(), reap: () => [] },
    onFault: (error) => void faults.push(error),
  });
  const signed = (): number => key.lastSigned().step;
  const height = async (): Promise<bigint> => (await lone.chain.tip()).height;
  return { drive, lone, clock, wall, asked, signed, hold, held, faults, files, height, unsyncedAtPublish };
}

/** Blocks 1 to `count` of the same chain, decided elsewhere. */
async function decidedElsewhere(count: number): Promise<readonly (readonly [block: Bytes, certificate: Bytes])[]> {
  const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open()));
  await lone.grow(count);
  return Array.from({ length: count }, (_, i) => {
    const at = BigInt(i + 1);
    return [
      present(lone.store.block(at), "a block was committed"),
      present(lone.store.certificate(at), "with its certificate"),
    ] as const;
  });
}

test("own words are asked for, and leave, only when all that led to them is on disk (W2, W3)", async () => {
  const { drive, clock, asked, height, unsyncedAtPublish } = await world();
  drive.resume();
  await clock.run(5_500);
  assert.ok((await height()) >= 5n);
  assert.ok(asked.length >= 15 && unsyncedAtPublish.length >= 15);
  assert.deepEqual(
    asked.filter(({ unsynced }) => unsynced > 0),
    [],
  );
  assert.deepEqual(new Set(unsyncedAtPublish), new Set([0]));
});

test("while the signer is away the node stands ready and asks again; its return is all that votes need", async () => {
  const { drive, clock, hold, height, faults } = await world();
  drive.resume();
  await clock.run(3_500);
  const before = await height();
  hold.away = true;
  await clock.run(clock.monotonicMs() + 60_000);
  assert.ok((await height()) <= before + 1n);
  assert.ok(drive.summary() !== undefined, "it tells others where it is");
  hold.away = false;
  await clock.run(clock.monotonicMs() + 5_000);
  assert.ok((await height()) >= before + 3n);
  assert.deepEqual(faults, []);
});

test("a signer that is silent holds nothing up but its own answers", async () => {
  const { drive, clock, hold, held, height } = await world();
  hold.silent = true;
  drive.resume();
  await clock.run(2_000);
  assert.equal(held.length, 1, "one question at a time: they must not overtake each other");
  assert.equal(drive.state.step, "prevote", "the timer of the proposal has run");
  assert.equal(await height(), 0n);
  hold.silent = false;
  for (const answer of held) answer();
  await clock.run(clock.monotonicMs() + 10_000);
  assert.ok((await height()) >= 3n);
});

test("a pause waits for the signer's word; what sync has committed is never signed (P8)", async () => {
  const { drive, clock, asked, hold, held, height } = await world();
  const blocks = await decidedElsewhere(3);
  hold.silent = true;
  drive.resume();
  await clock.run(500);
  assert.equal(held.length, 1);
  let paused = false;
  const pausing = drive.pause().then(() => (paused = true));
  await clock.run(clock.monotonicMs() + 2_000);
  assert.equal(paused, false, "a question is out: its answer may come any time");
  held[0]!();
  await clock.run(clock.monotonicMs() + 10, () => paused);
  await pausing;
  const before = asked.length;
  for (const [block, certificate] of blocks) {
    await drive.commitDecided(block, certificate);
    await clock.run(clock.monotonicMs() + 5_000);
  }
  assert.equal(asked.length, before, "nothing is signed while another path commits");
  hold.silent = false;
  drive.resume();
  await clock.run(clock.monotonicMs() + 5_000);
  assert.ok((await height()) > 3n);
  assert.deepEqual(
    asked.slice(before).filter((one) => one.height <= 3n),
    [],
  );
});

test("what was wanted of a height while the signer was away is forgotten when sync commits it (P8)", async () => {
  const { drive, clock, asked, hold, height } = await world();
  const blocks = await decidedElsewhere(2);
  hold.away = true;
  drive.resume();
  await clock.run(3_000);
  assert.ok(asked.some((one) => one.height === 1n));
  await drive.pause();
  for (const [block, certificate] of blocks) await drive.commitDecided(block, certificate);
  const before = asked.length;
  hold.away = false;
  drive.resume();
  await clock.run(clock.monotonicMs() + 5_000);
  assert.ok((await height()) > 2n);
  assert.deepEqual(
    asked.slice(before).filter((one) => one.height <= 2n),
    [],
  );
});

test("a pause that changed nothing goes on with what was wanted", async () => {
  const { drive, clock, hold, height } = await world();
  hold.away = true;
  drive.resume();
  await clock.run(1_500);
  await drive.pause();
  hold.away = false;
  await clock.run(clock.monotonicMs() + 5_000);
  assert.equal(await height(), 0n);
  drive.resume();
  await clock.run(clock.monotonicMs() + 5_000);
  assert.ok((await height()) >= 3n);
});

test("a log that cannot be synced stops the node before anything is signed (W2, W9)", async () => {
  const { drive, clock, signed, hold, faults } = await world();
  hold.syncFails = true;
  drive.resume();
  await clock.run(30_000);
  assert.equal(faults.length, 1);
  assert.equal(signed(), 0);
});

test("a height that another key began is begun anew: this key has said nothing in it", async () => {
  const before = await world({ seed: sha256(utf8("no validator")) });
  before.drive.resume();
  await before.clock.run(3_000);
  assert.equal(before.signed(), 0);
  before.drive.stop();
  await before.drive.pause();
  const after = await world({ files: before.files });
  after.drive.resume();
  await after.clock.run(5_000);
  assert.ok((await after.height()) >= 3n);
});

test("a clock that is set back while a proposer waits costs the proposal, not the node", async () => {
  const { drive, clock, wall, hold, height, faults } = await world();
  drive.resume();
  await clock.run(2_500);
  hold.away = true; // The beacon's proof is waited for: when it comes, it is earlier than the last block.
  await clock.run(clock.monotonicMs() + 900);
  const before = await height();
  wall.backMs = 3_600_000n;
  hold.away = false;
  await clock.run(clock.monotonicMs() + 10_000);
  assert.deepEqual(faults, []);
  assert.ok((await height()) <= before + 1n);
  wall.backMs = 0n;
  await clock.run(clock.monotonicMs() + 60_000);
  assert.deepEqual(faults, []);
  assert.ok((await height()) > before + 3n);
});

test("of the rounds that passed while a proposer waited for its clock only the last gets a block", async (t) => {
  const { drive, lone, clock, wall, height } = await world();
  drive.resume();
  await clock.run(2_500);
  wall.backMs = 25_000n;
  const before = await height();
  const builds = t.mock.method(lone.chain, "build");
  assert.ok(await clock.run(clock.monotonicMs() + 60_000, () => drive.state.height > before + 2n));
  assert.ok(builds.mock.callCount() <= 3, `${builds.mock.callCount()} blocks`);
});
