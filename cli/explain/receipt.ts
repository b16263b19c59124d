import { unitsText } from "#proto/amount.js";
import type { ReceiptExplanation } from "#proto/client/verify/index.js";
import { toTable, type Column } from "../output/table.js";
import { reasonText } from "#proto/client/words/reasons.js";
import { COLOURS, painted } from "./colours.js";
import { reasonMark } from "#proto/client/words/answer.js";
import { answerWords } from "./words.js";

/** One receipt for people: the answer's words by who is paid, and what each is paid. */
export function receiptText(explained: ReceiptExplanation, answer: string | undefined, isColoured: boolean): string {
  const { batch, consumer, voucherId, index, receipt, share, tokens } = explained;
  const { channelId, nonce, fee } = receipt;
  const lines = [
    `batch ${batch.id}, voucher ${voucherId}, receipt ${index}: answer ${nonce} of channel ${channelId}, by version ${receipt.versionId}`,
    `asked by ${consumer}: fee ${fee}, of which ${unitsText(share.pool)} is shared out by its ${tokens.length} tokens${drawnText(explained)}`,
  ];
  if (answer !== undefined) lines.push("", answerWords(answer, explained, isColoured).trimEnd());
  lines.push("", paidTable(explained, isColoured && answer !== undefined), "", unpaidTable(explained));
  lines.push("", unlicensedTable(explained));
  return lines
    .filter((line, at) => line !== "" || lines[at - 1] !== "")
    .join("\n")
    .trimEnd();
}

function drawnText({ batch, share: { draws } }: ReceiptExplanation): string {
  if (batch.settlement?.whole === true) return "";
  return draws === 1 ? ", drawn once" : `, drawn ${draws} times`;
}

type Credit = ReceiptExplanation["pay"]["credits"][number];

function paidTable({ pay, contributions }: ReceiptExplanation, isColoured: boolean): string {
  if (pay.credits.length === 0) return "";
  const record = (id: bigint) => contributions.get(id);
  const named = (id: bigint): string => `${id} "${record(id)?.title ?? ""}"`;
  const column = (title: string, cell: (credit: Credit) => string, right = false): Column<Credit> => ({
    title,
    cell,
    right,
  });
  const isContested = pay.credits.some(({ contested }) => contested > 0n);
  const [title, ...rows] = toTable(pay.credits, [
    column("PAID TO", ({ committer }) => named(committer.contribution)),
    column("DATANET", ({ committer }) => committer.datanet.toString(), true),
    column("OWNER", ({ committer }) => record(committer.contribution)?.owner ?? ""),
    column("TOKENS", ({ tokens }) => tokens.toString(), true),
    column("AMOUNT", ({ amount }) => unitsText(amount), true),
    ...(isContested
      ? [
          column("OF IT WAITS", ({ contested }) => (contested === 0n ? "" : unitsText(contested)), true),
          column("CONTESTED BY", ({ contested, contester }) =>
            contester === undefined || contested === 0n ? "" : contestedBy(contester, named, record),
          ),
        ]
      : []),
  ]).split("\n");
  const isPainted = isColoured && pay.credits.length <= COLOURS;
  const shown = isPainted ? rows.map((row, place) => painted(row, { place, isContested: false })) : rows;
  return [title, ...shown].join("\n");
}

function contestedBy(
  { contribution }: Credit["committer"],
  named: (id: bigint) => string,
  record: (id: bigint) => { readonly owner: string } | undefined,
): string {
  return `${named(contribution)} of ${record(contribution)?.owner ?? ""}`;
}

function unpaidTable({ pay }: ReceiptExplanation): string {
  if (pay.residual.length === 0) return "";
  type Residual = (typeof pay.residual)[number];
  const column = (title: string, cell: (row: Residual) => string, right = false): Column<Residual> => ({
    title,
    cell,
    right,
  });
  return toTable(pay.residual, [
    column("PAID TO NOBODY", ({ reason, tokens }) => (tokens === 0 ? "" : reasonMark(reason))),
    column("BECAUSE", ({ reason }) => reasonText(reason)),
    column("TOKENS", ({ tokens }) => (tokens === 0 ? "" : tokens.toString()), true),
    column("AMOUNT", ({ amount }) => unitsText(amount), true),
  ]);
}

/** First committers of words that only contributions without a licence have: a use that their owners can show. */
function unlicensedTable({ tokens, contributions }: ReceiptExplanation): string {
  const counts = new Map<bigint, number>();
  for (const { unlicensed } of tokens) {
    if (unlicensed !== undefined) counts.set(unlicensed, (counts.get(unlicensed) ?? 0) + 1);
  }
  if (counts.size === 0) return "";
  return toTable(
    [...counts],
    [
      { title: "UNLICENSED WORDS OF", cell: ([id]) => `${id} "${contributions.get(id)?.title ?? ""}"` },
      { title: "OWNER", cell: ([id]) => contributions.get(id)?.owner ?? "" },
      { title: "TOKENS", cell: ([, count]) => String(count), right: true },
    ],
  );
}

/**
 * The same as one JSON object; amounts are billionths of the base unit, `from` and `to` bytes of the answer's UTF-8. A credit is
 * floored once, so that the amounts of its tokens may be a few billionths less.
 */
export function receiptJson(explained: ReceiptExplanation): unknown {
  const { batch, consumer, voucherId, index, receipt, share, ruling, pay, tokens, ranges, contributions, height } =
    explained;
  const weightOf = (token: number): number => ruling.weights[token + 1]! - ruling.weights[token]!;
  return {
    height,
    batch_id: batch.id,
    voucher_id: voucherId,
    index,
    channel_id: receipt.channelId,
    consumer,
    nonce: receipt.nonce,
    version_id: receipt.versionId,
    fee: receipt.fee,
    pool: share.pool,
    draws: share.draws,
    weight: ruling.weight,
    credits: pay.credits.map(({ committer, tokens: count, weight, amount, contested, contester }) => ({
      contribution_id: committer.contribution,
      title: contributions.get(committer.contribution)?.title,
      datanet_id: committer.datanet,
      owner: contributions.get(committer.contribution)?.owner,
      tokens: count,
      weight,
      amount,
      contested,
      contester_id: contested === 0n ? null : (contester?.contribution ?? null),
    })),
    residual: pay.residual.map(({ reason, tokens: count, weight, amount }) => ({
      reason,
      why: reasonText(reason),
      tokens: count,
      weight,
      amount,
    })),
    tokens: tokens.map(({ payee, reason, contester, byRun, unlicensed }, at) => ({
      ...ranges?.[at],
      weight: weightOf(at),
      amount: (share.pool * BigInt(weightOf(at))) / BigInt(ruling.weight),
      contribution_id: payee ?? null,
      contester_id: contester ?? null,
      by_run: byRun,
      reason,
      unlicensed_id: unlicensed ?? null,
    })),
  };
}
