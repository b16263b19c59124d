import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u32be, utf8, type Bytes } from "#proto/bytes.js";
import { beaconInput, verifyBeacon } from "#proto/beacon.js";
import { verifyEd25519 } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { PRECOMMIT, PREVOTE, proposalSignBytes, voteSignBytes, type VoteType } from "#proto/types/vote.js";
import { encodeSignerAnswer } from "#proto/wire/signer.js";
import type { OnByteLink } from "#p2p/transport/byte-link.js";
import { frameBytes } from "#p2p/transport/framer.js";
import { SignerFault } from "#node/signer/fault.js";
import { openFileSigner, type FileSigner } from "#node/signer/file-signer.js";
import type { Position } from "#node/signer/record.js";
import { RemoteSigner } from "#node/signer/remote/remote-signer.js";
import { serveLink } from "#node/signer/remote/serve.js";
import { StorageFault } from "#node/storage/fault.js";
import { virtualClock } from "#test/simulation/clock.js";
import { TornDisk } from "./disk.js";
import { Wire } from "./link-pair.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const CHAIN = "tributary-1";
const STATE = "state.json";
const EMPTY = utf8(JSON.stringify({ height: "0", round: 0, step: 0 }));
const block = (name: string) => blockIdFrom(sha256(utf8(name)), 1, sha256(utf8(name)));
const vote = (type: VoteType, height: bigint, round: number, name: string | undefined) => ({
  type,
  height,
  round,
  blockId: name === undefined ? undefined : block(name),
});

interface Joined {
  readonly publicKey: Bytes;
  readonly lastSigned: Position;
  readonly knownUpTo: bigint;
}

/** A node's end, a signer's end, and what both said for people. */
async function world(chainId = CHAIN, key = "key") {
  const clock = virtualClock();
  const said: string[] = [];
  const say = (level: string) => (message: string, fields?: unknown) =>
    void said.push(
      `${level} ${message} ${JSON.stringify(fields, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))}`,
    );
  const log = { info: say("info"), warn: say("warn"), error: say("error") };
  const joins: Joined[] = [];
  const measured: string[] = [];
  const faults: SignerFault[] = [];
  const ends: string[] = [];
  const nodeFaults: unknown[] = [];
  const barred: { why: Error | undefined } = { why: undefined };
  const node = new RemoteSigner({
    chainId: CHAIN,
    clock,
    log,
    mayJoin(publicKey, lastSigned, knownUpTo) {
      if (barred.why !== undefined) throw barred.why;
      joins.push({ publicKey, lastSigned, knownUpTo });
    },
    onFault: (error) => void nodeFaults.push(error),
    watch: { up: (isUp) => void measured.push(isUp ? "up" : "down"), failed: () => void measured.push("failed") },
  });
  const disk = new TornDisk(new Map([[STATE, EMPTY]]));
  const open = (seed = key): Promise<FileSigner> =>
    openFileSigner({ seed: sha256(utf8(seed)), chainId, statePath: STATE, files: disk });
  const serve = (signer: FileSigner): OnByteLink =>
    serveLink({ signer, chainId, clock, log, onFault: (fault) => void faults.push(fault) }, (reason) => {
      ends.push(reason);
    });
  const connect = async (signer: FileSigner): Promise<Wire> => {
    const wire = new Wire(clock, serve(signer), node.onLink);
    await clock.run(clock.monotonicMs() + 100);
    return wire;
  };
  const settle = async <T>(promise: Promise<T>, ms = 10_000): Promise<T> => {
    let done = false;
    void promise.then(() => (done = true));
    await clock.run(clock.monotonicMs() + ms, () => done);
    assert.ok(done, `no answer within ${ms} ms`);
    return promise;
  };
  return { clock, said, joins, measured, faults, nodeFaults, ends, barred, node, disk, open, serve, connect, settle };
}

const name = (answer: Bytes | Rejection): string => (isRejection(answer) ? answer.name : "signed");

test("what a remote signer signs verifies like a local one's, and comes back the same over another connection", async () => {
  const { node, open, connect, settle } = await world();
  const signer = await open();
  assert.equal(node.publicKey, undefined);
  const first = await connect(signer);
  assert.deepEqual(node.publicKey, signer.publicKey);
  const beacon = await settle(node.proveBeacon(4n, sha256(utf8("previous"))));
  assert.ok(!isRejection(beacon));
  assert.ok(verifyBeacon(signer.publicKey, beaconInput(CHAIN, 4n, sha256(utf8("previous"))), beacon) !== undefined);
  const proposal = { height: 4n, round: 1, polRound: 0, blockId: block("A") };
  const proposed = await settle(node.signProposal(proposal));
  assert.ok(!isRejection(proposed) && verifyEd25519(proposed, proposalSignBytes(CHAIN, proposal), signer.publicKey));
  for (const wanted of [vote(PREVOTE, 4n, 1, "A"), vote(PRECOMMIT, 4n, 1, undefined)]) {
    const signature = await settle(node.signVote(wanted));
    assert.ok(!isRejection(signature) && verifyEd25519(signature, voteSignBytes(CHAIN, wanted), signer.publicKey));
  }
  const before = await settle(node.signVote(vote(PRECOMMIT, 4n, 1, undefined)));
  first.close();
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 5n, 0, "A")))), "away");
  await connect(await open()); // Its process was restarted: the record is read again.
  assert.deepEqual(await settle(node.signVote(vote(PRECOMMIT, 4n, 1, undefined))), before);
});

