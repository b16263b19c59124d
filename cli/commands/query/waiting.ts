import { unitsText } from "#proto/amount.js";
import { amountOf } from "#proto/attribution/settled.js";
import { allPages, type Client } from "#proto/client/index.js";
import type { Messages } from "#proto/codec/message.js";
import { toTable } from "../../output/table.js";
import type { World } from "../../world.js";

type Contribution = Messages["tributary.datanet.v1.Contribution"];

interface Row {
  readonly paid: Contribution;
  readonly senior: Contribution | undefined;
  readonly pair: Messages["tributary.payout.v1.Pair"];
}

/** What of an owner's contributions is contested and waits: a table with both names, below the statement. */
export async function showWaiting(
  owner: string,
  node: Client,
  height: bigint | undefined,
  { out }: World,
): Promise<void> {
  const at = height === undefined ? {} : { height };
  const contributions = await allPages(
    (pagination) => node.query("tributary.datanet.v1.Query/ContributionsByOwner", { owner, pagination }, at),
    (answer) => answer.contributions,
  );
  const rows: Row[] = [];
  for (const paid of contributions) {
    const pairs = await allPages(
      (pagination) => node.query("tributary.payout.v1.Query/Pairs", { contributionId: paid.id, pagination }, at),
      (answer) => answer.pairs,
    );
    for (const pair of pairs) {
      const senior = await node.query("tributary.datanet.v1.Query/Contribution", { contributionId: pair.seniorId }, at);
      rows.push({ paid, senior: senior.contribution, pair });
    }
  }
  if (rows.length === 0) return;
  const table = toTable(rows, [
    { title: "WAITS", cell: ({ pair }) => unitsText(amountOf(pair.amount)), right: true },
    { title: "OF", cell: ({ paid: { id, title } }) => `${id} "${title}"` },
    { title: "CONTESTED BY", cell: ({ pair, senior }) => `${pair.seniorId} "${senior?.title ?? ""}"` },
    { title: "OWNED BY", cell: ({ senior }) => senior?.owner ?? "" },
  ]);
  out.line(`\n${table}`);
}

/** What the owner repays from later earnings, because a ruling gave what it was paid to others. */
export function showDebts(debts: readonly Messages["tributary.payout.v1.Debt"][], { out }: World): void {
  if (debts.length === 0) return;
  const table = toTable(debts, [
    { title: "OWED", cell: ({ amount }) => unitsText(amountOf(amount)), right: true },
    { title: "TO", cell: ({ creditor }) => creditor },
  ]);
  out.line(`\n${table}`);
}
