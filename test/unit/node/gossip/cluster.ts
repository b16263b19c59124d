import { present } from "#proto/assert.js";
import { concat, readU32be, readU64be, u32be, u64be, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyCertificate, verifyPolka, verifyRoundCertificate } from "#proto/light/certificate.js";
import { verifyProposal, verifyVote } from "#proto/light/signed.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Certificate } from "#proto/types/block.js";
import { blockKey, headerHashOf, type BlockId } from "#proto/types/block-id.js";
import { partsMax, splitParts } from "#proto/types/parts.js";
import { indexOf, rotate, validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import { proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "#proto/types/vote.js";
import { lacking, summary, wantedBlocks } from "#consensus/knowledge.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Effect, Input, Message, State } from "#consensus/types.js";
import type { Core } from "#node/gossip/deps.js";
import { ConsensusGossip } from "#node/gossip/gossip.js";
import { useNatives } from "#node/runtime/natives.js";
import type { Host } from "#p2p/host.js";
import { seeded } from "#test/simulation/random.js";
import { silent } from "../../p2p/silent.js";
import type { MemoryWorld } from "../../p2p/world-memory.js";

useNatives(); // Thousands of signatures.

export const CHAIN_ID = "gossip-1";
const COMMIT_MS = 200;
const BLOCK_BYTES_MAX = 4 * 1024 * 1024;
const TIMEOUTS = {
  proposeMs: 1_000,
  proposeDeltaMs: 500,
  prevoteMs: 500,
  prevoteDeltaMs: 500,
  precommitMs: 500,
  precommitDeltaMs: 500,
};
const TIMING = { precisionMs: 60_000n, messageDelayMs: 60_000n };

const seeds = Array.from({ length: 8 }, (_, i) => new Uint8Array(32).fill(i + 101));
export const keys = seeds.map((seed) => ({
  seed,
  pubKey: ed25519PublicKey(seed),
  address: validatorAddress(ed25519PublicKey(seed)),
}));

export function setOf(count: number): ValidatorSet {
  const set = validatorSet(keys.slice(0, count).map(({ pubKey }) => ({ pubKey, power: 10n })));
  if (isRejection(set)) throw new Error(set.name);
  return set;
}

/** Of a set of four. */
export function signedVote(key: number, vote: Pick<Vote, "type" | "height" | "round" | "blockId">): Vote {
  const { seed, address } = keys[key]!;
  const signature = signEd25519(voteSignBytes(CHAIN_ID, vote), seed);
  return { ...vote, validator: address, index: indexOf(setOf(4), address), signature };
}

export function signedProposal(
  key: number,
  proposal: Pick<Proposal, "height" | "round" | "polRound" | "blockId">,
): Proposal {
  const { seed, address } = keys[key]!;
  const signature = signEd25519(proposalSignBytes(CHAIN_ID, proposal), seed);
  return { ...proposal, proposer: address, signature };
}

export interface Decision {
  readonly blockId: BlockId;
  readonly certificate: Certificate;
}

export interface GossipNode {
  readonly host: Host;
  readonly gossip: ConsensusGossip;
  readonly decisions: Decision[];
  readonly delivered: Message[];
  state(): State;
}

/** A validator of real consensus and real gossip; its chain is a list of byte strings. */
export function gossipNode(world: MemoryWorld, host: Host, index: number, count: number, blockBytes = 200): GossipNode {
  const { clock } = world;
  const { seed, address } = keys[index]!;
  const decisions: Decision[] = [];
  const delivered: Message[] = [];
  let state = initialState();
  let set = setOf(count);

  const bad = (rejection: Rejection | undefined): "valid" | "invalid" =>
    rejection === undefined ? "valid" : "invalid";
  const core: Core = {
    summary: () => (state.step === "idle" ? undefined : summary(state)),
    lacking: (peer, limit) => lacking(state, peer, limit),
    wanted: () => wantedBlocks(state),
    judge(message) {
      const height =
        message.kind === "vote"
          ? message.vote.height
          : message.kind === "proposal"
            ? message.proposal.height
            : message.certificate.height;
      if (height !== state.height) return "unknown";
      switch (message.kind) {
        case "vote":
          return bad(verifyVote(CHAIN_ID, set, message.vote));
        case "proposal":
          return bad(verifyProposal(CHAIN_ID, set, message.proposal, partsMax(BLOCK_BYTES_MAX)));
        case "commit":
          return bad(verifyCertificate(CHAIN_ID, set, message.certificate, { height }));
        case "polka":
          return bad(verifyPolka(CHAIN_ID, set, message.certificate, height));
        case "round":
          return bad(verifyRoundCertificate(CHAIN_ID, set, message.certificate, height));
      }
    },
    deliver(message, receivedTimeMs) {
      delivered.push(message);
      feed(message.kind === "proposal" ? { ...message, receivedTimeMs } : message);
    },
    assembled(height, parts, block) {
      const blockId = { hash: headerHashOf(sha256(block)), parts };
      feed({
        kind: "proposed_value",
        height,
        blockId,
        round: readU32be(block),
        timeMs: readU64be(block, 4),
        valid: true,
      });
    },
    blockBytesMax: () => BLOCK_BYTES_MAX,
  };
  const gossip = new ConsensusGossip({ clock, random: seeded(BigInt(index)), log: silent, host, core });

  const inbox: Input[] = [];
  let busy = false;
  function feed(input: Input): void {
    inbox.push(input);
    if (busy) return;
    busy = true;
    for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
      const after = step(state, next);
      state = after.state;
      for (const effect of after.effects) run(effect);
    }
    busy = false;
  }

  function run(effect: Effect): void {
    switch (effect.kind) {
      case "build_block": {
        const timeMs = clock.now();
        const filler = new Uint8Array(blockBytes).map((_, i) => i + index);
        const block = concat(u32be(effect.round), u64be(timeMs), u64be(effect.height), filler);
        const { header, parts } = splitParts(block);
        gossip.hold(effect.height, header, parts);
        return feed({
          kind: "built",
          height: effect.height,
          round: effect.round,
          blockId: { hash: headerHashOf(sha256(block)), parts: header },
          timeMs,
        });
      }
      case "sign_proposal": {
        const { height, round, polRound, blockId } = effect;
        const proposal = { height, round, polRound, blockId, proposer: address };
        const signature = signEd25519(proposalSignBytes(CHAIN_ID, proposal), seed);
        return feed({ kind: "proposal", proposal: { ...proposal, signature }, receivedTimeMs: clock.now() });
      }
      case "sign_vote": {
        const { height, round, blockId, type } = effect;
        const vote = { type, height, round, blockId, validator: address, index: effect.index };
        return feed({ kind: "vote", vote: { ...vote, signature: signEd25519(voteSignBytes(CHAIN_ID, vote), seed) } });
      }
      case "publish":
        return gossip.publish(effect.message);
      case "schedule_timeout":
        return void clock.after(effect.afterMs, () => feed({ kind: "timeout_elapsed", timeout: effect.timeout }));
      case "decide":
        decisions.push({ blockId: effect.blockId, certificate: effect.certificate });
        return void clock.after(COMMIT_MS, () => startHeight(effect.height + 1n, effect.certificate));
      case "report_evidence":
        return;
      case "disagree":
        throw new Error("every block is valid here");
    }
  }

  function startHeight(height: bigint, lastCertificate: Certificate | undefined): void {
    if (height > 1n) set = rotate(set).next;
    feed({
      kind: "start_height",
      height,
      validators: set,
      self: address,
      lastCertificate,
      timeouts: TIMEOUTS,
      timing: TIMING,
    });
    gossip.heightStarted(height);
  }

  gossip.start();
  clock.after(100, () => startHeight(1n, undefined));
  return { host, gossip, decisions, delivered, state: () => state };
}

/** All nodes have decided the same `heights` blocks. */
export function agreed(nodes: readonly GossipNode[], heights: number): boolean {
  for (let i = 0; i < heights; i++) {
    const hashes = new Set(
      nodes.flatMap(({ decisions }) => (decisions[i] === undefined ? [] : [blockKey(decisions[i]!.blockId)])),
    );
    if (hashes.size > 1) throw new Error(`fork at height ${i + 1}`);
  }
  return nodes.every(({ decisions }) => decisions.length >= heights);
}

/** The block that every node's decision names, from the parts that the node has. */
export function blockOf(node: GossipNode, height: number): Bytes | undefined {
  return node.gossip.blockBytes(present(node.decisions[height - 1]?.blockId.parts, "a decision has parts"));
}
