import { concat, type Bytes } from "../bytes.js";
import { message, type MessageCodec, type Messages } from "../codec/message.js";
import { CERTIFICATE_BYTES_MAX, PART_BYTES, VALIDATORS_MAX } from "../limits.js";
import { AUNTS_MAX } from "../merkle/rfc6962.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { certificateCodec } from "../types/block.js";
import { proposalCodec, voteCodec } from "../types/vote.js";

/** Frames of the consensus protocol: one byte that names the kind, then that kind's canonical message. */
export type PartFrame = Messages["tributary.p2p.v1.PartFrame"];
export type ConsensusStatus = Messages["tributary.p2p.v1.ConsensusStatus"];
export type RoundKnowledge = Messages["tributary.p2p.v1.RoundKnowledge"];
export type PartsKnowledge = Messages["tributary.p2p.v1.PartsKnowledge"];

export type ConsensusFrame =
  | { readonly kind: "proposal"; readonly value: Messages["tributary.chain.v1.Proposal"] }
  | { readonly kind: "part"; readonly value: PartFrame }
  | { readonly kind: "vote"; readonly value: Messages["tributary.chain.v1.Vote"] }
  | { readonly kind: "polka"; readonly value: Messages["tributary.chain.v1.PolkaCertificate"] }
  | { readonly kind: "round"; readonly value: Messages["tributary.chain.v1.RoundCertificate"] }
  | { readonly kind: "commit"; readonly value: Messages["tributary.chain.v1.Certificate"] }
  | { readonly kind: "status"; readonly value: ConsensusStatus };

export const wireErrors = codespace("wire", { empty: 1, unknownKind: 2, outOfBounds: 3 });

/** A vote is about 250 bytes, a proposal 200. */
const SMALL_BYTES_MAX = 1024;
const BITS_BYTES_MAX = VALIDATORS_MAX / 8;
/** Rounds and part sets that a status may list: the current ones, those with a polka, and the previous height's. */
export const STATUS_ROUNDS_MAX = 16;
export const STATUS_PARTS_MAX = 8;
/** 16 MiB in parts of 64 KiB. */
const PART_BITS_BYTES_MAX = 32;

interface Kind {
  readonly number: number;
  readonly codec: MessageCodec<unknown>;
  readonly bytesMax: number;
  /** What the schema cannot say; the name of the field that breaks it. */
  readonly broken?: (value: never) => string | undefined;
}

/** Numbers are permanent. */
const kinds: Readonly<Record<ConsensusFrame["kind"], Kind>> = {
  proposal: row(1, proposalCodec, SMALL_BYTES_MAX),
  part: row(2, message("tributary.p2p.v1.PartFrame"), PART_BYTES + 34 * AUNTS_MAX + 256, brokenPart),
  vote: row(3, voteCodec, SMALL_BYTES_MAX),
  polka: row(4, message("tributary.chain.v1.PolkaCertificate"), CERTIFICATE_BYTES_MAX, manySignatures),
  round: row(5, message("tributary.chain.v1.RoundCertificate"), CERTIFICATE_BYTES_MAX, manyVotes),
  commit: row(6, certificateCodec, CERTIFICATE_BYTES_MAX, manySignatures),
  status: row(7, message("tributary.p2p.v1.ConsensusStatus"), 8 * 1024, brokenStatus),
};

export const CONSENSUS_FRAME_BYTES_MAX = 1 + Math.max(...Object.values(kinds).map((kind) => kind.bytesMax));

const byNumber = new Map(Object.entries(kinds).map(([name, kind]) => [kind.number, { name, kind }]));

export function encodeConsensusFrame(frame: ConsensusFrame): Bytes {
  const { number, codec } = kinds[frame.kind];
  return concat(Uint8Array.of(number), codec.encode(frame.value));
}

/** Total: any bytes give a frame within its bounds, or a rejection. */
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

function brokenPart({ root, part }: PartFrame): string | undefined {
  if (root.length !== 32) return "root";
  if (part === undefined || part.bytes.length > PART_BYTES || part.aunts.length > AUNTS_MAX) return "part";
  return undefined;
}

function manySignatures({ signatures }: { signatures: readonly unknown[] }): string | undefined {
  return signatures.length > VALIDATORS_MAX ? "signatures" : undefined;
}

function manyVotes({ votes }: { votes: readonly unknown[] }): string | undefined {
  return votes.length > VALIDATORS_MAX ? "votes" : undefined;
}

function brokenStatus(status: ConsensusStatus): string | undefined {
  if (status.step > 4) return "step";
  if (status.rounds.length > STATUS_ROUNDS_MAX) return "rounds";
  for (const [at, { round, prevotes, precommits }] of status.rounds.entries()) {
    if (at > 0 && round <= status.rounds[at - 1]!.round) return "rounds";
    if (prevotes.length > BITS_BYTES_MAX || precommits.length > BITS_BYTES_MAX) return "rounds";
  }
  if (status.parts.length > STATUS_PARTS_MAX) return "parts";
  for (const { root, parts } of status.parts)
    if (root.length !== 32 || parts.length > PART_BITS_BYTES_MAX) return "parts";
  return undefined;
}
