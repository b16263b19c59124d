import { ceilingId } from "#proto/attribution/ceiling.js";
import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import {
  ProviderChannel,
  type AskedCeiling,
  type Exchange,
  type SignedVoucher,
  type Void,
} from "#proto/exchange/provider.js";
import type { SeededRandom } from "#test/simulation/random.js";
import { Disk } from "./disk.js";
import type { Message } from "./message.js";
import { secrets, terms } from "./terms.js";

/** A row of the provider's book. */
export type ProviderRow =
  | { readonly kind: "exchange"; readonly row: Exchange }
  | { readonly kind: "void"; readonly row: Void }
  | { readonly kind: "voucher"; readonly row: SignedVoucher };

/** What the provider's machine needs of the world. */
export interface ProviderWorld {
  readonly random: SeededRandom;
  readonly height: () => bigint;
  readonly deposit: bigint;
  readonly credit: bigint;
  readonly send: (message: Message) => void;
  /** Breaks a rule, to see the check fail. */
  readonly broken: "sent-before-written" | "void-untold" | undefined;
}

const AGE_MAX = 30n;

/** The provider's side with a disk: writes a row before it says what the row holds. */
export class ProviderMachine {
  readonly disk = new Disk<ProviderRow>();
  channel = new ProviderChannel(terms);
  readonly #world: ProviderWorld;
  /** Ids of ceilings that the model is answering. */
  #answering: string[] = [];

  constructor(world: ProviderWorld) {
    this.#world = world;
  }

  receive(message: Message): void {
    if (message.kind === "settle") this.#pay(message.voucher, () => {});
    else if (message.kind === "request") this.#pay(message.voucher, () => this.#begin(message.asked));
    else if (message.kind === "fate") this.#fate(message.asked);
  }

  #pay(row: SignedVoucher | undefined, then: () => void): void {
    const taken = row === undefined ? undefined : this.channel.pay(row);
    if (isRejection(taken)) {
      this.#world.send({ kind: "refused", id: "", why: taken.name });
      return;
    }
    if (taken === undefined) {
      then();
      return;
    }
    this.disk.write({ kind: "voucher", row: taken }, () => {
      this.channel.addVoucher(taken);
      then();
    });
  }

  #begin(asked: AskedCeiling): void {
    const { deposit, credit, height, send } = this.#world;
    const id = idOf(asked);
    const view = { height: height(), ageMax: AGE_MAX, deposit, credit, elsewhere: 0n };
    const begun = this.channel.begin(asked, view);
    if (isRejection(begun)) send({ kind: "refused", id, why: begun.name });
    else if (begun === "begun") this.#answering.push(id);
    else if (begun.state !== "running") this.#tell(id);
  }

  /** One of the running answers ends, well or badly. */
  end(): void {
    const { random } = this.#world;
    if (this.#answering.length === 0) return;
    const [id = ""] = this.#answering.splice(random.below(this.#answering.length), 1);
    const asked = present(this.channel.running(id), "what is being answered runs");
    if (random.chance(15)) {
      this.#void(asked);
      return;
    }
    const words = Array.from({ length: random.below(6) }, (_, i) => `w${random.below(50)}x${i}`);
    const said = { seed: new Uint8Array(32).fill(random.below(256)), time: 1n, added: [], answer: words.join(" ") };
    const row = this.channel.seal(id, said, secrets.provider);
    if (isRejection(row)) throw new Error(row.name);
    if (this.#world.broken === "sent-before-written") {
      this.#world.send({ kind: "answer", id, sealed: row.sealed! });
    }
    this.disk.write({ kind: "exchange", row }, () => {
      this.channel.addExchange(row);
      this.#world.send({ kind: "answer", id, sealed: row.sealed! });
    });
  }

  #fate(asked: AskedCeiling): void {
    const id = idOf(asked);
    const fate = this.channel.fate(id);
    if (fate === undefined) this.#void(asked);
    else if (fate.state !== "running") this.#tell(id);
  }

  #void(asked: AskedCeiling): void {
    const row = this.channel.void(asked.ceiling!);
    if (isRejection(row)) return; // It asks again later.
    if (this.#world.broken === "void-untold") {
      this.channel.addVoid(row);
      this.#world.send({ kind: "void", id: idOf(asked) });
      return;
    }
    this.disk.write({ kind: "void", row }, () => {
      this.channel.addVoid(row);
      this.#world.send({ kind: "void", id: idOf(asked) });
    });
  }

  #tell(id: string): void {
    const row = this.disk.rows.find((one) => one.kind === "exchange" && idOf(one.row.asked!) === id);
    if (row?.kind === "exchange") this.#world.send({ kind: "answer", id, sealed: row.row.sealed! });
    else this.#world.send({ kind: "void", id });
  }

  /** Killed and started again: memory comes from the rows alone, in one of the two ways that a book is read. */
  restart(): void {
    this.disk.kill(this.#world.random);
    this.#answering = [];
    const replayed = new ProviderChannel(terms);
    for (const row of this.disk.rows) addRow(replayed, row);
    this.channel = this.#world.random.chance(50) ? replayed : this.#resumed(replayed);
  }

  /** From the newest voucher on, as a program does that does not read paid receipts again. */
  #resumed({ paid, voucher }: ProviderChannel): ProviderChannel {
    const channel = new ProviderChannel(terms);
    const fates: { id: string; nonce: bigint | undefined; expiry: bigint }[] = [];
    let bookId: Uint8Array | undefined;
    for (const { kind, row } of this.disk.rows) {
      if (kind === "void") fates.push({ id: toHex(row.ceilingId), nonce: undefined, expiry: row.expiry });
      if (kind !== "exchange") continue;
      const { nonce } = row.sealed!.receipt!;
      bookId = row.asked!.ceiling!.bookId;
      if (nonce <= paid.nonce) fates.push({ id: idOf(row.asked!), nonce, expiry: row.asked!.ceiling!.expiry });
    }
    channel.restore(paid, voucher, bookId, fates);
    for (const row of this.disk.rows) {
      if (row.kind === "exchange" && row.row.sealed!.receipt!.nonce > paid.nonce) addRow(channel, row);
    }
    return channel;
  }
}

function addRow(channel: ProviderChannel, { kind, row }: ProviderRow): void {
  if (kind === "exchange") channel.addExchange(row);
  else if (kind === "void") channel.addVoid(row);
  else channel.addVoucher(row);
}

/** The id of a kept ceiling, hex. */
export function idOf(asked: AskedCeiling): string {
  return toHex(ceilingId(asked.ceiling!));
}
