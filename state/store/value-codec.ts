import { AMOUNT_MAX } from "#proto/amount.js";
import { assert, present } from "#proto/assert.js";
import { readU64be, u64be, utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import type { MessageCodec } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";

/**
 * Codec of a stored value. The encoding is never empty. Decoding asserts well-formed bytes, because they are our own.
 */
export interface ValueCodec<T> {
  encode(value: T): Bytes;
  decode(bytes: Bytes): T;
}

/** For rows whose existence is the information. */
export const presentValue: ValueCodec<true> = { encode: () => Uint8Array.of(1), decode: () => true };

/** 8 bytes, big-endian. */
export const u64Value: ValueCodec<bigint> = { encode: u64be, decode: (bytes) => readU64be(bytes) };

/** An amount in 16 bytes, big-endian. */
export const amountValue: ValueCodec<bigint> = {
  encode(value) {
    assert(value >= 0n && value <= AMOUNT_MAX, "amount outside 128 bits");
    const out = new Uint8Array(16);
    out.set(u64be(value >> 64n));
    out.set(u64be(value & 0xffff_ffff_ffff_ffffn), 8);
    return out;
  },
  decode: (bytes) => (readU64be(bytes) << 64n) | readU64be(bytes, 8),
};

/** Bytes of any length above zero; decoding returns a copy. */
export const bytesValue: ValueCodec<Bytes> = { encode: (value) => value, decode: (bytes) => bytes.slice() };

/** UTF-8 text behind a byte 01, so that the empty text is not an empty value. */
export const textValue: ValueCodec<string> = {
  encode(value) {
    const text = utf8(value);
    const out = new Uint8Array(text.length + 1);
    out[0] = 1;
    out.set(text, 1);
    return out;
  },
  decode: (bytes) => present(utf8Text(bytes.subarray(1)), "stored text is not UTF-8"),
};

/** A canonical protobuf message behind a byte 01, so that a message of defaults is not an empty value. */
export function messageValue<T>(codec: MessageCodec<T>): ValueCodec<T> {
  return {
    encode(value) {
      const body = codec.encode(value);
      const out = new Uint8Array(body.length + 1);
      out[0] = 1;
      out.set(body, 1);
      return out;
    },
    decode(bytes) {
      const value = codec.decodeOwn(bytes.subarray(1));
      assert(!isRejection(value), `a stored ${String(codec.name)} is malformed`);
      return value as T;
    },
  };
}
