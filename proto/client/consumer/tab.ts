import { isRejection } from "../../rejection.js";
import type { End } from "./end.js";
import type { Gateway } from "./gateway.js";
import type { ChannelRecord } from "./record.js";

/** Between attempts to hand a voucher over; it also goes with the next request. */
const AGAIN_MS = 2_000;
const ATTEMPTS_MAX = 30;

/** Signs for verified receipts and hands the voucher over, in the background: one at a time, the newest. */
export class Tab {
  readonly #record: ChannelRecord;
  readonly #gateway: Gateway;
  readonly #openAll: boolean;
  readonly #end: End;
  /** Nonce of the newest voucher that the provider confirmed. */
  #known = 0n;
  #paying: Promise<void> | undefined;
  #isDue = false;

  constructor(record: ChannelRecord, gateway: Gateway, openAll: boolean, end: End) {
    this.#record = record;
    this.#gateway = gateway;
    this.#openAll = openAll;
    this.#end = end;
  }

  /** Whether the provider may not have the newest voucher. */
  get isBehind(): boolean {
    return (this.#record.voucher?.voucher?.nonce ?? 0n) > this.#known;
  }

  /** The provider has told of a voucher that it holds. */
  told(nonce: bigint): void {
    if (nonce > this.#known) this.#known = nonce;
  }

  /** Pays for what is verified now. Resolves when the provider has the voucher, or is not reached for a minute. */
  pay(signed: () => void): Promise<void> {
    this.#isDue = true;
    return (this.#paying ??= this.#run(signed).finally(() => (this.#paying = undefined)));
  }

  async #run(signed: () => void): Promise<void> {
    for (let attempts = 0; this.#isDue || (this.isBehind && attempts < ATTEMPTS_MAX);) {
      this.#isDue = false;
      if ((await this.#record.sign(this.#openAll)) !== undefined) attempts = 0;
      signed();
      const row = this.#record.voucher;
      if (row === undefined || !this.isBehind) continue;
      const nonce = await this.#gateway.settle(row);
      if (typeof nonce === "bigint") this.told(nonce);
      if (this.#isDue || !this.isBehind) continue;
      if (!isRejection(nonce) || this.#end.isOver) return; // Refused: the next request tells why. Or the end.
      attempts++;
      await this.#end.sleep(AGAIN_MS);
    }
  }
}
