import { equalBytes, type Bytes } from "#proto/bytes.js";
import { equalBlockIds } from "#proto/types/block-id.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { hasBit, packBits } from "#proto/wire/bits.js";
import { certificateOf } from "./certificates.js";
import { knownValue } from "./round.js";
import { currentLog, roundLog, votesIn } from "./rounds.js";
import type { BlockId, Message, RoundLog, State, StepName, VoteSet } from "./types.js";
import { firstVotes, quorumBlock } from "./votes.js";

/**
 * L85: a node reports what it has, and its peers send what it lacks. Delivery of a single message is never relied on: a
 * correct node sends what it has until the peer's status shows it.
 */

/** Messages that a node has of one round, as sent in its status. Bitmaps are by validator index (proto/wire/bits). */
export interface RoundKnowledge {
  readonly round: number;
  readonly proposal: boolean;
  /** A block has a quorum of prevotes here, so the peer needs no single prevotes, even of equivocators. */
  readonly polka: boolean;
  readonly prevotes: Bytes;
  readonly precommits: Bytes;
}

/** Messages that a node has of its current height, as sent in its status (proto/wire/consensus). */
export interface Knowledge {
  readonly height: bigint;
  readonly round: number;
  /** 0 idle, 1 propose, 2 prevote, 3 precommit, 4 decided */
  readonly step: number;
  /** Strictly ascending: the rounds that still matter to this node. */
  readonly rounds: RoundKnowledge[];
}

const STEP_NUMBER: Readonly<Record<StepName, number>> = { idle: 0, propose: 1, prevote: 2, precommit: 3, decided: 4 };

/** Whether a status is of a node that lacks nothing of its height but precommits for its certificate. */
export const isDecided = ({ step }: Pick<Knowledge, "step">): boolean => step === STEP_NUMBER.decided;

/** Rounds of a peer's status that we answer. A correct node reports at most five. */
const ROUNDS_HELPED_MAX = 16;

/** Messages that this node has, for its peers. At most five rounds. */
export function summary(state: State): Knowledge {
  const { height, round, step } = state;
  if (step === "decided" && state.last !== undefined) {
    const { certificate } = state.last;
    const precommits = packBits(certificate.signatures.map((signature) => signature.index));
    const only = { round: certificate.round, proposal: true, polka: true, prevotes: NO_BITS, precommits };
    return { height, round: certificate.round, step: STEP_NUMBER[step], rounds: [only] };
  }
  const rounds = step === "idle" ? [] : livelyRounds(state).map((each) => roundSummary(state, each));
  return { height, round, step: STEP_NUMBER[step], rounds };
}
const NO_BITS: Bytes = new Uint8Array(0);

/** The current round, the one before it, and those whose polka may still be asked for, ascending. */
function livelyRounds(state: State): number[] {
  const { round, valid, locked } = state;
  const wanted = [round, round - 1, currentLog(state).proposal?.proposal.polRound, valid?.round, locked?.round];
  const rounds = wanted.filter((each) => each !== undefined && each >= 0) as number[];
  return [...new Set(rounds)].sort((a, b) => a - b);
}

function roundSummary(state: State, round: number): RoundKnowledge {
  const log = roundLog(state, round);
  if (log === undefined) return nothingOf(round);
  return {
    round,
    proposal: log.proposal !== undefined,
    polka: quorumBlock(log.prevotes, state.validators) !== undefined,
    prevotes: votersIn(log.prevotes),
    precommits: votersIn(log.precommits),
  };
}

const votersIn = (set: VoteSet): Bytes => packBits(firstVotes(set).map((vote) => vote.index));

const nothingOf = (round: number): RoundKnowledge => ({
  round,
  proposal: false,
  polka: false,
  prevotes: NO_BITS,
  precommits: NO_BITS,
});

/** The messages that we have and the peer lacks, the most useful first. @param limit maximum number of messages */
export function lacking(state: State, peer: Knowledge, limit: number): Message[] {
  if (state.last !== undefined && peer.height === state.last.height) return lackingOfLast(state.last, peer);
  if (state.step === "idle" || state.step === "decided" || peer.height !== state.height) return [];
  const found = [...commits(state, peer), ...entrance(state, peer), ...polkas(state, peer), ...messages(state, peer)];
  return found.slice(0, limit);
}

/** The certificate of the height that we have finished; the node adds the block's parts. */
function lackingOfLast(last: NonNullable<State["last"]>, peer: Knowledge): Message[] {
  const { certificate } = last;
  const has = peer.rounds.find((each) => each.round === certificate.round)?.precommits ?? NO_BITS;
  const news = peer.step !== STEP_NUMBER.decided || certificate.signatures.some(({ index }) => !hasBit(has, index));
  return news ? [{ kind: "commit", certificate }] : [];
}

