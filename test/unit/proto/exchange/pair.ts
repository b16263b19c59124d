import { u64be } from "#proto/bytes.js";
import type { RequestText } from "#proto/attribution/issue.js";
import { ConsumerChannel } from "#proto/exchange/consumer.js";
import { ProviderChannel, type AskedCeiling, type View } from "#proto/exchange/provider.js";
import type { Sealed } from "#proto/exchange/sealed.js";
import { isRejection } from "#proto/rejection.js";
import { idOf } from "#test/exchange/provider-machine.js";
import { requestFor, secrets, terms } from "#test/exchange/terms.js";
import { ok } from "../attribution/world.js";

/** What the provider knows at height 100 of a channel with plenty left. */
export const view: View = { height: 100n, ageMax: 30n, deposit: 100_000n, credit: 1_000n, elsewhere: 0n };

/** Two honest sides of one channel, without disks between. */
export class Pair {
  readonly provider = new ProviderChannel(terms);
  readonly consumer: ConsumerChannel;
  #salt = 0n;

  constructor(bookId = 1) {
    this.consumer = new ConsumerChannel(terms, new Uint8Array(16).fill(bookId), secrets.consumer);
  }

  /** A signed ceiling that is in the consumer's book. */
  ask(text: string, feeMax = 200n): AskedCeiling {
    const asked = ok(
      this.consumer.ask({
        request: requestFor(text),
        texts: [{ kind: "own", text }] satisfies RequestText[],
        ...{ feeMax, time: 100n, expiry: 120n },
        salt: Uint8Array.from([...u64be(++this.#salt), ...u64be(0n)]),
      }),
    );
    this.consumer.addCeiling(asked);
    return asked;
  }

  /** The provider's sealed answer, in its book. */
  answer(asked: AskedCeiling, answer: string): Sealed {
    const begun = this.provider.begin(asked, view);
    if (isRejection(begun)) throw new Error(begun.name);
    const said = { seed: new Uint8Array(32).fill(4), time: 1n, added: [], answer };
    const row = ok(this.provider.seal(idOf(asked), said, secrets.provider));
    this.provider.addExchange(row);
    return row.sealed!;
  }

  /** One question, answered, checked and in both books. */
  use(text: string, answer: string): void {
    const asked = this.ask(text);
    const sealed = this.answer(asked, answer);
    const row = this.consumer.judge(idOf(asked), sealed, { text: answer, isWhole: true });
    if (row === undefined || "field" in row) throw new Error(row?.field ?? "not open");
    this.consumer.addExchange(row);
  }
}
