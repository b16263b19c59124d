import type { Bytes } from "#proto/bytes.js";
import type { Offence } from "#proto/evidence/ground.js";
import type { HeaderHash } from "#proto/types/block-id.js";
import { headerHash, type Header } from "#proto/types/block.js";
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
  /** Block hash, 32 bytes. */
  readonly hash: HeaderHash;
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
  /** What the block's evidence shows, in its order; verified before, each validator once. */
  readonly misbehaviour: readonly Offence[];
}

/** What a handler sees. */
export interface Context extends EventSink {
  readonly view: WriteView;
  readonly block: BlockInfo;
  readonly fingerprints: FingerprintLookup;
  /** Bounded text of bech32 for an address under this chain's prefix, and back. */
  readonly address: AddressText;
  /** Pays for work that no state access pays for, before it is done. Ends the transaction when its gas ends. */
  charge(gas: bigint): void;
}

export interface AddressText extends Bech32Text {
  /** The same for operators of validators. */
  readonly operator: Bech32Text;
}

export interface Bech32Text {
  /** @returns 20 bytes, or undefined when the text is no such address of this chain. */
  parse(text: string): Bytes | undefined;
  format(address: Bytes): string;
}

/**
 * @param chosen what the header itself does not say: its beacon's output, powers of the set that decided on it, the
 *   chain's prefix, and its evidence as verified
 */
export function blockInfo(
  header: Header,
  chosen: Pick<BlockInfo, "beacon" | "bech32Prefix" | "proposerPower" | "totalPower" | "misbehaviour">,
): BlockInfo {
  const { chainId, height, time, proposer } = header;
  return { chainId, height, hash: headerHash(header), time, proposer, ...chosen };
}
