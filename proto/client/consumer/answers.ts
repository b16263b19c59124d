import { present } from "../../assert.js";
import { exchangeErrors } from "../../exchange/errors.js";
import type { CeilingState, Payment } from "../../exchange/x402.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import type { Background } from "./background.js";
import type { Budget } from "./budget.js";
import type { End } from "./end.js";
import type { Entries, Entry } from "./entries.js";
import { consumerErrors } from "./errors.js";
import type { Gateway, Refusal } from "./gateway.js";
import type { Ports } from "./ports.js";
import type { ChannelRecord } from "./record.js";

/** Between questions for a fate that the provider does not tell yet. */
/** Far more than the way from a finished response to its socket. */
const LEAVES_MS = 250;
const FATE_MS = 2_000;
const FATE_MS_MAX = 30_000;

/** What judging answers needs. */
export interface AnswersParts {
  readonly record: ChannelRecord;
  readonly gateway: Gateway;
  readonly entries: Entries;
  readonly budget: Budget;
  readonly ports: Ports;
  readonly background: Background;
  readonly end: End;
  /** A ceiling has ended: there may be room, or something to pay. */
  readonly onEnd: () => void;
}

/** How ceilings end: with an answer that is owed, with one that is refused, or void. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /**
   * Judges a sealed answer and writes what it is. Undefined if it is owed, now or from before; then it may go on to the
   * application.
   * @param isWhole the text of the entry is the whole answer; else its beginning
   */
  async sealed(entry: Entry, state: CeilingState, isWhole: boolean): Promise<Rejection | undefined> {
    const { record, gateway, ports } = this.#parts;
    const whole = state.state === "receipt" && state.sealed === undefined ? await gateway.state(entry.id) : state;
    if (isRejection(whole)) return whole;
    if ("status" in whole) return refusalRejection(whole);
    if (whole.ceilingId !== entry.id) return wrong("ceilingId", whole.ceilingId, entry.id);
    if (whole.state !== "receipt" || whole.sealed === undefined) return noReceipt("sealed");
    const { sealed } = whole;
    const taken = await record.take(
      entry.id,
      sealed,
      { text: entry.text, isWhole },
      { time: ports.now(), wire: entry.wire },
    );
    if (taken.state === "refused") {
      this.#ended(entry, 0n);
      const fix = "its evidence is kept, and the channel is not used any more";
      return reject(exchangeErrors.refused, { field: taken.refused.field, fix });
    }
    if (taken.state === "owed") {
      this.#parts.entries.answered(entry, sealed);
      this.#spend(entry, sealed.receipt?.fee ?? 0n);
    }
    const paid = entry.sealed;
    if (paid === undefined) return wrong("ceilingId", entry.id, "one that has not ended void");
    return !isWhole || paid.answer === entry.text ? undefined : wrong("answer", "another text", "the sealed one");
  }

  /** What asks for an answer, or for its fate. */
  payment(entry: Entry, withVoucher: boolean): Payment & { readonly type: "voucher" } {
    const { ceiling, signature, request } = entry.asked;
    return {
      type: "voucher",
      ceiling: present(ceiling, "a row has a ceiling"),
      ceilingSignature: signature,
      request: present(request, "a row has a request"),
      voucher: withVoucher ? this.#parts.record.voucher : undefined,
    };
  }

  /** Asks for the fate of a ceiling once, and writes it. Undefined if it runs, or the provider does not say. */
  async fate(entry: Entry): Promise<"void" | "answered" | undefined> {
    if (entry.sealed !== undefined) return "answered";
    const state = await this.#parts.gateway.fate(this.payment(entry, true));
    if (isRejection(state) || "status" in state || state.ceilingId !== entry.id) return undefined;
    if (state.state === "running") return undefined;
    if (state.state === "receipt") {
      const refused = await this.sealed(entry, state, false);
      return refused === undefined || refused.name === exchangeErrors.refused.name ? "answered" : undefined;
    }
    await this.#parts.record.void(entry.id);
    this.#ended(entry, 0n);
    return "void";
  }

  /** Asks for the fate in the background until it is known, unless the application comes back. */
  later(entry: Entry, wait: number): void {
    if (entry.asking || entry.sealed !== undefined) return;
    entry.asking = true;
    const { end, background } = this.#parts;
    background.run(async () => {
      await end.sleep(wait);
      for (let pause = FATE_MS; !entry.attached && !end.isOver; pause = Math.min(2 * pause, FATE_MS_MAX)) {
        if ((await this.fate(entry)) !== undefined) break;
        await end.sleep(pause);
      }
      entry.asking = false;
    });
  }

  /**
   * The application has read the answer to its end. The row is written a moment later: until the last bytes have left, a kill
   * must not make its retry a new request.
   */
  delivered(entry: Entry): void {
    const { end, background, entries, record } = this.#parts;
    background.run(async () => {
      await end.sleep(LEAVES_MS);
      entries.remove(entry);
      await record.delivered(entry.id);
    });
  }

  #ended(entry: Entry, fee: bigint): void {
    this.#parts.entries.remove(entry);
    this.#spend(entry, fee);
  }

  #spend({ asked }: Entry, fee: bigint): void {
    const { budget, ports, onEnd } = this.#parts;
    const { versionId, feeMax } = present(asked.ceiling, "a row has a ceiling");
    budget.end(versionId, feeMax, fee, ports.now());
    onEnd();
  }
}

/** An answer without what shows that it is owed. */
export function noReceipt(field: string): Rejection {
  return wrong(field, "nothing", "the receipt of the answer");
}

/** What a provider refused, as a rejection. */
export function refusalRejection({ code, message }: Refusal): Rejection {
  return reject(consumerErrors.noAnswer, { why: `${code}: ${message}` });
}

function wrong(field: string, have: string, need: string): Rejection {
  return reject(consumerErrors.wrongAnswer, { field, have, need });
}
