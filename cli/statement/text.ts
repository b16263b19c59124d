import { BILLIONTHS } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { present } from "#proto/assert.js";
import { formatCoin } from "../coins.js";
import { contributionStatus, entryKind, payoutStage, wordFor } from "../message/codes.js";
import type { Asked } from "../message/query-command.js";
import { toTable, type Column } from "../output/table.js";
import type { World } from "../world.js";
import { amountOf } from "../amount.js";
import { readContributions, readVersionNames } from "./names.js";
import { readWaiting, waitingTable, type Waiting } from "./waiting.js";

type Answer = Messages["tributary.payout.v1.QueryStatementResponse"];
type Account = Messages["tributary.payout.v1.Account"];
type Contribution = Messages["tributary.datanet.v1.Contribution"];
type Entry = Messages["tributary.payout.v1.Entry"];

/** A line with its entry, which the chain always sends. */
interface Line extends Omit<Messages["tributary.payout.v1.StatementLine"], "entry"> {
  readonly entry: Entry;
}

/** What the lines name. */
interface Names {
  readonly contributions: ReadonlyMap<bigint, Contribution>;
  readonly versions: ReadonlyMap<bigint, string>;
  /** From settlement to maturity. */
  readonly holdBackMs: bigint;
}

/** A statement for people: sums, a line for each thing that was earned, then what is contested, owed to others and not in use. */
export async function statementText(answer: Answer, asked: Asked, { terms }: World): Promise<string> {
  const coin = coinOf(terms);
  const account = present(answer.account, "a statement has its account");
  const lines = answer.lines.map((line) => ({ ...line, entry: present(line.entry, "a line has its entry") }));
  const { params } = await asked.node.query("tributary.payout.v1.Query/Params", {}, asked.at);
  const contributions = await readContributions(asked, account.owner);
  const names: Names = {
    contributions,
    versions: await readVersionNames(
      asked,
      lines.map(({ entry }) => entry.versionId),
    ),
    holdBackMs: params?.holdBackMs ?? 0n,
  };
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

/** Of a JavaScript Date (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8_640_000_000_000_000n;

const NOTHING = "nothing is earned yet: an answer must use what was contributed, and its batch must be settled";

type Coin = (billionths: bigint) => string;

/** An amount of the ledger: whole base units as a coin, with the billionths of the last one if it has any. */
function coinOf(terms: World["terms"]): Coin {
  const fine = { ...terms, displayExponent: terms.displayExponent + 9 };
  return (billionths) => formatCoin({ denom: terms.denom, amount: billionths }, fine);
}

function sumsText(
  { payTo, controller }: Answer,
  account: Account,
  lines: readonly Line[],
  waiting: readonly Waiting[],
  coin: Coin,
): string {
  const [pending, matured, paid] = [account.pending, account.matured, account.paid].map(amountOf) as [
    bigint,
    bigint,
    bigint,
  ];
  const owed = matured + amountOf(account.recovered) - paid - amountOf(account.repaid);
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

const versionName = ({ versions }: Names, id: bigint): string => versions.get(id) ?? `version ${id}`;

function earnedFor(names: Names, { entry, contributionReason }: Line): string {
  const { kind, subject } = entry;
  if (kind === entryKind.provider) return "answering as the provider";
  if (kind === entryKind.revenue) return "owning the version";
  if (kind === entryKind.royalty) return `royalty of version ${subject}`;
  const contribution = names.contributions.get(subject);
  const what = `${subject} "${contribution?.title ?? ""}"`;
  const isAccepted = contribution === undefined || contribution.status === contributionStatus.accepted;
  return isAccepted ? what : `${what} (${statusText(contribution.status, contributionReason)})`;
}

/** "rejected: near-duplicate" */
function statusText(status: number, reason: number): string {
  const name = wordFor("tributary.datanet.v1.Contribution", "status", status) ?? `status ${status}`;
  if (status !== contributionStatus.rejected) return name;
  return `${name}: ${wordFor("tributary.datanet.v1.Contribution", "reason", reason) ?? `reason ${reason}`}`;
}

function stateOf({ stage, entry, paid }: Line, coin: Coin): string {
  if (stage === payoutStage.pending) return `held back until ${dateText(entry.dueTime)}`;
  if (stage === payoutStage.paid) return "paid";
  const part = paid === "0" ? "" : `, ${coin(amountOf(paid))} paid`;
  return stage === payoutStage.accruing ? `accrues${part}` : `to be paid${part}`;
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

/** Minutes are enough for people: "2026-01-31 12:30" in UTC. */
function dateText(unixMs: bigint): string {
  if (unixMs < 0n || unixMs > TIME_MAX) return `${unixMs} ms`;
  return new Date(Number(unixMs)).toISOString().slice(0, 16).replace("T", " ");
}
