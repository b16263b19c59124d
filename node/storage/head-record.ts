import { concat, readU64be, u64be, type Bytes } from "#proto/bytes.js";
import { hashBytes, headerHashOf, type HeaderHash } from "#proto/types/block-id.js";
import type { Head } from "./types.js";

/** The head and what reopening the tree needs. */
export interface StoredHead extends Head {
  readonly depth: number;
  readonly leaves: number;
  /** Buckets were split at this height: nothing below it proves any more. */
  readonly splitAt: bigint;
}

/** height u64, root 32, block hash 32, depth u8, leaves u64, split u64. */
export function writeHead({ height, root, blockHash, depth, leaves, splitAt }: StoredHead): Bytes {
  return concat(u64be(height), root, hashBytes(blockHash), Uint8Array.of(depth), u64be(BigInt(leaves)), u64be(splitAt));
}

export function readHead(stored: Bytes): StoredHead {
  return {
    height: readU64be(stored),
    root: stored.slice(8, 40),
    blockHash: headerHashOf(stored.slice(40, 72)),
    depth: stored[72]!,
    leaves: Number(readU64be(stored, 73)),
    splitAt: readU64be(stored, 81),
  };
}

/** The lowest heights that answer, and how far what lies below them is deleted already. */
export interface Floors {
  readonly state: bigint;
  readonly proof: bigint;
  readonly block: bigint;
  readonly stateSwept: bigint;
  readonly proofSwept: bigint;
  readonly blockSwept: bigint;
}
const ORDER = ["state", "proof", "block", "stateSwept", "proofSwept", "blockSwept"] as const;

/** The floors of a chain of which nothing was pruned. */
export function noFloors(initialHeight: bigint): Floors {
  const genesis = initialHeight - 1n;
  return {
    state: genesis,
    proof: genesis,
    block: initialHeight,
    stateSwept: genesis,
    proofSwept: genesis,
    blockSwept: initialHeight,
  };
}

export const writeFloors = (floors: Floors): Bytes => concat(...ORDER.map((name) => u64be(floors[name])));

export function readFloors(stored: Bytes): Floors {
  const [state, proof, block, stateSwept, proofSwept, blockSwept] = ORDER.map((_, i) => readU64be(stored, 8 * i));
  return {
    state: state!,
    proof: proof!,
    block: block!,
    stateSwept: stateSwept!,
    proofSwept: proofSwept!,
    blockSwept: blockSwept!,
  };
}

/** Block hash and state root of one height. */
export interface HeightInfo {
  readonly blockHash: HeaderHash;
  readonly root: Bytes;
}
export const writeInfo = ({ blockHash, root }: HeightInfo): Bytes => concat(hashBytes(blockHash), root);
export const readInfo = (stored: Bytes): HeightInfo => ({
  blockHash: headerHashOf(stored.slice(0, 32)),
  root: stored.slice(32, 64),
});
