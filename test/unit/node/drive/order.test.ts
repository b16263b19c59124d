import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes, utf8, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { headerHashOf, type BlockId } from "#proto/types/block-id.js";
import { splitParts } from "#proto/types/parts.js";
import { indexOf, proposerAt, toMessage, validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, voteSignBytes, type VoteType } from "#proto/types/vote.js";
import type { Message } from "#consensus/types.js";
import type { ChainPort, Tip } from "#node/chain/types.js";
import { consensusEvents } from "#node/compose/consensus-events.js";
import { Drive } from "#node/drive/drive.js";
import { readRecords } from "#node/drive/log-record.js";
import type { LastWords } from "#node/signer/signer.js";
import { virtualClock } from "#test/simulation/clock.js";

/** W1 to W3, W8, P8: what stands in the log when something leaves, and what a restart makes of the log. */

const keys = [0, 1, 2, 3].map((i) => ed25519PublicKey(sha256(utf8(`seed ${i}`))));
const set = validatorSet(keys.map((pubKey) => ({ pubKey, power: 10n }))) as ValidatorSet;
assert.ok(!isRejection(set));
const SELF = (indexOf(set, proposerAt(set, 0).address) + 1) % 4;
const others = [0, 1, 2, 3].filter((index) => index !== SELF);
const SIGNATURE = new Uint8Array(64);
const BLOCK = utf8("a block");
const { header: PARTS } = splitParts(BLOCK);
const BLOCK_ID: BlockId = { hash: headerHashOf(sha256(BLOCK)), parts: PARTS };
const TIMEOUTS = {
  ...{ proposeMs: 1000, proposeDeltaMs: 100, prevoteMs: 1000, prevoteDeltaMs: 100 },
  ...{ precommitMs: 1000, precommitDeltaMs: 100 },
};

function vote(index: number, type: VoteType, blockId: BlockId | undefined, height = 1n, round = 0): Message {
  const validator = set.members[index]!.address;
  return { kind: "vote", vote: { type, height, round, blockId, validator, index, signature: SIGNATURE } };
}

const NOTHING: LastWords = { height: 0n, round: 0, step: 0 };

/** A disk that outlives the nodes on it: entries by height, of which a loss of power keeps the synced ones. */
class Disk {
  readonly logs = new Map<bigint, { record: Bytes; synced: boolean }[]>();

  get unsynced(): number {
    return [...this.logs.values()].flat().filter(({ synced }) => !synced).length;
  }

  inputs(height: bigint): readonly string[] {
    const records = readRecords((this.logs.get(height) ?? []).map(({ record }) => record));
    return records.map((record) => (record.kind === "input" ? record.input.kind : "block"));
  }

  losesPower(): void {
    for (const [height, entries] of this.logs) {
      this.logs.set(
        height,
        entries.filter(({ synced }) => synced),
      );
    }
  }
}

