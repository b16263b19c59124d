import { concat, type Bytes } from "../bytes.js";
import { message, type MessageCodec, type Messages } from "../codec/message.js";
import { BLOCK_BYTES_CEILING, CERTIFICATE_BYTES_MAX, PART_BYTES, ROUND_MAX, VALIDATORS_MAX } from "../limits.js";
import { AUNTS_MAX } from "../merkle/rfc6962.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { certificateCodec } from "../types/block.js";
import { hasWholeRoot, isCompleteBlockId } from "../types/block-id.js";
import { PRECOMMIT, PREVOTE, proposalCodec, voteCodec } from "../types/vote.js";

/** A part of a proposed block, and the part set it belongs to. */
export type PartFrame = Messages["tributary.p2p.v1.PartFrame"];
/** The messages that a node has of its height (consensus/knowledge), and its block parts. */
export type ConsensusStatus = Messages["tributary.p2p.v1.ConsensusStatus"];
/** Which parts of a part set a node has, as a bitmap. */
export type PartsKnowledge = Messages["tributary.p2p.v1.PartsKnowledge"];
/** Ids of the peers of a node. */
export type Neighbours = Messages["tributary.p2p.v1.Neighbours"];

/** A frame of the consensus protocol: one byte for the kind, then that kind's canonical message. */
export type ConsensusFrame =
  | { readonly kind: "proposal"; readonly value: Messages["tributary.chain.v1.Proposal"] }
  | { readonly kind: "part"; readonly value: PartFrame }
  | { readonly kind: "vote"; readonly value: Messages["tributary.chain.v1.Vote"] }
  | { readonly kind: "polka"; readonly value: Messages["tributary.chain.v1.PolkaCertificate"] }
  | { readonly kind: "round"; readonly value: Messages["tributary.chain.v1.RoundCertificate"] }
  | { readonly kind: "commit"; readonly value: Messages["tributary.chain.v1.Certificate"] }
  | { readonly kind: "status"; readonly value: ConsensusStatus }
  | { readonly kind: "neighbours"; readonly value: Neighbours };

/** Reasons to reject a frame. */
export const wireErrors = codespace("wire", {
  empty: 1, // a frame without bytes
  unknownKind: 2, // { kind }
  outOfBounds: 3, // { field }
});

/** A vote is about 250 bytes, a proposal 200. */
const SMALL_BYTES_MAX = 1024;
const BITS_BYTES_MAX = VALIDATORS_MAX / 8;
/** Rounds that a status may list: the current ones, those with a polka, and the previous height's. */
export const STATUS_ROUNDS_MAX = 16;
/** Part sets that a status may list. */
export const STATUS_PARTS_MAX = 8;
/** 16 MiB in parts of 64 KiB. */
const PARTS_MAX = BLOCK_BYTES_CEILING / PART_BYTES;
/** Peers that a frame may list: more than a node has. A libp2p peer id has 52 characters. */
export const NEIGHBOURS_MAX = 128;
const PEER_ID_LENGTH_MAX = 64;

interface Kind {
  readonly number: number;
  readonly codec: MessageCodec<unknown>;
  readonly bytesMax: number;
  /** Checks that the schema cannot express; returns the name of the first invalid field. */
  readonly broken?: (value: never) => string | undefined;
}

/** Numbers are permanent. */
const kinds: Readonly<Record<ConsensusFrame["kind"], Kind>> = {
  proposal: row(1, proposalCodec, SMALL_BYTES_MAX, brokenProposal),
  part: row(2, message("tributary.p2p.v1.PartFrame"), PART_BYTES + 34 * AUNTS_MAX + 256, brokenPart),
  vote: row(3, voteCodec, SMALL_BYTES_MAX, brokenVote),
  polka: row(4, message("tributary.chain.v1.PolkaCertificate"), CERTIFICATE_BYTES_MAX, brokenCertificate),
  round: row(5, message("tributary.chain.v1.RoundCertificate"), CERTIFICATE_BYTES_MAX, brokenRound),
  commit: row(6, certificateCodec, CERTIFICATE_BYTES_MAX, brokenCertificate),
  status: row(7, message("tributary.p2p.v1.ConsensusStatus"), 8 * 1024, brokenStatus),
  neighbours: row(
    8,
    message("tributary.p2p.v1.Neighbours"),
    NEIGHBOURS_MAX * (PEER_ID_LENGTH_MAX + 4),
    brokenNeighbours,
  ),
};

/** Upper bound of a frame's size. */
export const CONSENSUS_FRAME_BYTES_MAX = 1 + Math.max(...Object.values(kinds).map((kind) => kind.bytesMax));

const byNumber = new Map(Object.entries(kinds).map(([name, kind]) => [kind.number, { name, kind }]));

/** The frame as bytes. */
export function encodeConsensusFrame(frame: ConsensusFrame): Bytes {
  const { number, codec } = kinds[frame.kind];
  return concat(Uint8Array.of(number), codec.encode(frame.value));
}

