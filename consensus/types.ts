import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import type { Certificate } from "#proto/types/block.js";
import type { BlockId } from "#proto/types/block-id.js";
import type { Member, ValidatorSet } from "#proto/types/validators.js";
import type { Proposal, Vote, VoteType } from "#proto/types/vote.js";

/**
 * What consensus can learn (Input), what it can want (Effect), and what it knows in between (State). Heights, powers and
 * times are bigint, rounds and indexes number. L-numbers are lines of consensus/README.md.
 */

export type { BlockId, Certificate, Member, Proposal, ValidatorSet, Vote, VoteType };
export type PolkaCertificate = Messages["tributary.chain.v1.PolkaCertificate"];
export type RoundCertificate = Messages["tributary.chain.v1.RoundCertificate"];

export type TimedStep = "propose" | "prevote" | "precommit";
/** `idle`: before the first height. `decided`: the height is over, the next `start_height` is awaited. */
export type StepName = "idle" | TimedStep | "decided";

export interface Timeout {
  readonly height: bigint;
  readonly round: number;
  readonly step: TimedStep;
}

/** Milliseconds for round 0 and what each further round adds (T15). */
export interface Timeouts {
  readonly proposeMs: number;
  readonly proposeDeltaMs: number;
  readonly prevoteMs: number;
  readonly prevoteDeltaMs: number;
  readonly precommitMs: number;
  readonly precommitDeltaMs: number;
}

/** Of the consensus parameters at this height: how far clocks and messages may be off (PBTS). */
export interface Timing {
  readonly precisionMs: bigint;
  readonly messageDelayMs: bigint;
}

// Inputs: facts. Signatures, certificates and sizes were verified before (proto/light), for the set of their height.
// Everything is written to the log before it is given to `step`.

/** The chain stands at height - 1. Validators carry their priorities at this height, round 0. */
export interface StartHeight {
  readonly kind: "start_height";
  readonly height: bigint;
  readonly validators: ValidatorSet;
  /** Our consensus address; undefined for a node without a key. A node outside the set follows and does not sign. */
  readonly self: Bytes | undefined;
  /** Of height - 1 as stored; undefined at the first height. What consensus itself has of it since may be larger. */
  readonly lastCertificate: Certificate | undefined;
  readonly timeouts: Timeouts;
  readonly timing: Timing;
}

/** A signed proposal, ours included. Its block follows in parts, assembled by the node. */
export interface ProposalInput {
  readonly kind: "proposal";
  readonly proposal: Proposal;
  /** Stamped once by the node, when the proposal arrived. */
  readonly receivedTimeMs: bigint;
}

/** A block was assembled from its parts and the chain has judged it. */
export interface ProposedValue {
  readonly kind: "proposed_value";
  readonly height: bigint;
  readonly blockId: BlockId;
  /** Of the header: the round in which the block was created, and its time. */
  readonly round: number;
  readonly timeMs: bigint;
  readonly valid: boolean;
}

/** The answer of `build_block`: a fresh block of ours, valid by construction. */
export interface Built {
  readonly kind: "built";
  readonly height: bigint;
  readonly round: number;
  readonly blockId: BlockId;
  readonly timeMs: bigint;
}

/** A signed vote, ours included. */
export interface VoteInput {
  readonly kind: "vote";
  readonly vote: Vote;
}

export interface TimeoutElapsed {
  readonly kind: "timeout_elapsed";
  readonly timeout: Timeout;
}

export interface PolkaReceived {
  readonly kind: "polka";
  readonly certificate: PolkaCertificate;
}

export interface CommitReceived {
  readonly kind: "commit";
  readonly certificate: Certificate;
}

export interface RoundReceived {
  readonly kind: "round";
  readonly certificate: RoundCertificate;
}

export type Input =
  | StartHeight
  | ProposalInput
  | ProposedValue
  | Built
  | VoteInput
  | TimeoutElapsed
  | PolkaReceived
  | CommitReceived
  | RoundReceived;

/** What validators send each other; the node adds block parts. */
export type Message =
  | { readonly kind: "proposal"; readonly proposal: Proposal }
  | { readonly kind: "vote"; readonly vote: Vote }
  | { readonly kind: "polka"; readonly certificate: PolkaCertificate }
  | { readonly kind: "commit"; readonly certificate: Certificate }
  | { readonly kind: "round"; readonly certificate: RoundCertificate };

/** Two signed statements that no correct validator makes together, in canonical order. The node adds the block time. */
export type Misbehaviour = {
  readonly validatorPower: bigint;
  readonly totalPower: bigint;
} & (
  | { readonly kind: "duplicate_vote"; readonly a: Vote; readonly b: Vote }
  | { readonly kind: "duplicate_proposal"; readonly a: Proposal; readonly b: Proposal }
);

// Effects: imperatives.

