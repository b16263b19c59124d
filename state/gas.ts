/**
 * What a transaction may use up. The first three prices are the constants of Cosmos SDK 0.50 (x/auth); those of state access
 * are in store/meter.ts. The others are our own, for work of ours: each pays for its time at least as well as a transfer's
 * gas does, which `npm run bench -- admission` measures.
 */
export const GAS = {
  perTxByte: 10n,
  perSecp256k1Signature: 1000n,
  perEd25519Signature: 590n,
  /**
   * Each field beyond the first `freeFields`, which ordinary transactions have. Small fields cost more time to read
   * than their bytes.
   */
  perField: 100n,
  freeFields: 64,
  /** Additional price of each signature beyond the transaction's first. */
  perFurtherSignature: 4000n,
  /** Per byte of the transaction, for each document that signers sign; the first direct one is paid with the bytes. */
  perSignedByte: 2n,
  /**
   * Per byte of the transaction, once, if a signer uses the amino form. The JSON is up to six times as long as the
   * bytes.
   */
  perAminoByte: 6n,
  /** A hash of a few bytes in a tree that a message reveals. */
  perHash: 60n,
  /** A fingerprint that is looked up in the index. */
  perWindowLookup: 10n,
  /**
   * A unit of the work of settling a receipt (proto/attribution/work.ts), at most 400 ns; paid when the receipt is opened,
   * for as much as settling it can need.
   */
  perSettlingUnit: 30n,
  /** A fingerprint of a contribution that becomes complete, is accepted or withdrawn: the index follows after the block. */
  perWindowChange: 500n,
} as const;

/** Ends a transaction at its gas limit. The meter throws it; only machine and check catch it. */
export class OutOfGas extends Error {
  override readonly name = "OutOfGas";
  readonly limit: bigint;
  readonly used: bigint;
  constructor(limit: bigint, used: bigint) {
    super(`out of gas: limit ${limit}, used ${used}`);
    this.limit = limit;
    this.used = used;
  }
}

/** A gas counter. */
export interface Gas {
  readonly limit: bigint;
  used(): bigint;
  /** @throws OutOfGas beyond the limit; what was consumed stays consumed. */
  consume(amount: bigint): void;
}

/** A counter with a limit. `consume` throws OutOfGas beyond it. */
export function gasOf(limit: bigint): Gas {
  let used = 0n;
  return {
    limit,
    used: () => used,
    consume(amount) {
      used += amount;
      if (used > limit) throw new OutOfGas(limit, used);
    },
  };
}
