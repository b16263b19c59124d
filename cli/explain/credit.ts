import { unitsText } from "#proto/amount.js";
import { amountOf } from "#proto/attribution/settled.js";
import type { CreditExplanation, PayingReceipt } from "#proto/client/verify/index.js";
import { toTable, type Column } from "../output/table.js";

/** A credit for people: a line a receipt that pays it, and the sum. */
export function creditText({ batch, contribution, credit, receipts, contributions }: CreditExplanation): string {
  const { id, title, datanetId, owner } = contribution;
  const lines = [`contribution ${id} "${title}" of datanet ${datanetId}, owned by ${owner}`];
  if (credit === undefined) return `${lines[0]}\nno opened receipt of batch ${batch.id} pays it`;
  const column = (heading: string, cell: (row: PayingReceipt) => string, right = true): Column<PayingReceipt> => ({
    title: heading,
    cell,
    right,
  });
  const isContested = credit.contested !== "0";
  const named = (seniorId: bigint): string => `${seniorId} "${contributions.get(seniorId)?.title ?? ""}"`;
  const table = toTable(receipts, [
    column("VOUCHER", ({ voucherId }) => voucherId.toString()),
    column("RECEIPT", ({ index }) => index.toString()),
    column("CHANNEL", ({ receipt }) => receipt.channelId.toString()),
    column("ANSWER", ({ receipt }) => receipt.nonce.toString()),
    column("FEE", ({ receipt }) => receipt.fee.toString()),
    column("DRAWS", ({ share }) => share.draws.toString()),
    column("TOKENS", ({ tokens, receipt }) => `${tokens} of ${receipt.tokens}`),
    column("AMOUNT", ({ amount }) => unitsText(amount)),
    ...(isContested
      ? [
          column("OF IT WAITS", ({ contested }) => (contested === 0n ? "" : unitsText(contested))),
          column(
            "CONTESTED BY",
            ({ contester, contested }) =>
              contester === undefined || contested === 0n ? "" : named(contester.contribution),
            false,
          ),
        ]
      : []),
  ]);
  const waits = isContested ? `, of which ${unitsText(amountOf(credit.contested))} waits` : "";
  const sum = `${credit.tokens} tokens of ${credit.receipts} receipts: ${unitsText(amountOf(credit.amount))}${waits}`;
  return [...lines, "", table, "", `batch ${batch.id} credits ${sum}`].join("\n");
}

/** The same as one JSON object; amounts are billionths of the base unit. */
export function creditJson({ height, batch, contribution, credit, receipts }: CreditExplanation): unknown {
  return {
    height,
    batch_id: batch.id,
    contribution_id: contribution.id,
    title: contribution.title,
    datanet_id: contribution.datanetId,
    owner: contribution.owner,
    tokens: credit?.tokens ?? 0n,
    amount: credit?.amount ?? "0",
    contested: credit?.contested ?? "0",
    receipts: receipts.map(({ voucherId, index, receipt, share, tokens, weight, amount, contested, contester }) => ({
      voucher_id: voucherId,
      index,
      channel_id: receipt.channelId,
      nonce: receipt.nonce,
      fee: receipt.fee,
      pool: share.pool,
      draws: share.draws,
      tokens,
      weight,
      amount,
      contested,
      contester_id: contested === 0n ? null : (contester?.contribution ?? null),
    })),
  };
}
