import { assert, present } from "#proto/assert.js";
import { readU32be, readU64be, u32be, u64be, utf8, utf8Text, type Bytes } from "#proto/bytes.js";

/** Codec of one part of a key. It preserves order, and no part is a prefix of another. */
export interface KeyCodec<T> {
  readonly name: string;
  encode(value: T): Bytes;
  /** Decodes the part at offset `at`. Asserts well-formed bytes, because keys are our own. */
  decode(key: Bytes, at: number): { readonly value: T; readonly next: number };
}

/** A part of exactly `size` bytes: addresses, hashes. Asserts the size. */
export function fixedKey(name: string, size: number): KeyCodec<Bytes> {
  return {
    name,
    encode(value) {
      assert(value.length === size, `${name} of ${value.length} bytes instead of ${size}`);
      return value;
    },
    decode(key, at) {
      assert(at + size <= key.length, `key ends within ${name}`);
      return { value: key.slice(at, at + size), next: at + size };
    },
  };
}

/** An address of 20 bytes. */
export const addressKey = fixedKey("address", 20);
/** A hash of 32 bytes. */
export const hashKey = fixedKey("hash", 32);

/** 8 bytes, big-endian. */
export const u64Key: KeyCodec<bigint> = {
  name: "u64",
  encode: u64be,
  decode: (key, at) => ({ value: readU64be(key, at), next: at + 8 }),
};

/** 4 bytes, big-endian. */
export const u32Key: KeyCodec<number> = {
  name: "u32",
  encode(value) {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, `not a u32: ${value}`);
    return u32be(value);
  },
  decode: (key, at) => ({ value: readU32be(key, at), next: at + 4 }),
};

/** 1 byte. */
export const u8Key: KeyCodec<number> = {
  name: "u8",
  encode(value) {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, `not a u8: ${value}`);
    return Uint8Array.of(value);
  },
  decode: (key, at) => ({ value: present(key[at], "key ends within u8"), next: at + 1 }),
};

/** Bytes of any length: 00 is encoded as 00 ff, and 00 01 ends the part, so a prefix sorts before its extensions. */
export const bytesKey: KeyCodec<Bytes> = {
  name: "bytes",
  encode(value) {
    const out = new Uint8Array(bytesKeyLength(value));
    writeBytesKey(value, out, 0);
    return out;
  },
  decode(key, at) {
    const out: number[] = [];
    for (;;) {
      const byte = present(key[at++], "key ends within bytes");
      if (byte !== 0) {
        out.push(byte);
        continue;
      }
      const mark = present(key[at++], "key ends within bytes");
      if (mark === 0x01) return { value: Uint8Array.from(out), next: at };
      assert(mark === 0xff, "bytes in a key are malformed");
      out.push(0);
    }
  },
};

/** Size of the encoded part. */
export function bytesKeyLength(value: Bytes): number {
  let length = value.length + 2;
  for (let i = 0; i < value.length; i++) if (value[i] === 0) length++;
  return length;
}

/** Writes the part to `out` at offset `at`. @returns the offset behind it */
export function writeBytesKey(value: Bytes, out: Bytes, at: number): number {
  for (let i = 0; i < value.length; i++) {
    out[at++] = value[i]!;
    if (value[i] === 0) out[at++] = 0xff;
  }
  out[at++] = 0;
  out[at++] = 0x01;
  return at;
}

/** UTF-8 text in byte order. */
export const textKey: KeyCodec<string> = {
  name: "text",
  encode: (value) => bytesKey.encode(utf8(value)),
  decode(key, at) {
    const { value, next } = bytesKey.decode(key, at);
    return { value: present(utf8Text(value), "text in a key is not UTF-8"), next };
  },
};
