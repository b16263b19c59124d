import { concat, readU64be, u32be, u64be, type Bytes } from "../bytes.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { message, type MessageName, type Messages } from "../codec/message.js";

/**
 * Raw keys and values of the records that payouts depend on, as they are proven. The numbers are permanent and equal those
 * of the modules' own tables; a test compares them.
 */
const key =
  <A extends readonly unknown[]>(module: number, table: number, parts: (...args: A) => readonly Bytes[]) =>
  (...args: A): Bytes =>
    concat(Uint8Array.of(module, table), ...parts(...args));

const one = (id: bigint): Bytes[] => [u64be(id)];
const nothing = (): Bytes[] => [];
const entry = (batch: bigint, kind: number, subject: bigint): Bytes[] => [
  u64be(batch),
  Uint8Array.of(kind),
  u64be(subject),
];

/** Raw state keys by name. u64 and u32 parts are big-endian; addresses are 20 bytes. */
export const stateKeys = {
  account: key(0x01, 0x01, (address: Bytes) => [address]),
  nextContribution: key(0x10, 0x03, nothing),
  datanet: key(0x10, 0x10, one),
  terms: key(0x10, 0x13, (datanet: bigint, version: number) => [u64be(datanet), u32be(version)]),
  contribution: key(0x10, 0x30, one),
  fingerprints: key(0x10, 0x35, (contribution: bigint, index: number) => [u64be(contribution), u32be(index)]),
  version: key(0x11, 0x20, one),
  versionRoyalties: key(0x11, 0x24, one),
  releaseNode: key(0x11, 0x26, (hash: Bytes) => [hash]),
  channel: key(0x12, 0x02, one),
  attributionParams: key(0x13, 0x01, nothing),
  batch: key(0x13, 0x02, one),
  nextBatch: key(0x13, 0x03, nothing),
  voucher: key(0x13, 0x06, (batch: bigint, voucher: bigint) => [u64be(batch), u64be(voucher)]),
  batchRoyalties: key(0x13, 0x07, one),
  epoch: key(0x13, 0x08, one),
  opening: key(0x13, 0x0c, (batch: bigint, voucher: bigint, index: bigint) => [
    u64be(batch),
    u64be(voucher),
    u64be(index),
  ]),
  openingPiece: key(0x13, 0x14, (batch: bigint, voucher: bigint, index: bigint, opener: Bytes, piece: number) => [
    u64be(batch),
    u64be(voucher),
    u64be(index),
    opener,
    u32be(piece),
  ]),
  progress: key(0x13, 0x16, one),
  contest: key(0x13, 0x17, (batch: bigint, contribution: bigint, senior: bigint) => [
    u64be(batch),
    u64be(contribution),
    u64be(senior),
  ]),
  use: key(0x13, 0x18, (contribution: bigint, batch: bigint, voucher: bigint) => [
    u64be(contribution),
    u64be(batch),
    u64be(voucher),
  ]),
  credit: key(0x13, 0x0d, (batch: bigint, contribution: bigint) => [u64be(batch), u64be(contribution)]),
  payoutParams: key(0x14, 0x01, nothing),
  payEntry: key(0x14, 0x02, entry),
  payLine: key(0x14, 0x03, (owner: Bytes, batch: bigint, kind: number, subject: bigint) => [
    owner,
    ...entry(batch, kind, subject),
  ]),
  controllerChange: key(0x14, 0x10, (owner: Bytes, number: number) => [owner, u32be(number)]),
  payAccount: key(0x14, 0x04, (owner: Bytes) => [owner]),
  payTotals: key(0x14, 0x0d, nothing),
  payPair: key(0x14, 0x0e, (senior: bigint, contribution: bigint) => [u64be(senior), u64be(contribution)]),
} as const;

/** Rejection of a stored value that does not decode. */
export const stateValueErrors = codespace("state_value", {
  malformed: 1, // { want }
});

/**
 * Decodes a stored message: the byte 01 (so that no value is empty), then its canonical bytes. Rejects with
 * state_value/malformed.
 */
export function readStored<N extends MessageName>(name: N, bytes: Bytes): Messages[N] | Rejection {
  if (bytes[0] !== 1) return reject(stateValueErrors.malformed, { want: name });
  const value = message(name).decode(bytes.subarray(1));
  return isRejection(value) ? reject(stateValueErrors.malformed, { want: name, why: value.name }) : value;
}

/** Decodes a stored counter of 8 bytes, big-endian. Rejects with state_value/malformed. */
export function readStoredU64(bytes: Bytes): bigint | Rejection {
  return bytes.length === 8 ? readU64be(bytes) : reject(stateValueErrors.malformed, { want: "u64" });
}
