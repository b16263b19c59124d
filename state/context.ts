import type { Bytes } from "#proto/bytes.js";
import type { Offence } from "#proto/evidence/ground.js";
import type { HeaderHash } from "#proto/types/block-id.js";
import { headerHash, type Header } from "#proto/types/block.js";
import type { WriteView } from "./store/view.js";

/**
 * Who stands for a fingerprint, which is given by the upper and the lower 32 bits of its big-endian 8 bytes. Answers are
 * ids of contributions. The index stands at the last committed height. Every answer takes constant time.
 */
export interface FingerprintLookup {
  /**
   * The most senior of all complete contributions that are not withdrawn, accepted or not: the first committer.
   * @param asOf after the block of this height, at which a batch was formed that is not settled; now without it
   */
  senior(high: number, low: number, asOf?: bigint): number | undefined;
  /**
   * The same with whether it has the fingerprint's place in its datanet: negative if it has not. As cheap as one of the
   * two questions in the common case.
   */
  claim(high: number, low: number, asOf?: bigint): number | undefined;
  /** The contribution that has the fingerprint's place in a datanet: accepted and not withdrawn. */
  place(datanet: bigint, high: number, low: number, asOf?: bigint): number | undefined;
}

/** Collects events of a transaction or block, in order. */
export interface EventSink {
  emit(type: string, attributes: Readonly<Record<string, string>>): void;
}

/** The executing block; equal on every validator. */
export interface BlockInfo {
  readonly chainId: string;
  readonly height: bigint;
  /** Block hash, 32 bytes. */
  readonly hash: HeaderHash;
  /** Time of the header, unix milliseconds. */
  readonly time: bigint;
  readonly proposer: Bytes;
  /**
   * Voting power of the proposer and of all validators at this height. An epoch's sample waits for beacons of more than
   * a third of it.
   */
  readonly proposerPower: bigint;
  readonly totalPower: bigint;
  /** Output of this header's beacon, 32 bytes. */
  readonly beacon: Bytes;
  /** Prefix of this chain's addresses; read once per block, so that no transaction pays gas for it. */
  readonly bech32Prefix: string;
  /** Offences of the block's evidence, verified, in its order, each validator once. */
  readonly misbehaviour: readonly Offence[];
}

/** The interface that a message handler gets. */
export interface Context extends EventSink {
  readonly view: WriteView;
  readonly block: BlockInfo;
  readonly fingerprints: FingerprintLookup;
  /** Bech32 of account addresses, and of operators, under this chain's prefix. */
  readonly address: AddressText;
  /** Charges gas for work other than state access, before the work. Throws OutOfGas at the transaction's limit. */
  charge(gas: bigint): void;
}

/** Bech32 of accounts. */
export interface AddressText extends Bech32Text {
  /** The same for validator operators (valoper). */
  readonly operator: Bech32Text;
}

/** Encodes and decodes addresses of one prefix. */
export interface Bech32Text {
  /** @returns 20 bytes; undefined if the text is not such an address of this chain */
  parse(text: string): Bytes | undefined;
  format(address: Bytes): string;
}

/**
 * Block info from a header.
 * @param chosen values that the header does not contain: the beacon's output, powers of its validator set, the chain's
 * prefix, and the verified evidence
 */
export function blockInfo(
  header: Header,
  chosen: Pick<BlockInfo, "beacon" | "bech32Prefix" | "proposerPower" | "totalPower" | "misbehaviour">,
): BlockInfo {
  const { chainId, height, time, proposer } = header;
  return { chainId, height, hash: headerHash(header), time, proposer, ...chosen };
}
