/** What a transaction may use up. Prices are the constants of Cosmos SDK 0.50 (x/auth, store/types/gas.go). */
export const GAS = { perTxByte: 10n, perSecp256k1Signature: 1000n } as const;

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
