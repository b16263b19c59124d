import { allPages } from "#proto/client/index.js";
import type { Messages } from "#proto/codec/message.js";
import type { Asked } from "../message/query-command.js";
import { toTable } from "../output/table.js";
import { amountOf } from "../amount.js";

type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** Credit of one pair: a contribution is paid it, a more senior one contests it. */
export interface Waiting {
  readonly paid: Contribution;
  readonly senior: Contribution | undefined;
  /** Billionths. */
  readonly amount: bigint;
}

/** Contested credit of these contributions that waits: one query for each contribution, and one for each pair. */
export async function readWaiting({ node, at }: Asked, contributions: Iterable<Contribution>): Promise<Waiting[]> {
  const rows: Waiting[] = [];
  for (const paid of contributions) {
    const pairs = await allPages(
      (pagination) => node.query("tributary.payout.v1.Query/Pairs", { contributionId: paid.id, pagination }, at),
      (answer) => answer.pairs,
    );
    for (const { seniorId, amount } of pairs) {
      const senior = await node.query("tributary.datanet.v1.Query/Contribution", { contributionId: seniorId }, at);
      rows.push({ paid, senior: senior.contribution, amount: amountOf(amount) });
    }
  }
  return rows;
}

/** @param coin an amount in billionths as people read it */
export function waitingTable(rows: readonly Waiting[], coin: (billionths: bigint) => string): string {
  return toTable(rows, [
    { title: "WAITS", cell: ({ amount }) => coin(amount), right: true },
    { title: "OF", cell: ({ paid: { id, title } }) => `${id} "${title}"` },
    { title: "CONTESTED BY", cell: ({ senior }) => (senior === undefined ? "" : `${senior.id} "${senior.title}"`) },
    { title: "OWNED BY", cell: ({ senior }) => senior?.owner ?? "" },
  ]);
}
