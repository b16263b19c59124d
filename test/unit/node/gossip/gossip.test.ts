import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { summary } from "#consensus/knowledge.js";
import { initialState } from "#consensus/round.js";
import type { Message, StepName, Vote } from "#consensus/types.js";
import type { Core } from "#node/gossip/deps.js";
import { ConsensusGossip, STATUS_MS } from "#node/gossip/gossip.js";
import type { Host } from "#p2p/host.js";
import { seeded } from "#test/simulation/random.js";
import { concat, equalBytes, u32be } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { splitParts } from "#proto/types/parts.js";
import { PRECOMMIT, PREVOTE, voteSignBytes } from "#proto/types/vote.js";
import { packBits } from "#proto/wire/bits.js";
import { encodeConsensusFrame, type ConsensusFrame } from "#proto/wire/consensus.js";
import { noFaults } from "#p2p/transport/memory/paths.js";
import { silent } from "../../p2p/silent.js";
import { memoryWorld, type MemoryWorld } from "../../p2p/world-memory.js";
import {
  agreed,
  blockOf,
  CHAIN_ID,
  gossipNode,
  keys,
  setOf,
  signedProposal,
  signedVote,
  type GossipNode,
} from "./cluster.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const mesh = [[], [0], [0, 1], [0, 1, 2]];
const line = [[], [0], [1], [2]];

async function cluster(world: MemoryWorld, links: number[][], blockBytes = 200): Promise<GossipNode[]> {
  const hosts = await world.hosts(links);
  return hosts.map((host, i) => gossipNode(world, host, i, hosts.length, blockBytes));
}

async function decided(world: MemoryWorld, nodes: readonly GossipNode[], heights: number, ms: number): Promise<void> {
  const where = (): string =>
    nodes
      .map((node) => `${node.decisions.length}/${node.state().height}.${node.state().round}.${node.state().step}`)
      .join(" ");
  await world
    .until(`${heights} heights`, () => agreed(nodes, heights), ms)
    .catch((error: unknown) => {
      throw new Error(`${(error as Error).message}: ${where()}`);
    });
}

test("four nodes in a line decide: what one hears the others hear", async () => {
  const world = memoryWorld(1n, { faults: { ...noFaults, delayMs: [5, 30] } });
  const nodes = await cluster(world, line);
  await decided(world, nodes, 10, 4_000); // With pulls alone, and no relays, it takes twice that.
  assert.ok(
    nodes.every(({ decisions }) => decisions.every(({ certificate }) => certificate.round === 0)),
    "no round was lost",
  );
});

test("large blocks cross the line in parts", async () => {
  const world = memoryWorld(2n, { faults: { ...noFaults, delayMs: [5, 30] } });
  const nodes = await cluster(world, line, 600_000);
  await decided(world, nodes, 4, 20_000);
  assert.deepEqual(blockOf(nodes[3]!, 4), blockOf(nodes[0]!, 4));
});

test("in a full mesh nothing is relayed", async () => {
  const lines: string[] = [];
  const world = memoryWorld(3n, { faults: { ...noFaults, delayMs: [1, 5] }, trace: (text) => lines.push(text) });
  const nodes = await cluster(world, mesh, 200_000);
  await decided(world, nodes, 10, 20_000);
  const frames = lines.filter((text) => text.includes(" consensus "));
  const seconds = world.clock.monotonicMs() / 1000;
  const statuses = 12 * 5 * seconds + 12 * 4 * 12; // 12 directions, five a second, and one a block or height.
  const perHeight = (frames.length - statuses) / 10;
  // A proposal, its 4 parts and 8 votes to three peers each are 39; relays of everything would make over 100.
  assert.ok(perHeight < 60, `${perHeight} frames a height`);
});

for (const seed of [11n, 12n, 13n]) {
  test(`loss, doubling and overtaking delay decisions and prevent none (seed ${seed})`, async () => {
    const world = memoryWorld(seed, {
      faults: { delayMs: [1, 100], lossPercent: 25, duplicatePercent: 10, reorderPercent: 30 },
    });
    const nodes = await cluster(world, seed === 11n ? line : mesh, 100_000);
    await decided(world, nodes, 6, 120_000);
  });
}

