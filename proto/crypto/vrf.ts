import { AssertionError } from "../assert.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, type Bytes } from "../bytes.js";
import { backend } from "./backend.js";
import { sha512 } from "./hash.js";

/**
 * ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381, suite 0x03). Every platform uses this portable implementation, so that results
 * do not depend on an engine. Numbers in comments are sections of the RFC.
 */

export const VRF_PROOF_BYTES = 80;

type Point = InstanceType<typeof ed25519.Point>;
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const CHALLENGE_BYTES = 16;
const SUITE = 0x03;
const ENCODE = 0x01;
const CHALLENGE = 0x02;
const PROOF_TO_HASH = 0x03;
const BACK = 0x00;

/** 5.1: the proof for `alpha`, 80 bytes. Deterministic. @param secretKey 32-byte seed, as for signatures */
export function vrfProve(secretKey: Bytes, alpha: Bytes): Bytes {
  const { scalar, prefix, point: publicPoint, pointBytes } = ed25519.utils.getExtendedPublicKey(secretKey);
  const h = encodeToCurve(pointBytes, alpha);
  const gamma = h.multiply(scalar);
  const nonce = littleEndian(sha512(prefix, h.toBytes())) % ORDER; // 5.4.2.2
  // A nonce of zero has probability 2^-252: the library then throws.
  const c = challenge(publicPoint, h, gamma, Point.BASE.multiply(nonce), h.multiply(nonce));
  const s = (nonce + c * scalar) % ORDER;
  return concat(gamma.toBytes(), littleEndianBytes(c, CHALLENGE_BYTES), littleEndianBytes(s, 32));
}

/** 5.3: the 64-byte output if the proof verifies for key and `alpha`; undefined for any other bytes. Total. */
export function vrfVerify(publicKey: Bytes, alpha: Bytes, proof: Bytes): Bytes | undefined {
  return backend().pure("vrf", [publicKey, alpha, proof], () => verify(publicKey, alpha, proof));
}

function verify(publicKey: Bytes, alpha: Bytes, proof: Bytes): Bytes | undefined {
  const decoded = decodeProof(proof);
  const y = publicKey.length === 32 ? decodePoint(publicKey) : undefined;
  if (decoded === undefined || y === undefined || y.clearCofactor().is0()) return undefined; // 5.4.5
  const { gamma, c, s } = decoded;
  const h = encodeToCurve(publicKey, alpha);
  const u = Point.BASE.multiplyUnsafe(s).subtract(y.multiplyUnsafe(c));
  const v = h.multiplyUnsafe(s).subtract(gamma.multiplyUnsafe(c));
  return challenge(y, h, gamma, u, v) === c ? hashOfPoint(gamma) : undefined;
}

/** 5.2: the 64-byte output of an already verified proof; undefined for malformed bytes. */
export function vrfProofToHash(proof: Bytes): Bytes | undefined {
  const decoded = decodeProof(proof);
  return decoded === undefined ? undefined : hashOfPoint(decoded.gamma);
}

function hashOfPoint(gamma: Point): Bytes {
  return sha512(Uint8Array.of(SUITE, PROOF_TO_HASH), gamma.clearCofactor().toBytes(), Uint8Array.of(BACK));
}

/** 5.4.4 */
function decodeProof(proof: Bytes): { gamma: Point; c: bigint; s: bigint } | undefined {
  if (proof.length !== VRF_PROOF_BYTES) return undefined;
  const gamma = decodePoint(proof.subarray(0, 32));
  const c = littleEndian(proof.subarray(32, 48));
  const s = littleEndian(proof.subarray(48, 80));
  return gamma === undefined || s >= ORDER ? undefined : { gamma, c, s };
}

/** RFC 8032, 5.1.3: canonical encodings only. */
function decodePoint(bytes: Bytes): Point | undefined {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined; // The library throws for encodings that are not a curve point.
  }
}

/** 5.4.1.1, try and increment. Half of all tries succeed: 256 failures in a row have probability 2^-256. */
function encodeToCurve(salt: Bytes, alpha: Bytes): Point {
  for (let counter = 0; counter < 256; counter++) {
    const hash = sha512(Uint8Array.of(SUITE, ENCODE), salt, alpha, Uint8Array.of(counter, BACK));
    const point = decodePoint(hash.subarray(0, 32))?.clearCofactor();
    if (point !== undefined && !point.is0()) return point;
  }
  throw new AssertionError("no curve point in 256 tries: the hash function is broken");
}

/** 5.4.3 */
function challenge(...points: readonly Point[]): bigint {
  const encoded = points.map((point) => point.toBytes());
  const hash = sha512(Uint8Array.of(SUITE, CHALLENGE), ...encoded, Uint8Array.of(BACK));
  return littleEndian(hash.subarray(0, CHALLENGE_BYTES));
}

function littleEndian(bytes: Bytes): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return value;
}

function littleEndianBytes(value: bigint, length: number): Bytes {
  const out = new Uint8Array(length);
  let rest = value;
  for (let i = 0; i < length; i++) {
    out[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return out;
}