/** Total: a frame within its bounds, or a rejection that names the field. Does not verify signatures. */
export function decodeConsensusFrame(bytes: Bytes): ConsensusFrame | Rejection {
  if (bytes.length === 0) return reject(wireErrors.empty);
  const found = byNumber.get(bytes[0]!);
  if (found === undefined) return reject(wireErrors.unknownKind, { kind: bytes[0] });
  const value = found.kind.codec.decode(bytes.subarray(1), found.kind.bytesMax);
  if (isRejection(value)) return value;
  const field = found.kind.broken?.(value as never);
  if (field !== undefined) return reject(wireErrors.outOfBounds, { kind: found.name, field });
  return { kind: found.name, value } as ConsensusFrame;
}

function row<T>(
  number: number,
  codec: MessageCodec<T>,
  bytesMax: number,
  broken?: (value: T) => string | undefined,
): Kind {
  return { number, codec: codec as MessageCodec<unknown>, bytesMax, ...(broken === undefined ? {} : { broken }) };
}

type BlockIdMessage = Messages["tributary.chain.v1.BlockId"];
type VoteMessage = Messages["tributary.chain.v1.Vote"];

/** Complete: hash and parts. Incomplete block ids are rejected (hostile inputs 3). */
function isComplete(id: BlockIdMessage | undefined): boolean {
  return id !== undefined && isCompleteBlockId(id) && id.parts!.total <= PARTS_MAX;
}

const isAddress = (bytes: Bytes): boolean => bytes.length === 20;
const isSignature = (bytes: Bytes): boolean => bytes.length === 64;

function brokenVote(vote: VoteMessage): string | undefined {
  if (vote.type !== PREVOTE && vote.type !== PRECOMMIT) return "type";
  if (vote.height === 0n) return "height";
  if (vote.round > ROUND_MAX) return "round";
  if (vote.blockId !== undefined && !isComplete(vote.blockId)) return "blockId";
  if (!isAddress(vote.validator)) return "validator";
  if (vote.index >= VALIDATORS_MAX) return "index";
  return isSignature(vote.signature) ? undefined : "signature";
}

function brokenProposal(proposal: Messages["tributary.chain.v1.Proposal"]): string | undefined {
  if (proposal.height === 0n) return "height";
  if (proposal.round > ROUND_MAX) return "round";
  if (proposal.polRound < -1 || proposal.polRound >= proposal.round) return "polRound";
  if (!isComplete(proposal.blockId)) return "blockId";
  if (!isAddress(proposal.proposer)) return "proposer";
  return isSignature(proposal.signature) ? undefined : "signature";
}

function brokenPart({ height, parts, part }: PartFrame): string | undefined {
  if (height === 0n) return "height";
  if (parts === undefined || !hasWholeRoot(parts) || parts.total === 0 || parts.total > PARTS_MAX) return "parts";
  if (part === undefined || part.index >= parts.total) return "part";
  if (part.bytes.length === 0 || part.bytes.length > PART_BYTES || part.aunts.length > AUNTS_MAX) return "part";
  return part.aunts.every((aunt) => aunt.length === 32) ? undefined : "aunts";
}

function brokenCertificate({
  height,
  round,
  blockId,
  signatures,
}: Messages["tributary.chain.v1.Certificate"]): string | undefined {
  if (height === 0n) return "height";
  if (round > ROUND_MAX) return "round";
  if (!isComplete(blockId)) return "blockId";
  if (signatures.length === 0 || signatures.length > VALIDATORS_MAX) return "signatures";
  let last = -1;
  for (const { index, validator, signature } of signatures) {
    if (index <= last || !isAddress(validator) || !isSignature(signature)) return "signatures";
    last = index;
  }
  return undefined;
}

function brokenRound({ height, round, votes }: Messages["tributary.chain.v1.RoundCertificate"]): string | undefined {
  if (height === 0n) return "height";
  if (round > ROUND_MAX) return "round";
  if (votes.length === 0 || votes.length > VALIDATORS_MAX) return "votes";
  let last = -1;
  for (const vote of votes) {
    if (vote.index <= last || brokenVote(vote) !== undefined) return "votes";
    last = vote.index;
  }
  return undefined;
}

function brokenStatus(status: ConsensusStatus): string | undefined {
  if (status.round > ROUND_MAX) return "round";
  if (status.step > 4) return "step";
  if (status.rounds.length > STATUS_ROUNDS_MAX) return "rounds";
  for (const [at, { round, prevotes, precommits }] of status.rounds.entries()) {
    if (at > 0 && round <= status.rounds[at - 1]!.round) return "rounds";
    if (prevotes.length > BITS_BYTES_MAX || precommits.length > BITS_BYTES_MAX) return "rounds";
  }
  if (status.parts.length > STATUS_PARTS_MAX) return "parts";
  for (const { parts, have } of status.parts) {
    if (parts === undefined || !hasWholeRoot(parts) || parts.total > PARTS_MAX) return "parts";
    if (have.length > Math.ceil(parts.total / 8)) return "parts";
  }
  return undefined;
}

function brokenNeighbours({ peers }: Neighbours): string | undefined {
  if (peers.length > NEIGHBOURS_MAX) return "peers";
  return peers.every((peer) => peer.length <= PEER_ID_LENGTH_MAX) ? undefined : "peers";
}