test("a node that was cut off is brought to the height of the others", async () => {
  const world = memoryWorld(4n, { faults: { ...noFaults, delayMs: [5, 30] } });
  const nodes = await cluster(world, mesh);
  await decided(world, nodes, 3, 20_000);
  const ids = nodes.map(({ host }) => host.id);
  world.network.partition([ids.slice(0, 2), ids.slice(2)]);
  await world.pass(5_000);
  const stuck = nodes.map(({ decisions }) => decisions.length);
  await world.pass(3_000);
  assert.deepEqual(
    nodes.map(({ decisions }) => decisions.length),
    stuck,
    "half of the power decides nothing",
  );
  world.network.healAll();
  await decided(world, nodes, Math.max(...stuck) + 5, 60_000);
});

test("one direction that is dead does not stop a node that hears the others", async () => {
  const world = memoryWorld(5n, { faults: { ...noFaults, delayMs: [5, 30] } });
  const nodes = await cluster(world, mesh);
  await decided(world, nodes, 2, 20_000);
  world.network.cut(nodes[0]!.host.id, nodes[1]!.host.id);
  world.network.clog(nodes[2]!.host.id, nodes[3]!.host.id, 2_000);
  await decided(world, nodes, 8, 30_000);
});

test("gossip repeats itself to the byte for the same seed", async () => {
  const run = async (): Promise<string[]> => {
    const lines: string[] = [];
    const faults = { delayMs: [1, 60] as const, lossPercent: 10, duplicatePercent: 5, reorderPercent: 10 };
    const world = memoryWorld(6n, { faults, trace: (text) => lines.push(text) });
    const nodes = await cluster(world, line);
    await decided(world, nodes, 3, 60_000);
    return lines;
  };
  assert.deepEqual(await run(), await run());
});

// What strangers send. The last host of a pair speaks the protocol by hand.

const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const blockId = blockIdFrom(hash(1), 1, hash(2));
const forged = new Uint8Array(64).fill(7);
const validator = setOf(4).members[0]!.address;
const vote = { type: 1, height: 1n, round: 0, blockId, validator, index: 0, signature: forged };

const hostile: Record<string, Uint8Array | ConsensusFrame> = {
  garbage: Uint8Array.of(1, 2, 3),
  "a vote with a forged signature": { kind: "vote", value: vote },
  "a vote with an index beyond the set": { kind: "vote", value: { ...vote, index: 900 } },
  "a vote of a stranger": { kind: "vote", value: { ...vote, validator: keys[7]!.address } },
  "a proposal of a stranger": {
    kind: "proposal",
    value: { height: 1n, round: 0, polRound: -1, blockId, proposer: keys[7]!.address, signature: forged },
  },
  "a certificate without power": {
    kind: "commit",
    value: { height: 1n, round: 0, blockId, signatures: [{ index: 0, validator, signature: forged }] },
  },
};
for (const [what, frame] of Object.entries(hostile)) {
  test(`${what} bans its sender and reaches no other peer`, async () => {
    const world = memoryWorld(7n);
    const [host, stranger] = await world.hosts([[1], []]);
    const node = gossipNode(world, host!, 0, 4);
    await world.until("a link", () => host!.peers().length === 1);
    await world.pass(500);
    stranger!.send(host!.id, "consensus", frame instanceof Uint8Array ? frame : encodeConsensusFrame(frame));
    await world.until("banned", () => host!.peers().length === 0);
    assert.deepEqual(node.delivered, []);
  });
}

test("parts of a block without a proposal are dropped without a trace", async () => {
  const world = memoryWorld(8n);
  const [host, stranger] = await world.hosts([[1], []]);
  const node = gossipNode(world, host!, 3, 4);
  await world.until("a link", () => host!.peers().length === 1);
  await world.pass(500);
  const { header, parts } = splitParts(new Uint8Array(300_000));
  for (const part of parts) {
    stranger!.send(
      host!.id,
      "consensus",
      encodeConsensusFrame({ kind: "part", value: { height: 1n, parts: header, part } }),
    );
  }
  await world.pass(500);
  assert.equal(node.gossip.blockBytes(header), undefined);
  assert.equal(host!.peers().length, 1);
});

test("a status full of nothing is answered within bounds", async () => {
  const world = memoryWorld(9n);
  const [host, stranger] = await world.hosts([[1], []]);
  gossipNode(world, host!, 0, 4, 3_000_000);
  let bytes = 0;
  stranger!.onFrame("consensus", (_peer, frame) => void (bytes += frame.length));
  await world.until("a link", () => host!.peers().length === 1);
  await world.pass(3_000);
  const header = blockIdFrom(hash(9), 46, hash(9)).parts!;
  bytes = 0;
  for (let i = 0; i < 50; i++) {
    const rounds = [{ round: 0, proposal: false, polka: false, prevotes: packBits([]), precommits: packBits([]) }];
    const value = { height: 1n, round: 0, step: 1, rounds, parts: [{ parts: header, have: packBits([]) }] };
    stranger!.send(host!.id, "consensus", encodeConsensusFrame({ kind: "status", value }));
  }
  await world.pass(150);
  assert.ok(bytes < 64 * 1024, `${bytes}`);
});

