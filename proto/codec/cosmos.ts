import { BinaryWriter, type BinaryReader } from "cosmjs-types/binary";
import { equalBytes, type Bytes } from "../bytes.js";
import { reject, type Rejection } from "../rejection.js";
import { codecErrors } from "./message.js";

// The library's own makes a pool of 8 kB for each message that it writes, and keeps none of them.
BinaryWriter.alloc = (size) => new Uint8Array(size);

/** The interface of a message that cosmjs-types generates. */
export interface CosmosType<T> {
  readonly typeUrl: string;
  encode(value: T, writer?: BinaryWriter): { finish(): Bytes };
  decode(input: BinaryReader | Bytes, length?: number): T;
  toJSON(value: T): unknown;
  fromJSON(json: unknown): T;
}

/** A codec for a Cosmos message. */
export interface CosmosCodec<T> {
  readonly typeUrl: string;
  encode(value: T): Bytes;
  /** Total: rejects everything but the canonical encoding, and bytes above `bytesMax` (COSMOS_BYTES_MAX). */
  decode(bytes: Bytes, bytesMax?: number): T | Rejection;
}

/** Default bound of a message's size: 1 MiB. */
export const COSMOS_BYTES_MAX = 1024 * 1024;

/** Wraps a Cosmos message in the rules of our codec: bounded, total, one encoding per value. */
export function cosmos<T>(type: CosmosType<T>): CosmosCodec<T> {
  return {
    typeUrl: type.typeUrl,
    encode: (value) => type.encode(value).finish(),
    decode(bytes, bytesMax = COSMOS_BYTES_MAX) {
      if (bytes.length > bytesMax) {
        return reject(codecErrors.tooLarge, { message: type.typeUrl, size: bytes.length, max: bytesMax });
      }
      let value: T;
      try {
        value = type.decode(bytes);
        if (!equalBytes(type.encode(value).finish(), bytes)) {
          return reject(codecErrors.notCanonical, { message: type.typeUrl });
        }
      } catch {
        return reject(codecErrors.malformed, { message: type.typeUrl }); // The library throws for malformed bytes.
      }
      return value;
    },
  };
}