/** A drive between ports that write down what they are asked. */
function nodeOn(disk: Disk, signs = true, last: LastWords | "no key" = NOTHING) {
  const clock = virtualClock(1_000_000n);
  const told: string[] = [];
  const warnings: string[] = [];
  const unsafe: string[] = [];
  const say = (what: string): void => {
    told.push(what);
    if (disk.unsynced > 0) unsafe.push(what);
  };
  let tip: Tip = {
    ...{ height: 0n, time: 999_000n, blockId: undefined, stateRoot: sha256(BLOCK), certificate: undefined },
    ...{ validators: toMessage(set), nextValidators: toMessage(set), beacon: sha256(BLOCK) },
    params: { blockBytesMax: 1_000_000n, precisionMs: 500n, messageDelayMs: 2000n } as Tip["params"],
  };
  let height = 0n;
  const chain: Partial<ChainPort> = {
    tip: () => Promise.resolve(tip),
    build: () => Promise.resolve(undefined),
    process: (bytes) => {
      assert.ok(equalBytes(bytes, BLOCK));
      const at = { height: tip.height + 1n, round: 0, time: 1_000_000n };
      return Promise.resolve({ valid: true, reason: "", blockId: BLOCK_ID, ...at });
    },
    commit: (_block, certificate) => {
      say("commit");
      tip = { ...tip, height: tip.height + 1n, blockId: BLOCK_ID, certificate };
      return Promise.resolve({ tip, txs: [], offences: [] });
    },
  };
  const faults: unknown[] = [];
  const heights: [started: bigint, worksOn: bigint | undefined][] = [];
  const drive: Drive = new Drive({
    chainId: "tributary-1",
    chain: chain as ChainPort,
    wal: {
      read: (of) => Promise.resolve((disk.logs.get(of) ?? []).map(({ record }) => record)),
      begin(of) {
        height = of;
        if (!disk.logs.has(of)) disk.logs.set(of, []);
        return Promise.resolve();
      },
      append: (record) => void disk.logs.get(height)!.push({ record, synced: false }),
      flush() {
        for (const entry of [...disk.logs.values()].flat()) entry.synced = true;
        return Promise.resolve();
      },
      drop(below) {
        for (const of of disk.logs.keys()) if (of < below && of !== height) disk.logs.delete(of);
        return Promise.resolve();
      },
    },
    gossip: {
      publish: ({ kind }) => say(`publish ${kind}`),
      hold: () => undefined,
      heightStarted: (started) => void heights.push([started, drive.summary()?.height]),
    },
    mempool: { reap: () => [], update: () => Promise.resolve(), drop: () => undefined },
    clock,
    log: { debug: () => undefined, info: () => undefined, warn: (message) => void warnings.push(message) },
    signer:
      last === "no key"
        ? undefined
        : {
            publicKey: set.members[SELF]!.pubKey,
            lastSigned: () => last,
            signVote({ type, blockId }) {
              say(`sign ${type === PREVOTE ? "prevote" : "precommit"} ${blockId === undefined ? "nil" : "A"}`);
              return signs ? Promise.resolve(SIGNATURE) : new Promise(() => undefined);
            },
            signProposal: () => Promise.resolve(SIGNATURE),
            proveBeacon: () => Promise.resolve(new Uint8Array(80)),
          },
    timeouts: TIMEOUTS,
    blockIntervalMs: 1000,
    onCommitted: () => Promise.resolve(),
    evidence: { report: () => Promise.resolve(), reap: () => [] },
    onFault: (error) => faults.push(error),
  });
  const pass = async (ms: number): Promise<void> => {
    await clock.run(clock.monotonicMs() + ms);
    assert.deepEqual(faults, []);
  };
  const propose = async (blockId = BLOCK_ID): Promise<void> => {
    const { address: proposer } = proposerAt(set, 0);
    const proposal = { height: 1n, round: 0, polRound: -1, blockId, proposer, signature: SIGNATURE };
    drive.deliver({ kind: "proposal", proposal }, 1_000_000n);
    await pass(1);
    drive.assembled(1n, PARTS, BLOCK);
    await pass(1);
  };
  return { drive, told, warnings, unsafe, heights, pass, propose };
}

const all = (type: VoteType, blockId: BlockId | undefined): Message[] =>
  others.map((index) => vote(index, type, blockId));

test("W1: every input stands in the log of its height, in its order", async () => {
  const disk = new Disk();
  const { drive, pass, propose } = nodeOn(disk);
  drive.resume();
  await propose();
  for (const message of all(PREVOTE, BLOCK_ID)) drive.deliver(message, 0n);
  drive.deliver(vote(others[0]!, PRECOMMIT, undefined), 0n);
  await pass(1200); // The propose timer fires too, and does nothing.
  assert.deepEqual(
    disk.inputs(1n).filter((kind) => kind !== "vote"),
    ["start_height", "proposal", "block", "proposed_value", "timeout_elapsed"],
  );
  assert.equal(disk.inputs(1n).filter((kind) => kind === "vote").length, 2 + 3 + 1);
});

