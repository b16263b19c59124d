/**
 * What a transaction may use up. The first three prices are the constants of Cosmos SDK 0.50 (x/auth); those of state access
 * are in store/meter.ts. The others are our own, for work of ours: each pays for its time at least as well as a transfer's
 * gas does, which `npm run bench -- admission` measures.
 */
export const GAS = {
  perTxByte: 10n,
  perSecp256k1Signature: 1000n,
  perEd25519Signature: 590n,
  /** Each field beyond the first `freeFields`, which ordinary transactions have: small ones cost more to read than bytes do. */
  perField: 100n,
  freeFields: 64,
  /** On top, for each beyond a transaction's first, whose curve the rest of a transfer pays for. */
  perFurtherSignature: 4000n,
  /** Each document that signers sign, of the size of the transaction; the first direct one is paid with the bytes. */
  perSignedByte: 2n,
  /** The JSON of a transaction of which somebody signs the amino form: made once, up to six times as long as the bytes. */
  perAminoByte: 6n,
  /** A hash of a few bytes, of which trees that messages show are made. */
  perHash: 60n,
  /** Somebody who holds a fingerprint and is looked at. */
  perHolder: 5n,
} as const;

/** Stops a transaction where its gas ends. Thrown by the meter and caught by the machine alone. */
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

export interface Gas {
  readonly limit: bigint;
  used(): bigint;
  /** @throws OutOfGas beyond the limit; what was consumed stays consumed. */
  consume(amount: bigint): void;
}

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
