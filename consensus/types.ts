import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import type { Certificate } from "#proto/types/block.js";
import type { BlockId } from "#proto/types/block-id.js";
import type { Member, ValidatorSet } from "#proto/types/validators.js";
import type { Proposal, Vote, VoteType } from "#proto/types/vote.js";

/**
 * What consensus learns (Input), requests (Effect) and knows (State). Heights, powers and times (milliseconds since the
 * epoch) are bigint; rounds, indexes and durations are number. L-numbers are lines of consensus/README.md.
 */

export type { BlockId, Certificate, Member, Proposal, ValidatorSet, Vote, VoteType };
/** A quorum of prevotes for one block in one round. */
export type PolkaCertificate = Messages["tributary.chain.v1.PolkaCertificate"];
/**
 * The votes that justify entering a round: of more than a third of the power from that round or later (L55), or the
 * precommits of the round before (L65).
 */
export type RoundCertificate = Messages["tributary.chain.v1.RoundCertificate"];

/**
 * The steps that have a timer. Their names are those of the timeouts everywhere: of the settings `timeout_<step>_ms` and
 * `timeout_<step>_delta_ms`, and of the fields in the log, which numbers the steps from 1 (permanent).
 */
export const TIMED_STEPS = ["propose", "prevote", "precommit"] as const;
export type TimedStep = (typeof TIMED_STEPS)[number];
/** `idle`: before the first height. `decided`: the height is over, the next `start_height` is awaited. */
export type StepName = "idle" | TimedStep | "decided";

/** Identifies a timer: it counts only in its own height and round. */
export interface Timeout {
  readonly height: bigint;
  readonly round: number;
  readonly step: TimedStep;
}

/** Milliseconds for round 0 (`proposeMs`) and what each further round adds (`proposeDeltaMs`), of each timed step (T15). */
export type Timeouts = { readonly [S in TimedStep as `${S}Ms` | `${S}DeltaMs`]: number };

/** PBTS parameters of this height, in milliseconds: bounds on clock error and on message delay (L73). */
export interface Timing {
  readonly precisionMs: bigint;
  readonly messageDelayMs: bigint;
}

// Inputs are facts. Signatures, certificates and sizes are already verified against the set of their height (proto/light).
// Every input is logged before it is given to `step`.

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

/** A block was assembled from its parts, and the chain has validated it. */
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

/** A timer that `schedule_timeout` started has run out. */
export interface TimeoutElapsed {
  readonly kind: "timeout_elapsed";
  readonly timeout: Timeout;
}

/** A verified polka certificate. */
export interface PolkaReceived {
  readonly kind: "polka";
  readonly certificate: PolkaCertificate;
}

/** A verified commit certificate. */
export interface CommitReceived {
  readonly kind: "commit";
  readonly certificate: Certificate;
}

/** A verified round certificate; its votes are of this height. */
export interface RoundReceived {
  readonly kind: "round";
  readonly certificate: RoundCertificate;
}

/** Everything that consensus can learn. */
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

/** Messages between validators; the node adds block parts. */
export type Message =
  | { readonly kind: "proposal"; readonly proposal: Proposal }
  | { readonly kind: "vote"; readonly vote: Vote }
  | { readonly kind: "polka"; readonly certificate: PolkaCertificate }
  | { readonly kind: "commit"; readonly certificate: Certificate }
  | { readonly kind: "round"; readonly certificate: RoundCertificate };

/** Two conflicting signed messages of one validator, in canonical order. The node adds the block time. */
export type Misbehaviour = {
  readonly validatorPower: bigint;
  readonly totalPower: bigint;
} & (
  | { readonly kind: "duplicate_vote"; readonly a: Vote; readonly b: Vote }
  | { readonly kind: "duplicate_proposal"; readonly a: Proposal; readonly b: Proposal }
);

// Effects are requests to the node, which carries them out in order.

/** Build a fresh block; answered by `built`. The certificate holds every precommit known so far. */
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

/** Send to all peers. The log must be synced first. */
export interface Publish {
  readonly kind: "publish";
  readonly message: Message;
}

/** Start a timer; answered by `timeout_elapsed` after `afterMs` milliseconds. */
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

/** Keep this evidence, gossip it, and propose it in a block. */
export interface ReportEvidence {
  readonly kind: "report_evidence";
  readonly evidence: Misbehaviour;
}

/** L84: more than two thirds precommitted a block that this node judged invalid. The node must stop and report it. */
export interface Disagree {
  readonly kind: "disagree";
  readonly certificate: Certificate;
}

/** Everything that consensus can request. */
export type Effect =
  BuildBlock | SignProposal | SignVote | Publish | ScheduleTimeout | Decide | ReportEvidence | Disagree;

// State is immutable.

/** A proposal and its time of arrival, in milliseconds since the epoch. */
export interface KnownProposal {
  readonly proposal: Proposal;
  readonly receivedTimeMs: bigint;
}

/** A judged block: its id, the round and time in its header, and whether the chain found it valid. */
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

/** The messages of one round. */
export interface RoundLog {
  readonly round: number;
  /** The first one from the round's proposer. */
  readonly proposal: KnownProposal | undefined;
  readonly prevotes: VoteSet;
  readonly precommits: VoteSet;
}

/**
 * Messages that arrived too early: for each validator, the one of its highest round by kind. Lists of these are sorted
 * by address.
 */
export interface Early {
  readonly validator: Bytes;
  readonly proposal: KnownProposal | undefined;
  readonly prevote: Vote | undefined;
  readonly precommit: Vote | undefined;
}

/** The locked or the valid value, and the round of its polka. */
export interface BlockInRound {
  readonly blockId: BlockId;
  readonly round: number;
}

/** One turn of the proposer rotation: the proposer, and the set to rotate for the next round. */
export interface Turn {
  readonly next: ValidatorSet;
  readonly proposer: Member;
}

/** The previous height. Late precommits still join its certificate (L82), and peers that lag are served from it. */
export interface LastHeight {
  readonly height: bigint;
  /** undefined after a start from disk: then its certificate is served as it is. */
  readonly validators: ValidatorSet | undefined;
  readonly certificate: Certificate;
  readonly accused: readonly number[];
}

/** Everything that consensus knows of a height. Immutable: `step` returns a new one. */
export interface State {
  readonly height: bigint;
  readonly round: number;
  readonly step: StepName;
  /** L36: the block that this node precommitted last, and the round. */
  readonly locked: BlockInRound | undefined;
  /** L36, L77: the latest block with a polka, and the round of the polka. */
  readonly valid: BlockInRound | undefined;
  /** At this height, round 0. */
  readonly validators: ValidatorSet;
  /** The rotation's turn of this round: who proposes, and the set from which the next round turns. */
  readonly turn: Turn | undefined;
  /** Our consensus address; undefined for a node without a key. */
  readonly self: Bytes | undefined;
  /** Our index in the set; undefined outside of it. */
  readonly selfIndex: number | undefined;
  readonly timeouts: Timeouts;
  readonly timing: Timing;
  /** Ascending. Beyond the current round only what a certificate brought. */
  readonly rounds: readonly RoundLog[];
  /** Judged blocks, oldest first; at most eight (L76). */
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
  /** L84 has fired. */
  readonly disagreed: boolean;
  readonly last: LastHeight | undefined;
}

/** The result of one input. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}