test("who observes sees a height as CometBFT tells it, and nothing of ours before it is on disk", async () => {
  const disk = new Disk();
  const { drive, pass, propose } = nodeOn(disk);
  const seen: string[] = [];
  const stop = drive.observe((taken) => {
    for (const event of consensusEvents(taken)) {
      if (event.kind === "vote" && event.vote.index === SELF) {
        assert.ok([...disk.logs.values()].flat().every(({ synced }) => synced));
      }
      seen.push(event.kind === "round" ? `${event.name} ${event.step}` : event.kind);
    }
  });
  drive.resume();
  await propose();
  for (const message of all(PREVOTE, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1);
  for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1);
  const told = seen.filter((name, i) => name !== "vote" || seen[i - 1] !== "vote");
  assert.deepEqual(told.slice(0, 10), [
    "new_round",
    "NewRoundStep RoundStepPropose",
    "complete_proposal",
    "NewRoundStep RoundStepPrevote",
    "vote",
    "Polka RoundStepPrecommit",
    "Lock RoundStepPrecommit",
    "NewRoundStep RoundStepPrecommit",
    "vote",
    "NewRoundStep RoundStepCommit",
  ]);
  stop();
  const before = seen.length;
  await pass(5_000);
  assert.equal(seen.length, before);
});

test("a lock on the same block in the next round is a Relock", async () => {
  const { drive, pass, propose } = nodeOn(new Disk());
  const seen: string[] = [];
  drive.observe((taken) => {
    for (const event of consensusEvents(taken)) {
      if (event.kind === "round" && event.name.endsWith("ock")) seen.push(`${event.name} ${event.round}`);
    }
  });
  drive.resume();
  await propose();
  for (const message of all(PREVOTE, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1);
  for (const message of all(PRECOMMIT, undefined)) drive.deliver(message, 0n);
  await pass(1_100);
  assert.equal(drive.state.round, 1);
  const { address: proposer } = proposerAt(set, 1);
  const proposal = { height: 1n, round: 1, polRound: 0, blockId: BLOCK_ID, proposer, signature: SIGNATURE };
  drive.deliver({ kind: "proposal", proposal }, 1_000_000n);
  for (const index of others) drive.deliver(vote(index, PREVOTE, BLOCK_ID, 1n, 1), 0n);
  await pass(1);
  assert.deepEqual(seen, ["Lock 0", "Relock 1"]);
});

/** Prevotes or precommits for the block, by these, with a signature like no other. */
function certificate(kind: "polka" | "commit", indexes: readonly number[], fill = 0): Message {
  const signatures = indexes.map((index) => ({
    index,
    validator: set.members[index]!.address,
    signature: new Uint8Array(64).fill(fill),
  }));
  return { kind, certificate: { height: 1n, round: 0, blockId: BLOCK_ID, signatures } };
}

test("W1: a certificate stands in the log only when some vote in it is new", async () => {
  const disk = new Disk();
  const { drive, pass, propose } = nodeOn(disk, false);
  drive.resume();
  await propose();
  for (const message of all(PREVOTE, BLOCK_ID).slice(0, 2)) drive.deliver(message, 0n);
  for (let fill = 0; fill < 50; fill++) drive.deliver(certificate("polka", others, fill), 0n);
  for (let fill = 0; fill < 50; fill++) drive.deliver(certificate("polka", [0, 1, 2, 3], fill), 0n);
  await pass(1);
  assert.deepEqual(
    drive.state.locked,
    { blockId: BLOCK_ID, round: 0 },
    "two votes are no quorum: the certificate counts",
  );
  assert.equal(disk.inputs(1n).filter((kind) => kind === "polka").length, 2);
});

test("L82: after the decision a certificate is logged as long as it adds a late signature", async () => {
  const disk = new Disk();
  const { drive, pass, propose } = nodeOn(disk);
  drive.resume();
  await propose();
  for (const index of others) drive.deliver(vote(index, PRECOMMIT, BLOCK_ID), 0n);
  await pass(1);
  assert.equal(drive.state.step, "decided");
  for (let fill = 0; fill < 50; fill++) drive.deliver(certificate("commit", [0, 1, 2, 3], fill), 0n);
  await pass(1);
  assert.equal(drive.state.last?.certificate.signatures.length, 4);
  assert.equal(disk.inputs(1n).filter((kind) => kind === "commit").length, 1);
});

test("gossip hears of a height when consensus works on it: what came early can be judged", async () => {
  const { drive, heights, pass, propose } = nodeOn(new Disk());
  drive.resume();
  await propose();
  for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1100);
  assert.deepEqual(heights, [
    [1n, 1n],
    [2n, 2n],
  ]);
});

