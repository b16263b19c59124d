import { crc32 } from "node:zlib";
import { fromBase64, toBase64 } from "#proto/base64.js";
import { equalBytes, fromHex, toHex, utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { PREVOTE, type VoteType } from "#proto/types/vote.js";
import { SignerFault } from "./fault.js";
import { signerErrors } from "./signer.js";

/** Order of what is signed in a round: propose before prevote before precommit (P2). */
export const STEP = { propose: 1, prevote: 2, precommit: 3 } as const;

/** The step in which a vote is signed. */
export const stepOf = (type: VoteType): number => (type === PREVOTE ? STEP.prevote : STEP.precommit);

/** The last signature. Step 0 at height 0: nothing was ever signed. */
export interface LastSigned {
  readonly height: bigint;
  readonly round: number;
  readonly step: number;
  readonly signBytes: Bytes;
  readonly signature: Bytes;
}

export interface Position {
  readonly height: bigint;
  readonly round: number;
  readonly step: number;
}

/** In the order of heights, rounds and steps. */
export function isLater(a: Position, b: Position): boolean {
  if (a.height !== b.height) return a.height > b.height;
  return a.round === b.round ? a.step > b.step : a.round > b.round;
}

/** P2, P3: the stored signature for the same bytes, undefined for new ground, a rejection for anything behind or beside. */
export function judge(last: LastSigned, wanted: Position, signBytes: Bytes): Bytes | Rejection | undefined {
  const { height, round, step } = wanted;
  const data = { last: `${last.height}/${last.round}/${last.step}`, wanted: `${height}/${round}/${step}` };
  if (height !== last.height) return height > last.height ? undefined : reject(signerErrors.heightRegression, data);
  if (round !== last.round) return round > last.round ? undefined : reject(signerErrors.roundRegression, data);
  if (step !== last.step) return step > last.step ? undefined : reject(signerErrors.stepRegression, data);
  return equalBytes(signBytes, last.signBytes) ? last.signature : reject(signerErrors.conflictingData, data);
}

/** CometBFT's fields, and a checksum over their values. */
interface RecordFile {
  readonly height: string;
  readonly round: number;
  readonly step: number;
  readonly signature?: string; // base64
  readonly signbytes?: string; // upper-case hex
  readonly crc32?: string; // 8 hex digits
}

export function encodeRecord(record: LastSigned): Bytes {
  const fields = {
    height: record.height.toString(),
    round: record.round,
    step: record.step,
    signature: toBase64(record.signature),
    signbytes: toHex(record.signBytes).toUpperCase(),
  };
  return utf8(`${JSON.stringify({ ...fields, crc32: checksum(fields) }, null, 2)}\n`);
}

function checksum(fields: Omit<RecordFile, "crc32">): string {
  const { height, round, step, signature, signbytes } = fields;
  const sum = crc32(utf8(`${height} ${round} ${step} ${signature} ${signbytes}`));
  return sum.toString(16).padStart(8, "0");
}

const NOTHING = new Uint8Array(0);
const HEIGHT = /^(0|[1-9][0-9]{0,18})$/;

/** @throws SignerFault for anything but a whole record; only the record of a new key has no checksum */
export function decodeRecord(bytes: Bytes, path: string): LastSigned {
  const file = parse(bytes);
  const { height, round, step, signature, signbytes } = file ?? {};
  if (file === undefined || typeof height !== "string" || !HEIGHT.test(height)) throw corrupt(path, "height");
  if (!isSmall(round)) throw corrupt(path, "round");
  if (!isSmall(step) || step > STEP.precommit) throw corrupt(path, "step");
  if (height === "0" && round === 0 && step === 0 && signature === undefined && signbytes === undefined) {
    return { height: 0n, round, step, signBytes: NOTHING, signature: NOTHING };
  }
  if (typeof signature !== "string" || typeof signbytes !== "string") throw corrupt(path, "signature");
  if (file.crc32 !== checksum({ height, round, step, signature, signbytes })) throw corrupt(path, "crc32");
  const signed = fromHex(signbytes);
  if (signed === undefined) throw corrupt(path, "signbytes");
  const bytesOfSignature = fromBase64(signature);
  if (bytesOfSignature === undefined) throw corrupt(path, "signature");
  return { height: BigInt(height), round, step, signBytes: signed, signature: bytesOfSignature };
}

function parse(bytes: Bytes): RecordFile | undefined {
  try {
    const value: unknown = JSON.parse(utf8Text(bytes) ?? "");
    return typeof value === "object" && value !== null ? (value as RecordFile) : undefined;
  } catch {
    return undefined; // Not JSON: the caller names the file and the way out.
  }
}

const isSmall = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function corrupt(path: string, field: string): SignerFault {
  return new SignerFault(
    "signer.record_corrupt",
    `${path}: ${field} does not read back as it was written, so what this key signed last is unknown. ` +
      "Restore the file from this machine's own disk, or retire the key; never restore an older copy.",
  );
}