test("refusals cross as the values that they are", async () => {
  const { node, open, connect, settle } = await world();
  await connect(await open());
  await settle(node.signVote(vote(PRECOMMIT, 9n, 1, "A")));
  const cases = [
    [vote(PRECOMMIT, 9n, 1, "B"), "conflictingData"],
    [vote(PREVOTE, 9n, 1, "A"), "stepRegression"],
    [vote(PREVOTE, 9n, 0, "A"), "roundRegression"],
    [vote(PREVOTE, 8n, 7, "A"), "heightRegression"],
    [vote(PRECOMMIT, 9n, 1, "A"), "signed"],
  ] as const;
  for (const [wanted, expected] of cases) assert.equal(name(await settle(node.signVote(wanted))), expected);
});

test("a signer of another chain is not used, and never signs for this one (P7)", async () => {
  const { node, open, connect, said, measured, settle } = await world("tributary-2");
  const signer = await open();
  await connect(signer);
  assert.equal(node.publicKey, undefined);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 1n, 0, "A")))), "away");
  assert.deepEqual(measured, ["failed"]);
  assert.match(said.join("\n"), /error .*other chain/);
  assert.equal(signer.lastSigned().height, 0n);
});

test("a question to a silent signer ends the connection, and the same words are signed over the next", async () => {
  const { node, open, connect, settle, clock, measured, serve } = await world();
  const signer = await open();
  const dying = await connect(signer);
  dying.dead = true;
  const started = clock.monotonicMs();
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "away");
  assert.equal(clock.monotonicMs() - started, 3_000);
  assert.deepEqual(measured, ["up", "down"]);
  // Asked, signed, and lost on the way back: the record has it.
  await settle(signer.signVote(vote(PREVOTE, 2n, 0, "A")));
  new Wire(clock, serve(signer), node.onLink);
  await clock.run(clock.monotonicMs() + 100);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "signed");
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "B")))), "conflictingData");
});

test("one connection at a time: a second is told why it is sent away; a dead one makes room", async () => {
  const { node, open, connect, settle, clock, said } = await world();
  const signer = await open();
  const first = await connect(signer);
  await connect(signer);
  assert.match(said.join("\n"), /warn refused a second signer/);
  assert.match(said.join("\n"), /the node says: another signer is connected/);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "signed");
  first.dead = true;
  await clock.run(clock.monotonicMs() + 8_100);
  await connect(signer);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 3n, 0, "A")))), "signed");
});

test("a node that lost its power never says so: its signer gives the silent connection up, once, and may dial again", async () => {
  const { open, connect, clock, ends } = await world();
  const wire = await connect(await open());
  await clock.run(clock.monotonicMs() + 60_000);
  assert.deepEqual(ends, []);
  wire.dead = true;
  await clock.run(clock.monotonicMs() + 15_000);
  assert.equal(ends.length, 1);
  assert.match(ends[0]!, /no question within 15000 ms/);
  wire.dead = false;
  wire.close();
  assert.equal(ends.length, 1);
});

test("a living connection is kept however long nothing is signed", async () => {
  const { node, open, connect, settle, clock, measured, ends } = await world();
  await connect(await open());
  await clock.run(clock.monotonicMs() + 600_000);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "signed");
  assert.deepEqual(measured, ["up"]);
  assert.deepEqual(ends, []);
});

test("each connection is checked before its first signature; what the chain speaks against waits outside", async () => {
  const { node, open, connect, settle, joins, barred, said, measured } = await world();
  const first = await connect(await open());
  await settle(node.signVote(vote(PRECOMMIT, 7n, 2, "A")));
  first.close();
  barred.why = new SignerFault("signer.record_stale", "the chain holds a signature of this key");
  await connect(await open());
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 8n, 0, "A")))), "away");
  assert.match(said.join("\n"), /error the signer was refused.*record_stale/);
  assert.match(said.join("\n"), /the node says: signer.record_stale: the chain holds/);
  barred.why = undefined;
  const signer = await open();
  await connect(signer);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 8n, 0, "A")))), "signed");
  const at = (height: bigint, round: number, step: number) => ({ height, round, step });
  assert.deepEqual(
    joins.map(({ lastSigned: { height, round, step }, knownUpTo }) => [at(height, round, step), knownUpTo]),
    [
      [at(0n, 0, 0), 0n],
      [at(7n, 2, 3), 7n],
    ],
  );
  assert.deepEqual(measured, ["up", "down", "failed", "up"]);
});

test("a disk that does not answer when a signer joins is the node's fault: it is told, and the signer is let go", async () => {
  const { node, open, connect, barred, nodeFaults, ends, said } = await world();
  barred.why = new StorageFault("storage.read", "the database refused a read");
  await connect(await open());
  assert.deepEqual(nodeFaults, [barred.why]);
  assert.equal(node.publicKey, undefined);
  assert.equal(ends.length, 1);
  assert.match(said.join("\n"), /the node says: the node has failed/);
});

