import { isRejection } from "#proto/rejection.js";
import { ConsumerChannel, type RefusedAnswer } from "#proto/exchange/consumer.js";
import type { AskedCeiling, Exchange, SignedVoucher, Void } from "#proto/exchange/provider.js";
import type { Sealed } from "#proto/exchange/sealed.js";
import type { SeededRandom } from "#test/simulation/random.js";
import { Disk } from "./disk.js";
import type { Message } from "./message.js";
import { requestFor, secrets, terms } from "./terms.js";

/** A row of the consumer's book. */
export type ConsumerRow =
  | { readonly kind: "ceiling"; readonly row: AskedCeiling }
  | { readonly kind: "exchange"; readonly row: Exchange }
  | { readonly kind: "void"; readonly row: Void }
  | { readonly kind: "voucher"; readonly row: SignedVoucher }
  | { readonly kind: "refused"; readonly row: RefusedAnswer };

/** What the consumer's machine needs of the world. */
export interface ConsumerWorld {
  readonly random: SeededRandom;
  readonly height: () => bigint;
  readonly deposit: bigint;
  readonly credit: bigint;
  readonly send: (message: Message) => void;
  /** Breaks a rule, to see the check fail. */
  readonly broken: "asked-before-written" | undefined;
}

const BOOK = new Uint8Array(16).fill(1);
const EXPIRES = 20n;
const FEE_MAX = 200n;

/** The consumer's side with a disk: writes a ceiling before it is sent, and a voucher before it leaves. */
export class ConsumerMachine {
  readonly disk = new Disk<ConsumerRow>();
  channel = new ConsumerChannel(terms, BOOK, secrets.consumer);
  readonly #world: ConsumerWorld;
  #asked = 0;

  constructor(world: ConsumerWorld) {
    this.#world = world;
  }

  /** Asks once more, as far as credit and deposit reach. @returns whether it did */
  ask(): boolean {
    const { credit, deposit, random, height } = this.#world;
    const { exposure, signed, stopped } = this.channel;
    const isFull = exposure + FEE_MAX > credit || signed.amount + exposure + FEE_MAX > deposit;
    if (stopped !== undefined || isFull) return false;
    const text = `question ${this.#asked++}`;
    const asked = this.channel.ask({
      request: requestFor(text),
      texts: [{ kind: "own", text }],
      feeMax: FEE_MAX,
      time: height(),
      expiry: height() + EXPIRES,
      salt: Uint8Array.from({ length: 16 }, () => random.below(256)),
    });
    if (isRejection(asked)) throw new Error(asked.name);
    if (this.#world.broken === "asked-before-written") this.#request(asked);
    this.disk.write({ kind: "ceiling", row: asked }, () => {
      this.channel.addCeiling(asked);
      this.#request(asked);
    });
    return true;
  }

  #request(asked: AskedCeiling): void {
    this.#world.send({ kind: "request", asked, voucher: this.channel.voucher });
  }

  /** Nothing came for a while: one open ceiling is sent again, or its fate is asked. */
  impatient(): void {
    const open = [...this.channel.open.values()];
    const asked = open[this.#world.random.below(Math.max(1, open.length))];
    if (asked === undefined) this.settle();
    else if (this.#world.random.chance(50)) this.#request(asked);
    else this.#world.send({ kind: "fate", asked });
  }

  settle(): void {
    this.#world.send({ kind: "settle", voucher: this.channel.voucher });
  }

  receive(message: Message): void {
    if (message.kind === "answer") this.#judge(message.id, message.sealed);
    else if (message.kind === "void") this.#void(message.id);
  }

  #judge(id: string, sealed: Sealed): void {
    const row = this.channel.judge(id, sealed, { text: sealed.answer, isWhole: true });
    if (row === undefined) return;
    if ("field" in row) {
      this.disk.write({ kind: "refused", row }, () => this.channel.addRefused(row));
      return;
    }
    this.disk.write({ kind: "exchange", row }, () => {
      this.channel.addExchange(row);
      this.#sign();
    });
  }

  #sign(): void {
    const row = this.channel.sign(false);
    if (row === undefined) return;
    this.disk.write({ kind: "voucher", row }, () => {
      this.channel.addVoucher(row);
      this.settle();
    });
  }

  #void(id: string): void {
    const row = this.channel.void(id);
    if (row === undefined) return;
    this.disk.write({ kind: "void", row }, () => this.channel.addVoid(row));
  }

  /** Killed and started again: memory comes from the rows alone, and it asks for the fate of what is open. */
  restart(): void {
    this.disk.kill(this.#world.random);
    this.channel = new ConsumerChannel(terms, BOOK, secrets.consumer);
    for (const { kind, row } of this.disk.rows) {
      if (kind === "ceiling") this.channel.addCeiling(row);
      else if (kind === "exchange") this.channel.addExchange(row);
      else if (kind === "void") this.channel.addVoid(row);
      else if (kind === "refused") this.channel.addRefused(row);
      else this.channel.addVoucher(row);
    }
    this.#sign();
    for (const asked of this.channel.open.values()) this.#world.send({ kind: "fate", asked });
  }
}
