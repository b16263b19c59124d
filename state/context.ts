import type { Bytes } from "#proto/bytes.js";
import type { Header } from "#proto/types/block.js";
import type { WriteView } from "./store/view.js";

/** Who holds a fingerprint: read by attribution. The index stands after the last committed height. */
export interface FingerprintLookup {
  /** Ids of all complete contributions that hold the fingerprint (8 bytes), ascending. */
  holders(fingerprint: Bytes): readonly bigint[];
}

export interface EventSink {
  emit(type: string, attributes: Readonly<Record<string, string>>): void;
}

/** The block in which something happens: the same on every validator. */
export interface BlockInfo {
  readonly chainId: string;
  readonly height: bigint;
  /** Of the header, unix milliseconds. */
  readonly time: bigint;
  readonly proposer: Bytes;
  /** Voting power of the proposer and of all validators: a sample waits until enough of it has drawn beacons. */
  readonly proposerPower: bigint;
  readonly totalPower: bigint;
  /** Output of this header's beacon, 32 bytes. */
  readonly beacon: Bytes;
  /** Of this chain's addresses; read once a block, so that no transaction pays gas for it. */
  readonly bech32Prefix: string;
}

/** What a handler sees. */
export interface Context extends EventSink {
  readonly view: WriteView;
  readonly block: BlockInfo;
  readonly fingerprints: FingerprintLookup;
  /** Bounded text of bech32 for an address under this chain's prefix, and back. */
  readonly address: AddressText;
}

export interface AddressText {
  /** @returns 20 bytes, or undefined when the text is no account address of this chain. */
  parse(text: string): Bytes | undefined;
  format(address: Bytes): string;
}

/** @param powers of the set that decided on this header */
export function blockInfo(
  header: Header,
  beacon: Bytes,
  bech32Prefix: string,
  proposerPower: bigint,
  totalPower: bigint,
): BlockInfo {
  const { chainId, height, time, proposer } = header;
  return { chainId, height, time, proposer, proposerPower, totalPower, beacon, bech32Prefix };
}