test("a key refused before consensus began may come again, or another one", async () => {
  const { node, open, connect, barred } = await world();
  await connect(await open());
  const stale = new SignerFault("signer.joined_elsewhere", "this key signed height 9");
  barred.why = stale;
  node.refuse(stale);
  assert.equal(node.publicKey, undefined);
  barred.why = undefined;
  const other = await open("another key");
  await connect(other);
  assert.deepEqual(node.publicKey, other.publicKey);
});

test("a signer that comes back with another key is not used", async () => {
  const { node, open, connect, settle, said } = await world();
  const first = await connect(await open());
  first.close();
  await connect(await open("another key"));
  assert.match(said.join("\n"), /signer.other_key/);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "away");
});

test("a record that cannot be written stops the signer; the node hears of it and goes on without votes", async () => {
  const { node, open, connect, settle, disk, faults, said, measured } = await world();
  await connect(await open());
  disk.dieAt = disk.steps + 2;
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "away");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["signer.write"],
  );
  assert.deepEqual(measured, ["up", "failed", "down"]);
  assert.match(said.join("\n"), /error the signer has failed.*signer.write/);
});

const answer = { id: 7n, signature: new Uint8Array(64), key: undefined, refusal: undefined, failure: undefined };
const hostile: readonly (readonly [what: string, to: "node" | "signer", bytes: Bytes, says: RegExp])[] = [
  ["a length over the bound", "node", concat(u32be(1025), new Uint8Array(8)), /more than 1024 bytes/],
  ["a length of 4 GB", "signer", concat(u32be(2 ** 32 - 1), new Uint8Array(8)), /more than 1024 bytes/],
  ["an answer to no question", "node", frameBytes(encodeSignerAnswer(answer)), /an answer to no question/],
  ["bytes that are no answer", "node", frameBytes(utf8("hello")), /an invalid answer/],
  ["bytes that are no request", "signer", frameBytes(utf8("hello")), /an invalid request/],
  ["an empty request", "signer", frameBytes(new Uint8Array(0)), /an invalid request/],
];
for (const [what, to, bytes, says] of hostile) {
  test(`${what} ends the connection of the ${to}, which takes the next one`, async () => {
    const { node, open, connect, settle, clock, said } = await world();
    const signer = await open();
    const wire = await connect(signer);
    wire.send(to === "signer" ? 0 : 1, bytes);
    await clock.run(clock.monotonicMs() + 100);
    assert.match(said.join("\n"), says);
    assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "away");
    await connect(signer);
    assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "signed");
  });
}

test("a node that stops says so, and takes no signer any more", async () => {
  const { node, open, connect, settle, said } = await world();
  const signer = await open();
  await connect(signer);
  const asked = node.signVote(vote(PREVOTE, 2n, 0, "A"));
  node.close();
  assert.equal(name(await settle(asked)), "away");
  await connect(signer);
  assert.match(said.join("\n"), /the node says: the node stops/);
  assert.equal(name(await settle(node.signVote(vote(PREVOTE, 2n, 0, "A")))), "away");
});

for (const what of ["vote", "proposal", "beacon"] as const) {
  test(`a ${what} that the signer's key did not sign gets no further, and the signer is told`, async () => {
    const { node, open, connect, settle, said, measured } = await world();
    const signer = await open();
    const wrong = (length: number) => () => Promise.resolve(new Uint8Array(length).fill(1));
    await connect({ ...signer, signVote: wrong(64), signProposal: wrong(64), proveBeacon: wrong(80) });
    const asked = {
      vote: () => node.signVote(vote(PREVOTE, 2n, 0, "A")),
      proposal: () => node.signProposal({ height: 2n, round: 0, polRound: -1, blockId: block("A") }),
      beacon: () => node.proveBeacon(2n, sha256(utf8("previous"))),
    };
    assert.equal(name(await settle(asked[what]())), "away");
    assert.deepEqual(measured, ["up", "failed", "down"]);
    assert.match(said.join("\n"), /error the signer has failed.*does not verify/);
  });
}

test("the record that the node knows goes on with each signature: the chain does not speak against its own votes", async () => {
  const { node, open, connect, settle } = await world();
  await connect(await open());
  await settle(node.signProposal({ height: 10n, round: 4, polRound: -1, blockId: block("A") }));
  assert.deepEqual(node.lastSigned(), { height: 10n, round: 4, step: 1 });
  await settle(node.signVote(vote(PREVOTE, 10n, 4, "A")));
  await settle(node.signVote(vote(PRECOMMIT, 10n, 5, "A")));
  assert.deepEqual(node.lastSigned(), { height: 10n, round: 5, step: 3 });
  assert.equal(name(await settle(node.signVote(vote(PRECOMMIT, 10n, 4, "A")))), "roundRegression");
  assert.deepEqual(node.lastSigned(), { height: 10n, round: 5, step: 3 });
});