test("W2, W3: nothing is signed, sent or committed before what led to it is synced", async () => {
  const disk = new Disk();
  const { drive, told, unsafe, pass, propose } = nodeOn(disk);
  drive.resume();
  await propose();
  for (const message of all(PREVOTE, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1);
  for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1);
  assert.deepEqual(told, ["sign prevote A", "publish vote", "sign precommit A", "publish vote", "commit"]);
  // A block that is decided is decided for everybody: its commit is itself the record.
  assert.deepEqual(unsafe, ["commit"]);
});

test("W8: a restart goes on where the synced log ends, and asks the signer for the word that is missing", async () => {
  const disk = new Disk();
  const before = nodeOn(disk, false);
  before.drive.resume();
  await before.propose();
  assert.deepEqual(before.told, ["sign prevote A"]);
  const { state } = before.drive;
  disk.losesPower();
  const after = nodeOn(disk);
  after.drive.resume();
  await after.pass(1);
  assert.deepEqual(after.told, ["sign prevote A", "publish vote"]);
  for (const message of all(PREVOTE, BLOCK_ID)) after.drive.deliver(message, 0n);
  await after.pass(1);
  assert.deepEqual(after.drive.state.values, state.values);
  assert.deepEqual(after.drive.state.locked, { blockId: BLOCK_ID, round: 0 });
  // Once more, locked: it stays so, and a timer that was running runs again.
  disk.losesPower();
  const third = nodeOn(disk);
  third.drive.resume();
  await third.pass(1);
  assert.deepEqual(third.drive.state, after.drive.state);
  for (const message of all(PRECOMMIT, undefined)) third.drive.deliver(message, 0n);
  await third.pass(1100);
  assert.equal(third.drive.state.round, 1);
});

test("W8: what came early stands in the log of its own height", async () => {
  const disk = new Disk();
  const { drive, pass, propose } = nodeOn(disk);
  drive.resume();
  await pass(1);
  const early = others.map((index) => vote(index, PREVOTE, BLOCK_ID, 2n));
  for (const message of early) drive.deliver(message, 0n);
  await propose();
  for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(100);
  assert.equal(drive.state.height, 2n);
  assert.deepEqual(disk.inputs(2n), ["start_height", "vote", "vote", "vote"]);
});

test("a height begins at its time, and at once when an honest validator has begun it", async () => {
  const { drive, pass, propose } = nodeOn(new Disk());
  drive.resume();
  await propose();
  for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(10);
  const [first, second] = others;
  drive.deliver(vote(first!, PREVOTE, undefined, 2n), 0n); // A third may lie.
  await pass(100);
  assert.equal(drive.state.height, 1n);
  drive.deliver(vote(second!, PREVOTE, undefined, 2n), 0n);
  await pass(10);
  assert.equal(drive.state.height, 2n);
});

test("P8: while sync has the chain nothing is taken in, signed or committed", async () => {
  const disk = new Disk();
  const { drive, told, pass, propose } = nodeOn(disk);
  await propose();
  for (const message of [...all(PREVOTE, BLOCK_ID), ...all(PRECOMMIT, BLOCK_ID)]) drive.deliver(message, 0n);
  await pass(5000);
  assert.deepEqual([told, disk.logs.size], [[], 0]);
  drive.resume();
  await pass(1);
  await drive.pause();
  const signed = told.length;
  for (const message of all(PREVOTE, undefined)) drive.deliver(message, 0n);
  await pass(5000);
  assert.equal(told.length, signed);
});

