import type { Messages } from "#proto/codec/message.js";
import { present } from "#proto/assert.js";
import { allPages } from "#proto/client/index.js";
import { roles } from "../cast.js";
import { decimal } from "../steps/payment.js";
import type { Contributed } from "../steps/contribute.js";
import type { Story } from "../story.js";
import { amount, column, type Page } from "./page.js";

type Line = Messages["tributary.payout.v1.StatementLine"];

/** Kinds of earnings and stages of payment, as the payout module numbers them. */
const CONTRIBUTION = 1;
const kinds: Readonly<Record<number, string>> = { 2: "answered as the provider", 3: "royalty", 4: "owns the version" };
const stages: Readonly<Record<number, string>> = { 1: "held back", 2: "matured", 3: "paid", 4: "accruing" };

interface Row {
  readonly name: string;
  readonly line: Line;
}

/** Earnings by owner and reason, with their payments: the chain's own statements. */
export async function earnerTable(story: Story, page: Page, contributed: readonly Contributed[]): Promise<void> {
  const rows: Row[] = [];
  for (const name of [...roles.contributors, roles.provider]) {
    const owner = story.cast(name).address;
    const lines = await allPages(
      (pagination) => story.node.query("tributary.payout.v1.Query/Statement", { owner, pagination }),
      (answer) => answer.lines,
    );
    rows.push(...lines.map((line) => ({ name, line })));
  }
  page.table("Who earned what, with one standard error where a sample stands for all receipts", rows, [
    column("who", ({ name }) => name),
    column("batch", ({ line }) => String(line.entry?.batchId)),
    column("for", ({ line }) => described(line, contributed)),
    amount("tokens", ({ line }) => blankZero(line.entry?.tokens)),
    amount("receipts", ({ line }) => blankZero(line.entry?.receipts)),
    amount("earned", ({ line }) => page.part(decimal(line.earned))),
    amount("± error", ({ line }) => blankNone(page, line.entry?.samplingError)),
    amount("datanet's part", ({ line }) => page.part(decimal(line.entry?.treasury ?? "0"))),
    column("", ({ line }) => stages[line.stage] ?? `stage ${line.stage}`),
  ]);
}

function described({ entry }: Line, contributed: readonly Contributed[]): string {
  const { kind, subject } = present(entry, "a line of a statement has its entry");
  if (kind !== CONTRIBUTION) return kinds[kind] ?? `kind ${kind}`;
  const title = contributed.find(({ id }) => id === subject)?.prepared.title;
  return `${subject} "${title ?? "?"}"`;
}

/** One standard error: what is paid for a sample is an estimate of what is owed for all receipts. */
function blankNone(page: Page, billionths: string | undefined): string {
  return billionths === undefined || billionths === "0" ? "" : page.part(decimal(billionths));
}

function blankZero(count: bigint | undefined): string {
  return count === undefined || count === 0n ? "" : count.toString();
}
