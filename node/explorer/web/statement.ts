import { allPages } from "#proto/client/index.js";
import type { Messages } from "#proto/codec/message.js";
import { entryKind, payoutStage } from "#proto/client/words/codes.js";
import { amountFrom } from "../present/amount.js";
import type { EarnedLine } from "../present/earnings.js";
import { utcText } from "../present/time.js";
import { node, pageRequest } from "./node.js";

export type StatementLine = Messages["tributary.payout.v1.StatementLine"];
export type Statement = Messages["tributary.payout.v1.QueryStatementResponse"];

const NEWEST = 100;

/** An account with its newest lines. */
export function readStatement(owner: string): Promise<Statement> {
  const pagination = pageRequest({ key: new Uint8Array(0), limit: NEWEST, reverse: true });
  return node.query("tributary.payout.v1.Query/Statement", { owner, pagination });
}

/** All lines, for a file: `allPages` has an end. @param told how many are there so far */
export async function readAllLines(owner: string, told: (lines: number) => void): Promise<StatementLine[]> {
  let count = 0;
  return allPages(
    async (pagination) => {
      const answer = await node.query("tributary.payout.v1.Query/Statement", { owner, pagination });
      told((count += answer.lines.length));
      return answer;
    },
    ({ lines }) => lines,
  );
}

/** Paid, due next, held back, and all of it. */
export function sumsOf({ account }: Statement) {
  const amount = (name: "pending" | "matured" | "paid" | "repaid" | "recovered"): bigint => amountFrom(account?.[name]);
  const owed = amount("matured") + amount("recovered") - amount("paid") - amount("repaid");
  return { earned: amount("matured") + amount("pending"), paid: amount("paid"), owed, pending: amount("pending") };
}

export function earnedLine({ entry, earned }: StatementLine): EarnedLine[] {
  if (entry === undefined) return [];
  const isContribution = entry.kind === entryKind.contribution;
  return [
    {
      versionId: entry.versionId,
      contributionId: isContribution ? entry.subject : undefined,
      earned: earnedOf({ entry, earned }),
      dueTime: entry.dueTime,
    },
  ];
}

/** The owner's part; what is still held back is not in `earned` yet. */
export function earnedOf({ entry, earned }: Pick<StatementLine, "entry" | "earned">): bigint {
  const matured = amountFrom(earned);
  if (matured > 0n || entry === undefined || entry.matured) return matured;
  return amountFrom(entry.amount) - amountFrom(entry.treasury);
}

/** Why a line was earned, where no contribution says it. */
const ROLES: Readonly<Record<number, string>> = {
  [entryKind.provider]: "Answering as the provider",
  [entryKind.royalty]: "Royalty of version",
  [entryKind.revenue]: "Owning the version",
};
export const roleWords = (kind: number): string => ROLES[kind] ?? `kind ${kind}`;

const STAGES: Readonly<Record<number, string>> = {
  [payoutStage.pending]: "held back",
  [payoutStage.matured]: "to be paid",
  [payoutStage.paid]: "paid",
  [payoutStage.accruing]: "accruing",
};
export const stageOfPay = (code: number): string => STAGES[code] ?? `stage ${code}`;

/** Columns of the file, amounts in the coin for people with all digits. */
export function csvColumns(coin: (billionths: bigint) => string) {
  const column = (title: string, cell: (line: StatementLine) => string) => ({ title, cell });
  return [
    column("due", ({ entry }) => (entry === undefined ? "" : utcText(entry.dueTime))),
    column("batch", ({ entry }) => String(entry?.batchId ?? "")),
    column("version", ({ entry }) => String(entry?.versionId ?? "")),
    column("for", ({ entry }) =>
      entry?.kind === entryKind.contribution ? "contribution" : roleWords(entry?.kind ?? 0),
    ),
    column("subject", ({ entry }) => String(entry?.subject ?? "")),
    column("datanet", ({ entry }) => String(entry?.datanetId ?? "")),
    column("words", ({ entry }) => String(entry?.tokens ?? "")),
    column("receipts", ({ entry }) => String(entry?.receipts ?? "")),
    column("earned", (line) => coin(earnedOf(line))),
    column("paid", ({ paid }) => coin(amountFrom(paid))),
    column("to datanet", ({ entry }) => coin(amountFrom(entry?.treasury))),
    column("state", ({ stage }) => stageOfPay(stage)),
  ];
}