// One validator's key in hostile hands: everything it says is validly signed.

const said = (index: number, round: number, type: number = PREVOTE): Uint8Array =>
  encodeConsensusFrame({ kind: "vote", value: signedVote(index, { type, height: 1n, round, blockId: undefined }) });

const roundsOf = (node: GossipNode, index: number): number[] =>
  node.delivered.flatMap((message) =>
    message.kind === "vote" && equalBytes(message.vote.validator, keys[index]!.address) ? [message.vote.round] : [],
  );

/** Nodes in a line behind a stranger, all at height 1. */
async function behindStranger(world: MemoryWorld, count: number): Promise<[GossipNode[], (frame: Uint8Array) => void]> {
  const hosts = await world.hosts(Array.from({ length: count + 1 }, (_, i) => (i === 0 ? [] : [i - 1])));
  const [stranger, ...rest] = hosts;
  const nodes = rest.map((host, i) => gossipNode(world, host, i, 4));
  await world.until("links", () => hosts.every((host) => host.peers().length > 0));
  await world.pass(500);
  return [nodes, (frame) => void stranger!.send(rest[0]!.id, "consensus", frame)];
}

test("5: rounds without end by one validator: its latest goes on once a second, and no more is logged or relayed", async () => {
  const world = memoryWorld(10n);
  const [nodes, send] = await behindStranger(world, 2);
  const seconds = 5;
  let round = 2;
  for (let tick = 0; tick < seconds * 20; tick++) {
    for (let i = 0; i < 10; i++) send(said(3, ++round));
    await world.pass(50);
  }
  await world.pass(3_000);
  for (const node of nodes) {
    const rounds = roundsOf(node, 3);
    assert.ok(rounds.length <= seconds + 2, `${rounds.length} reached consensus`);
    assert.equal(rounds.at(-1), round);
  }
});

test("5: one validator's rounds hide no other's, and a real third is followed through relays", async () => {
  const world = memoryWorld(11n);
  const [nodes, send] = await behindStranger(world, 2);
  for (let round = 2; round < 300; round++) send(said(3, 10 * round));
  await world.pass(100);
  send(said(2, 50));
  await world.until("the round of a third", () => nodes.every((node) => node.state().round === 50), 3_000);
});

test("5: what gave way to a later round is heard when its own round has come", async () => {
  const world = memoryWorld(12n);
  const [[node], send] = await behindStranger(world, 1);
  for (const round of [3, 5, 1_000]) send(said(3, round, PRECOMMIT));
  await world.pass(2_000);
  assert.deepEqual(roundsOf(node!, 3), [3, 1_000]);
  for (const index of [1, 2]) send(said(index, 5));
  await world.until("round 5", () => node!.state().round === 5);
  send(said(3, 5, PRECOMMIT));
  await world.pass(100);
  assert.deepEqual(roundsOf(node!, 3), [3, 1_000, 5]);
});

/** The same vote with ever other signatures: only an honest signer has but one. */
function resigned({ type, height, round, blockId }: Vote, seed: Uint8Array, nonce: bigint): Uint8Array {
  const { Point, utils } = ed25519;
  const { scalar, pointBytes } = utils.getExtendedPublicKey(seed);
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const words = concat(commitment, pointBytes, voteSignBytes(CHAIN_ID, { type, height, round, blockId }));
  const challenge = bytesToNumberLE(sha512(words)) % Point.Fn.ORDER;
  return concat(commitment, numberToBytesLE((nonce + challenge * scalar) % Point.Fn.ORDER, 32));
}

const certifiedBy = (kind: "polka" | "commit", indexes: readonly number[], nonce = 0n): Uint8Array => {
  const place = { type: kind === "polka" ? PREVOTE : PRECOMMIT, height: 1n, round: 0, blockId };
  const votes = indexes.map((index) => signedVote(index, place)).sort((a, b) => a.index - b.index);
  const liar = signedVote(indexes.at(-1)!, place).index;
  const signatures = votes.map(({ index, validator, signature, ...said }) => ({
    ...{ index, validator },
    signature:
      nonce > 0n && index === liar
        ? resigned({ ...said, index, validator, signature }, keys[indexes.at(-1)!]!.seed, nonce)
        : signature,
  }));
  return encodeConsensusFrame({ kind, value: { height: 1n, round: 0, blockId, signatures } });
};

