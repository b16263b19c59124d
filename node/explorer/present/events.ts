import { amountFrom, type Fine } from "./amount.js";
import type { Phrase } from "./messages.js";
import type { PageName } from "./route.js";
import { lineOf, wordsOf } from "./text.js";
import { contributionStatus, reviewReason, type Codes } from "#proto/client/words/codes.js";

/** An event as a node records it: texts by name. */
export interface EventText {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

type Read = (key: string) => string;
type Say = (read: Read) => readonly Phrase[];

const page = (name: PageName, id: string): Phrase => ({ page: name, id });
const amount = (text: string, fine: Fine = 0): Phrase => ({ amount: amountFrom(text), denom: undefined, fine });
const word = (codes: Codes, code: string): string =>
  wordsOf(Object.keys(codes).find((name) => String(codes[name]) === code) ?? `code ${code}`);

/** What the chain does by itself, in words. Units are those of the module that tells it. */
const EVENTS: Readonly<Record<string, Say>> = {
  "attribution.epoch_formed": (e) => [`Epoch ${e("epoch")} ended: its batches are formed`],
  "attribution.beacon_fixed": (e) => [
    `The beacon of epoch ${e("epoch")} is fixed; receipts are opened until block `,
    page("block", e("deadline")),
  ],
  "attribution.batch_settled": (e) => [
    ...["Batch ", page("batch", e("batch_id")), " is settled: ", amount(e("credited"), 9), " credited, "],
    ...[amount(e("residual"), 9), " paid to nobody"],
  ],
  "attribution.contribution_credited": (e) => [
    ...["Contribution ", page("contribution", e("contribution_id")), " is credited ", amount(e("amount"), 9)],
    ...[` for ${e("tokens")} words, by batch `, page("batch", e("batch_id"))],
  ],
  "payout.batch_booked": (e) => ["The pay of batch ", page("batch", e("batch_id")), " is booked and held back"],
  "payout.paid": (e) => [page("contributor", e("owner")), " is paid ", amount(e("amount"))],
  "payout.key_changed": (e) => [
    "The pay of ",
    page("contributor", e("owner")),
    " follows ",
    page("contributor", e("new_owner")),
  ],
  "datanet.treasury": (e) => [
    "Datanet ",
    page("datanet", e("datanet_id")),
    " gets ",
    amount(e("amount")),
    " for its treasury",
  ],
  "datanet.decide": (e) => [
    ...["Contribution ", page("contribution", e("contribution_id"))],
    ` is ${word(contributionStatus, e("status"))}: ${word(reviewReason, e("reason"))}`,
  ],
  "datanet.expire": (e) => [
    "Contribution ",
    page("contribution", e("contribution_id")),
    " expired: its upload was not finished",
  ],
  "datanet.return": (e) => [
    ...[
      "The deposit of contribution ",
      page("contribution", e("contribution_id")),
      " is returned: ",
      amount(e("deposit")),
    ],
  ],
  slash: (e) => ["Validator ", page("validator", e("address")), ` is slashed: ${e("reason")}`],
};

/** Types of events that have words here. */
export const eventTypes: readonly string[] = Object.keys(EVENTS);

/** An event in words; undefined for one that says nothing to people beside the transaction that caused it. */
export function eventWords({ type, attributes }: EventText): readonly Phrase[] | undefined {
  const say = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
  const values = new Map(attributes.map(({ key, value }) => [key, lineOf(value)]));
  return say?.((key) => values.get(key) ?? "");
}

/** "500utrib,7ufoo" as coins; undefined for a value that is no list of coins. */
export function coinsOf(value: string): readonly { readonly amount: bigint; readonly denom: string }[] | undefined {
  const coins = value.split(",").map((text) => /^(\d{1,39})([a-zA-Z][a-zA-Z0-9/:._-]{1,127})$/.exec(text));
  return coins.some((match) => match === null)
    ? undefined
    : coins.map((match) => ({ amount: amountFrom(match![1]), denom: match![2]! }));
}
