import { BILLIONTHS } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { contributionStatus, payoutStage } from "#proto/client/words/codes.js";
import type { Asked } from "../message/query-command.js";
import { toTable, type Column } from "../output/table.js";
import type { World } from "../world.js";
import { amountOf } from "../amount.js";
import { accountOf, linesOf, readContributions, readNames } from "./names.js";
import { readWaiting, waitingTable, type Waiting } from "./waiting.js";
import {
  coinOf,
  dateText,
  earnedFor,
  stateOf,
  statusText,
  sumsOf,
  versionName,
  type Coin,
  type Entry,
  type Line,
  type Names,
} from "./words.js";

type Answer = Messages["tributary.payout.v1.QueryStatementResponse"];
type Account = Messages["tributary.payout.v1.Account"];
type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** A statement for people: sums, a line for each thing that was earned, then what is contested, owed to others and not in use. */
export async function statementText(answer: Answer, asked: Asked, { terms }: World): Promise<string> {
  const coin = coinOf(terms);
  const account = accountOf(answer);
  const lines = linesOf(answer);
  const contributions = await readContributions(asked, account.owner);
  const names = await readNames(asked, contributions, lines);
  const blocks = [lines.length === 0 ? NOTHING : toTable(lines, columnsOf(lines, names, coin))];
  if (asked.isFirstPage) {
    const waiting = await readWaiting(asked, contributions.values());
    blocks.unshift(sumsText(answer, account, lines, waiting, coin));
    if (waiting.length > 0) blocks.push(waitingTable(waiting, coin));
    if (answer.debts.length > 0) blocks.push(debtTable(answer.debts, coin));
    const unused = [...contributions.values()].filter(({ status }) => status !== contributionStatus.accepted);
    if (unused.length > 0) blocks.push(unusedTable(unused));
  }
  return blocks.join("\n\n");
}

const NOTHING = "nothing is earned yet: an answer must use what was contributed, and its batch must be settled";

function sumsText(
  { payTo, controller }: Answer,
  account: Account,
  lines: readonly Line[],
  waiting: readonly Waiting[],
  coin: Coin,
): string {
  const { paid, owed, pending } = sumsOf(account);
  const next = lines.filter(({ stage }) => stage === payoutStage.pending).map(({ entry }) => entry.dueTime);
  const first = next.reduce<bigint | undefined>(
    (least, at) => (least === undefined || at < least ? at : least),
    undefined,
  );
  const contested = waiting.reduce((sum, { amount }) => sum + amount, 0n);
  const rows: readonly (readonly [name: string, amount: bigint, remark: string])[] = [
    ["paid", paid, account.lastPaidTime === 0n ? "" : `last on ${dateText(account.lastPaidTime)}`],
    ["to be paid", owed, owed === 0n ? "" : owed < BILLIONTHS ? "less than the smallest unit waits for more" : "next"],
    ["held back", pending, pending === 0n || first === undefined ? "" : `the first until ${dateText(first)}`],
    ["contested", contested, contested === 0n ? "" : "waits for a title case; see below"],
  ];
  const sums = toTable(rows, [
    { title: account.owner, cell: ([name]) => name },
    { title: "", cell: ([, amount]) => coin(amount), right: true },
    { title: "", cell: ([, , remark]) => remark },
  ]);
  const where = payTo === account.owner ? [] : [`paid to ${payTo}`];
  const key = controller === account.owner ? [] : [`pay follows the key ${controller}`];
  return [sums, ...where, ...key].join("\n");
}

function columnsOf(lines: readonly Line[], names: Names, coin: Coin): Column<Line>[] {
  const some = (of: (entry: Entry) => string): boolean => lines.some(({ entry }) => of(entry) !== "0");
  const amount = (title: string, of: (line: Line) => string): Column<Line> => ({
    title,
    cell: (line) => (of(line) === "0" ? "" : coin(amountOf(of(line)))),
    right: true,
  });
  const count = (title: string, of: (entry: Entry) => bigint): Column<Line> => ({
    title,
    cell: ({ entry }) => (of(entry) === 0n ? "" : of(entry).toString()),
    right: true,
  });
  const isSampled = some(({ samplingError }) => samplingError);
  return [
    { title: "SETTLED", cell: ({ entry }) => dateText(entry.dueTime - names.holdBackMs) },
    count("BATCH", ({ batchId }) => batchId),
    { title: "MODEL", cell: ({ entry }) => versionName(names, entry.versionId) },
    { title: "FOR", cell: (line) => earnedFor(names, line) },
    count("TOKENS", ({ tokens }) => tokens),
    count("ANSWERS", ({ receipts }) => receipts),
    amount("EARNED", ({ earned }) => earned),
    ...(isSampled ? [amount("± ERROR", ({ entry }) => entry.samplingError)] : []),
    ...(some(({ selfDealt }) => selfDealt) ? [amount("BY ONESELF", ({ entry }) => entry.selfDealt)] : []),
    { title: "STATE", cell: (line) => stateOf(line, coin) },
  ];
}

function debtTable(debts: Answer["debts"], coin: Coin): string {
  return toTable(debts, [
    { title: "OWED", cell: ({ amount }) => coin(amountOf(amount)), right: true },
    { title: "TO", cell: ({ creditor }) => creditor },
  ]);
}

function unusedTable(contributions: readonly Contribution[]): string {
  return toTable(contributions, [
    { title: "NOT IN USE", cell: ({ id, title }) => `${id} "${title}"` },
    { title: "BECAUSE", cell: ({ status, reason }) => statusText(status, reason) },
  ]);
}
