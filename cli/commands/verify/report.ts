import { unitsText } from "#proto/amount.js";
import { toHex } from "#proto/bytes.js";
import type { BatchReport, Payments, PayoutReport } from "#proto/client/verify/index.js";
import { formatRfc3339 } from "#proto/time.js";
import { toTable } from "../../output/table.js";

/** The report as one JSON object: snake_case names, amounts as decimal strings. */
export function reportJson(report: PayoutReport): unknown {
  const { chainId, height, time, headers, proofs, owner, agrees, disagreement } = report;
  return {
    agrees,
    disagreement: disagreement ?? null,
    chain_id: chainId,
    height,
    time: formatRfc3339(time),
    header_hash: toHex(report.headerHash).toUpperCase(),
    headers_verified: headers,
    values_proven: proofs,
    batches: report.batches.map(batchJson),
    owner: owner === undefined ? null : { owner: owner.owner, ...owner.payments },
  };
}

function batchJson({ batchId, agrees, batch, credits, payments, disagreements }: BatchReport): unknown {
  const settled = batch?.settlement;
  return {
    batch_id: batchId,
    settled: settled !== undefined,
    agrees: agrees ?? null,
    receipts: batch?.receipts,
    drawn: settled?.drawn,
    opened: settled?.opened,
    fees: batch?.fees,
    burned: batch?.burned,
    validators: batch?.validators,
    pool: batch?.pool,
    credited: settled?.credited,
    contested: settled?.contested,
    residual: settled?.residual,
    forfeited: settled?.forfeited,
    provider_share: batch?.providerShare,
    royalties: batch?.royalties,
    owner_share: batch?.ownerShare,
    credits,
    payments,
    disagreements,
  };
}

export function reportText(report: PayoutReport): string {
  const { chainId, height, time, headers, proofs, batches, owner, agrees } = report;
  const lines = [
    `chain ${chainId}, state after height ${height} (${formatRfc3339(time)}), header ${toHex(report.headerHash)}`,
    `verified from genesis: ${headers} headers, ${proofs} values proven`,
  ];
  if (batches.length > 0) lines.push("", batchTable(batches));
  if (owner !== undefined) lines.push("", `${owner.owner}: ${paymentText(owner.payments)}`);
  for (const { what, why } of report.disagreements) lines.push(`DISAGREES: ${what}: ${why}`);
  const compared = batches.filter((batch) => batch.agrees !== undefined).length;
  if (agrees) lines.push("", `agrees: ${compared} settled batches recomputed, every unit as the chain recorded it`);
  return lines.join("\n");
}

/** Billionths of a record in base units. */
const text = (billionths: string | undefined): string | undefined => billionths && unitsText(BigInt(billionths));

function batchTable(batches: readonly BatchReport[]): string {
  const number = (title: string, cell: (row: BatchReport) => bigint | number | string | undefined) => ({
    title,
    cell: (row: BatchReport) => String(cell(row) ?? ""),
    right: true,
  });
  return toTable(batches, [
    number("BATCH", ({ batchId }) => batchId),
    number("RECEIPTS", ({ batch }) => batch?.receipts),
    number("OPENED", ({ batch }) => batch?.settlement?.opened),
    number("FEES", ({ batch }) => batch?.fees),
    number("POOL", ({ batch }) => batch?.pool),
    number("CREDITED", ({ batch }) => text(batch?.settlement?.credited)),
    number("CONTESTED", ({ batch }) => text(batch?.settlement?.contested)),
    number("RESIDUAL", ({ batch }) => text(batch?.settlement?.residual)),
    number("FORFEITED", ({ batch }) => batch?.settlement?.forfeited),
    number("PAID", ({ payments }) => unitsText(payments.paid)),
    { title: "RESULT", cell: ({ agrees }) => (agrees === undefined ? "not settled" : agrees ? "agrees" : "DISAGREES") },
  ]);
}

function paymentText(payments: Payments): string {
  return Object.entries(payments)
    .filter(([, amount]) => amount !== 0n)
    .map(([name, amount]) => `${name} ${unitsText(amount as bigint)}`)
    .join(", ");
}