test("a proposal with another number of parts, or parts of another block, is not prevoted", async () => {
  const wrongTotal = { ...BLOCK_ID, parts: { ...PARTS, total: PARTS.total + 1 } };
  const wrongHeader = { ...BLOCK_ID, hash: headerHashOf(sha256(utf8("another header"))) };
  for (const named of [wrongTotal, wrongHeader]) {
    const { drive, told, pass, propose } = nodeOn(new Disk());
    drive.resume();
    await propose(named);
    assert.deepEqual(told.slice(0, 1), named === wrongHeader ? ["sign prevote nil"] : []);
    await pass(1100);
    assert.deepEqual(told.slice(0, 2), ["sign prevote nil", "publish vote"]);
    for (const message of all(PRECOMMIT, named)) if (named === wrongTotal) drive.deliver(message, 0n);
    drive.assembled(1n, PARTS, BLOCK);
    await pass(1100);
    assert.ok(!told.includes("commit"));
    assert.equal(
      drive.state.values.some(({ valid }) => valid),
      false,
    );
  }
});

test("parts that two ids name are judged for both: a false name does not hide the block", async () => {
  const { drive, told, pass, propose } = nodeOn(new Disk());
  drive.resume();
  await pass(1);
  for (const message of all(PREVOTE, BLOCK_ID)) drive.deliver(message, 0n);
  await propose({ ...BLOCK_ID, hash: headerHashOf(sha256(utf8("another header"))) });
  for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
  await pass(1);
  assert.ok(told.includes("commit"));
});

const SIGNED_PREVOTE: LastWords = { height: 1n, round: 0, step: 2 };
const prevoteBytes = (blockId: BlockId | undefined) =>
  voteSignBytes("tributary-1", { type: PREVOTE, height: 1n, round: 0, blockId });

/** Logs of height 1 that did not lead this key to its last words there. */
const lost: readonly { what: string; last: LastWords; log: (disk: Disk) => Promise<void> }[] = [
  { what: "whose log is gone", last: SIGNED_PREVOTE, log: () => Promise.resolve() },
  {
    what: "that a node without the key has logged since",
    last: SIGNED_PREVOTE,
    async log(disk) {
      const { drive, propose } = nodeOn(disk, true, "no key");
      drive.resume();
      await propose();
    },
  },
  { what: "whose log ends before the last signature", last: { ...SIGNED_PREVOTE, step: 3 }, log: upToPrevote },
  {
    what: "whose log leads to other words",
    last: { ...SIGNED_PREVOTE, signBytes: prevoteBytes(undefined) },
    log: upToPrevote,
  },
];

async function upToPrevote(disk: Disk): Promise<void> {
  const { drive, told, propose } = nodeOn(disk, false);
  drive.resume();
  await propose();
  assert.deepEqual(told, ["sign prevote A"]);
}

for (const { what, last, log } of lost) {
  test(`nothing is signed at the last signed height ${what}; it is followed, and the next one is signed`, async () => {
    const disk = new Disk();
    await log(disk);
    disk.losesPower();
    // Again and again: what a start without signing has logged is no log of this key either.
    for (let start = 0; start < 2; start++) {
      const { drive, told, warnings, pass, propose } = nodeOn(disk, true, last);
      drive.resume();
      await propose();
      for (const message of all(PREVOTE, BLOCK_ID)) drive.deliver(message, 0n);
      await pass(5_000);
      assert.deepEqual(told, []);
      assert.match(warnings.join(), /follows the height without signing/);
      drive.stop();
    }
    const { drive, told, pass, propose } = nodeOn(disk, true, last);
    drive.resume();
    await propose();
    for (const message of all(PRECOMMIT, BLOCK_ID)) drive.deliver(message, 0n);
    await pass(5_000);
    assert.deepEqual(told.slice(0, 3), ["commit", "sign prevote nil", "publish vote"]);
    assert.equal(drive.state.height, 2n);
  });
}

test("a log that leads to the last signature is gone on from, and the signer is asked for it again", async () => {
  for (const last of [SIGNED_PREVOTE, { ...SIGNED_PREVOTE, signBytes: prevoteBytes(BLOCK_ID) }]) {
    const disk = new Disk();
    await upToPrevote(disk);
    disk.losesPower();
    const { drive, told, pass } = nodeOn(disk, true, last);
    drive.resume();
    await pass(1);
    assert.deepEqual(told, ["sign prevote A", "publish vote"]);
  }
});