test("of the certificates that one signer makes of the same votes one reaches consensus, and a further voter's does", async () => {
  for (const kind of ["polka", "commit"] as const) {
    const world = memoryWorld(14n);
    const [[node], send] = await behindStranger(world, 1);
    const taken = (): number => node!.delivered.filter((message) => message.kind === kind).length;
    for (let nonce = 1n; nonce <= 60n; nonce++) send(certifiedBy(kind, [1, 2, 3], nonce));
    await world.pass(200);
    assert.equal(taken(), 1, kind);
    for (const subset of [
      [0, 1, 2],
      [0, 1, 3],
      [0, 2, 3],
      [0, 1, 2, 3],
    ]) {
      send(certifiedBy(kind, subset));
    }
    await world.pass(200);
    assert.equal(taken(), 2, kind);
  }
});

test("of the reasons to enter a round that one signer makes up few reach consensus", async () => {
  const world = memoryWorld(15n);
  const [[node], send] = await behindStranger(world, 1);
  for (let round = 5; round < 65; round++) {
    const votes = [signedVote(2, { type: PREVOTE, height: 1n, round: 5, blockId: undefined })];
    votes.push(signedVote(3, { type: PREVOTE, height: 1n, round, blockId: undefined }));
    const value = { height: 1n, round: 5, votes: votes.sort((a, b) => a.index - b.index) };
    send(encodeConsensusFrame({ kind: "round", value }));
  }
  await world.until("round 5", () => node!.state().round === 5, 3_000);
  await world.pass(200);
  assert.equal(node!.delivered.filter(({ kind }) => kind === "round").length, 1);
});

test("7, 13: of a thousand blocks that one validator votes for, and proposes, in one place few go on", async () => {
  const world = memoryWorld(13n);
  const [nodes, send] = await behindStranger(world, 2);
  for (let i = 0; i < 500; i++) {
    const other = blockIdFrom(sha256(u32be(i)), 1, sha256(u32be(i)));
    const place = { height: 1n, round: 0, blockId: other };
    send(encodeConsensusFrame({ kind: "vote", value: signedVote(3, { ...place, type: PREVOTE }) }));
    send(encodeConsensusFrame({ kind: "proposal", value: signedProposal(3, { ...place, polRound: -1 }) }));
    if (i % 10 === 0) await world.pass(50);
  }
  await world.pass(1_000);
  for (const { delivered } of nodes) {
    const by3 = (message: Message): boolean =>
      (message.kind === "vote" && equalBytes(message.vote.validator, keys[3]!.address)) ||
      (message.kind === "proposal" && equalBytes(message.proposal.proposer, keys[3]!.address));
    assert.ok(delivered.filter(by3).length <= 8, `${delivered.filter(by3).length} reached consensus`);
  }
});

test("a node whose height is decided tells its status once a second, another one five times", async () => {
  const world = memoryWorld(40n);
  const deps = gossipDeps(world);
  const gossip = new ConsensusGossip(deps);
  const statuses = async (step: StepName, ms: number): Promise<number> => {
    deps.step = step;
    await world.pass(STATUS_MS);
    const before = deps.sent;
    await world.pass(ms);
    return deps.sent - before;
  };
  gossip.start();
  assert.equal(await statuses("precommit", 10_000), 50);
  assert.equal(await statuses("decided", 10_000), 10);
  deps.step = "propose";
  const before = deps.sent;
  await world.pass(STATUS_MS);
  assert.equal(deps.sent, before + 1, "at once when there is something to lack again");
  gossip.stop();
});

/** A node with one peer, at a step that the test sets; counts what it sends. */
function gossipDeps(world: MemoryWorld) {
  const deps = {
    step: "idle" as StepName,
    sent: 0,
    clock: world.clock,
    random: seeded(1n),
    log: silent,
    host: {
      peers: () => ["peer"],
      send: () => (deps.sent++, true),
      ...{ onFrame: () => undefined, onPeer: () => undefined, onPeerGone: () => undefined, penalize: () => undefined },
    } as unknown as Host,
    core: { summary: () => summary({ ...initialState(), step: deps.step }), wanted: () => [] } as unknown as Core,
  };
  return deps;
}