/** A quorum of precommits: it decides the height for a peer that has the block, even if we lack it. */
function commits(state: State, peer: Knowledge): Message[] {
  const found: Message[] = [];
  for (const log of state.rounds) {
    const blockId = quorumBlock(log.precommits, state.validators);
    if (blockId === undefined) continue;
    const certificate = certificateOf(log.precommits, state.height, log.round, blockId);
    const has = roundOf(peer, log.round).precommits;
    if (certificate.signatures.some(({ index }) => !hasBit(has, index))) found.push({ kind: "commit", certificate });
  }
  return found;
}

/** For a peer in an earlier round: the votes that let us enter ours. */
function entrance(state: State, peer: Knowledge): Message[] {
  const { entry } = state;
  return entry !== undefined && peer.round < state.round ? [{ kind: "round", certificate: entry }] : [];
}

/** T21: the polka of our valid value, of the value proposed again, and of the round that the peer is in. */
function polkas(state: State, peer: Knowledge): Message[] {
  const found: Message[] = [];
  for (const round of new Set([...livelyRounds(state), peer.round])) {
    if (roundOf(peer, round).polka) continue;
    const log = roundLog(state, round);
    const certificate = log === undefined ? undefined : polkaOf(state, log);
    if (certificate !== undefined) found.push({ kind: "polka", certificate });
  }
  return found;
}

function polkaOf(state: State, log: RoundLog) {
  const blockId = quorumBlock(log.prevotes, state.validators);
  return blockId === undefined ? undefined : certificateOf(log.prevotes, state.height, log.round, blockId);
}

/** Proposal and single votes of the rounds in the peer's status. */
function messages(state: State, peer: Knowledge): Message[] {
  const found: Message[] = [];
  const told = peer.rounds.slice(0, ROUNDS_HELPED_MAX);
  const rounds = told.some((each) => each.round === peer.round) ? told : [...told, nothingOf(peer.round)];
  for (const has of rounds) {
    const log = roundLog(state, has.round);
    if (log === undefined) continue;
    if (!has.proposal && log.proposal !== undefined) found.push({ kind: "proposal", proposal: log.proposal.proposal });
    const nilMatters = has.round >= peer.round - 1;
    if (!has.polka) found.push(...missing(log.prevotes, has.prevotes, nilMatters));
    found.push(...missing(log.precommits, has.precommits, nilMatters));
  }
  return found;
}

function missing(set: VoteSet, has: Bytes, nilMatters: boolean): Message[] {
  return firstVotes(set)
    .filter((vote) => !hasBit(has, vote.index) && (nilMatters || vote.blockId !== undefined))
    .map((vote) => ({ kind: "vote", vote }));
}

const roundOf = (peer: Knowledge, round: number): RoundKnowledge =>
  peer.rounds.find((each) => each.round === round) ?? nothingOf(round);

/**
 * Messages repeated to every peer while a round lasts: our own proposal and votes, and the certificates that peers may
 * be waiting for.
 */
export function rebroadcast(state: State): Message[] {
  if (state.step === "idle") return [];
  if (state.step === "decided") {
    return state.last === undefined ? [] : [{ kind: "commit", certificate: state.last.certificate }];
  }
  const found: Message[] = [];
  const log = currentLog(state);
  if (state.entry !== undefined) found.push({ kind: "round", certificate: state.entry });
  const valid = state.valid === undefined ? undefined : roundLog(state, state.valid.round);
  const polka = valid === undefined ? undefined : polkaOf(state, valid);
  if (polka !== undefined) found.push({ kind: "polka", certificate: polka });
  const { selfIndex } = state;
  if (selfIndex === undefined) return found;
  const ours = log.proposal?.proposal;
  if (ours !== undefined && isSelf(state, ours.proposer)) {
    found.push({ kind: "proposal", proposal: ours });
  }
  for (const type of [PREVOTE, PRECOMMIT] as const) {
    for (const vote of votesIn(log, type).votes[selfIndex]?.slice(0, 1) ?? []) found.push({ kind: "vote", vote });
  }
  return found;
}

const isSelf = (state: State, address: Bytes): boolean =>
  state.selfIndex !== undefined && equalBytes(state.validators.members[state.selfIndex]!.address, address);

/**
 * Blocks whose parts the node should collect, most urgent first: with a quorum of precommits, proposed in this round,
 * with a polka. Blocks that are already judged are left out.
 */
export function wantedBlocks(state: State): BlockId[] {
  if (state.step === "idle" || state.step === "decided") return [];
  const wanted: (BlockId | undefined)[] = [];
  for (const log of state.rounds) wanted.push(quorumBlock(log.precommits, state.validators));
  wanted.push(currentLog(state).proposal?.proposal.blockId);
  for (const log of state.rounds) wanted.push(quorumBlock(log.prevotes, state.validators));
  const found: BlockId[] = [];
  for (const blockId of wanted) {
    if (blockId === undefined || knownValue(state, blockId) !== undefined) continue;
    if (!found.some((other) => equalBlockIds(other, blockId))) found.push(blockId);
  }
  return found;
}