/** Make a fresh block; answered by `built`. The certificate holds every precommit known by now. */
export interface BuildBlock {
  readonly kind: "build_block";
  readonly height: bigint;
  readonly round: number;
  readonly lastCertificate: Certificate | undefined;
}

/** Answered by a `proposal` input with the signed proposal, which is then published. */
export interface SignProposal {
  readonly kind: "sign_proposal";
  readonly height: bigint;
  readonly round: number;
  /** The round whose prevotes allow this value again; -1 for a fresh one. */
  readonly polRound: number;
  readonly blockId: BlockId;
}

/** Answered by a `vote` input with the signed vote, which is then published. */
export interface SignVote {
  readonly kind: "sign_vote";
  readonly type: VoteType;
  readonly height: bigint;
  readonly round: number;
  /** undefined: nil */
  readonly blockId: BlockId | undefined;
  /** Our place in the set of this height. */
  readonly index: number;
}

/** Send to everybody. The log is synced first. */
export interface Publish {
  readonly kind: "publish";
  readonly message: Message;
}

export interface ScheduleTimeout {
  readonly kind: "schedule_timeout";
  readonly timeout: Timeout;
  readonly afterMs: number;
}

/** Commit this block; the next `start_height` follows. */
export interface Decide {
  readonly kind: "decide";
  readonly height: bigint;
  /** The round of the certificate; the block may have been created in an earlier one. */
  readonly round: number;
  readonly blockId: BlockId;
  readonly certificate: Certificate;
}

export interface ReportEvidence {
  readonly kind: "report_evidence";
  readonly evidence: Misbehaviour;
}

/** More than two thirds committed a block that this node judged invalid. It cannot go on: the node stops and says so. */
export interface Disagree {
  readonly kind: "disagree";
  readonly certificate: Certificate;
}

export type Effect =
  BuildBlock | SignProposal | SignVote | Publish | ScheduleTimeout | Decide | ReportEvidence | Disagree;

// State: never changed in place.

export interface KnownProposal {
  readonly proposal: Proposal;
  readonly receivedTimeMs: bigint;
}

export interface KnownValue {
  readonly blockId: BlockId;
  readonly round: number;
  readonly timeMs: bigint;
  readonly valid: boolean;
}

/** Power behind one block, or behind nil. */
export interface Tally {
  readonly blockId: BlockId | undefined;
  readonly power: bigint;
}

/** Votes of one type and round. A validator may stand in several tallies; `heard` counts it once. */
export interface VoteSet {
  /** By validator index; each validator's distinct votes, at most one a block. */
  readonly votes: readonly (readonly Vote[])[];
  readonly tallies: readonly Tally[];
  readonly heard: bigint;
}

export interface RoundLog {
  readonly round: number;
  /** The first from the right proposer. */
  readonly proposal: KnownProposal | undefined;
  readonly prevotes: VoteSet;
  readonly precommits: VoteSet;
}

/** What arrived too early: of each validator (by its address, in byte order) the message of its highest round. */
export interface Early {
  readonly validator: Bytes;
  readonly proposal: KnownProposal | undefined;
  readonly prevote: Vote | undefined;
  readonly precommit: Vote | undefined;
}

export interface BlockInRound {
  readonly blockId: BlockId;
  readonly round: number;
}

export interface Turn {
  readonly next: ValidatorSet;
  readonly proposer: Member;
}

/** The height before this one: late precommits still join its certificate, and whoever lags is served from it. */
export interface LastHeight {
  readonly height: bigint;
  /** undefined after a start from disk: then its certificate is served as it is. */
  readonly validators: ValidatorSet | undefined;
  readonly certificate: Certificate;
  readonly accused: readonly number[];
}

export interface State {
  readonly height: bigint;
  readonly round: number;
  readonly step: StepName;
  readonly locked: BlockInRound | undefined;
  readonly valid: BlockInRound | undefined;
  /** At this height, round 0. */
  readonly validators: ValidatorSet;
  /** The rotation's turn of this round: who proposes, and the set from which the next round turns. */
  readonly turn: Turn | undefined;
  readonly self: Bytes | undefined;
  readonly selfIndex: number | undefined;
  readonly timeouts: Timeouts;
  readonly timing: Timing;
  /** Ascending. Beyond the current round only what a certificate brought. */
  readonly rounds: readonly RoundLog[];
  readonly values: readonly KnownValue[];
  /** Of this height, beyond the current round. */
  readonly early: readonly Early[];
  /** Of the next height. */
  readonly nextHeight: readonly Early[];
  /** The votes that let us into the current round; undefined in round 0. */
  readonly entry: RoundCertificate | undefined;
  /** Rules of the current round that fire once. */
  readonly fired: { readonly prevoteTimer: boolean; readonly polka: boolean; readonly precommitTimer: boolean };
  /** Validators (by index) already reported at this height: one report each is enough to punish. */
  readonly accused: readonly number[];
  readonly disagreed: boolean;
  readonly last: LastHeight | undefined;
}

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}
