import { assembleTx, bankSend, buildTx, signDirect } from "#proto/tx/build.js";
import type { Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { account, type Account } from "#test/hostile/accounts.js";

export const KINDS = ["send"] as const;
export type Kind = (typeof KINDS)[number];

/** The chain that the transactions are for. */
export interface Target {
  readonly chainId: string;
  readonly prefix: string;
  readonly denom: string;
  readonly firstNumber: number;
}

/** What a bank transfer needs here and on a chain of the Cosmos SDK, with room. */
const SEND_GAS = 100_000n;
const FEE = "1000";

type Signed = (from: Account, to: Account, sequence: bigint, target: Target) => Bytes;

const signed: Readonly<Record<Kind, Signed>> = {
  send(from, to, sequence, { chainId, prefix, denom }) {
    const message = bankSend(toBech32(prefix, from.address), toBech32(prefix, to.address), [{ denom, amount: "1" }]);
    const unsigned = buildTx(
      { messages: [message], memo: "", timeoutHeight: 0n },
      { coins: [{ denom, amount: FEE }], gasLimit: SEND_GAS },
      [{ publicKey: from.publicKey, sequence }],
    );
    return assembleTx(unsigned, [signDirect(unsigned, from.secretKey, chainId, from.number)]);
  },
};

/** The transactions of all accounts, signed before anybody measures: the nth of each account has the sequence n. */
export class Wallets {
  readonly #accounts: readonly Account[];
  readonly #signed: string[][];
  readonly #kind: Kind;
  readonly #target: Target;
  /** Signed while the load ran, since more went through than was expected. */
  late = 0;

  constructor(count: number, kind: Kind, target: Target) {
    this.#accounts = Array.from({ length: count }, (_, i) => account(i, target.firstNumber));
    this.#signed = this.#accounts.map(() => []);
    this.#kind = kind;
    this.#target = target;
  }

  get count(): number {
    return this.#accounts.length;
  }

  /** @param count of all accounts together */
  signAhead(count: number): void {
    const each = Math.ceil(count / this.count);
    for (let i = 0; i < this.count; i++) while (this.#signed[i]!.length < each) this.#signNext(i);
  }

  /** Base64 of the transaction of an account with this sequence; sequences are asked for in order. */
  tx(index: number, sequence: number): string {
    const own = this.#signed[index]!;
    while (own.length <= sequence) {
      this.late++;
      this.#signNext(index);
    }
    return own[sequence]!;
  }

  #signNext(index: number): void {
    const own = this.#signed[index]!;
    const [from, to] = [this.#accounts[index]!, this.#accounts[(index + 1) % this.count]!];
    own.push(Buffer.from(signed[this.#kind](from, to, BigInt(own.length), this.#target)).toString("base64"));
  }
}
