import { unitsText } from "#proto/amount.js";
import { verifyPayout, type BatchVerdict } from "#proto/client/verify/index.js";
import { CliFault } from "../../../fault.js";
import type { Story } from "../story.js";
import { counted } from "../talk.js";
import { decimal } from "./payment.js";

export interface Verified {
  readonly agrees: boolean;
  /** Ascending by batch. */
  readonly batches: readonly BatchVerdict[];
}

/** The work of `tribd verify payout`: recomputes every credit and payment from bytes proven under headers that lead back to genesis. */
export async function verifyPayouts({ evidence, talk }: Story): Promise<Verified> {
  talk.chapter("Verification");
  const batches: BatchVerdict[] = [];
  const { node, genesis, now } = await evidence();
  const report = await verifyPayout(node, genesis, { now, seen: (verdict) => batches.push(verdict) });
  for (const { batch, settlement, receipts, credits } of batches) {
    talk.say(
      `batch ${batch.id}: ${counted(receipts.length, "opened receipt")}, ${counted(credits.length, "contribution")} credited ${unitsText(decimal(settlement.credited))}: decided here once more`,
    );
  }
  const { agrees, disagreement, headers, height, proofs } = report;
  talk.say(
    agrees
      ? `tribd verify payout: ${report.batches.length} batches agree to the last unit at height ${height}; ${headers} headers from genesis, ${proofs} values proven`
      : `tribd verify payout DISAGREES: ${disagreement?.what ?? ""}: ${disagreement?.why ?? ""}`,
  );
  if (agrees && batches.length !== report.batches.length) {
    throw new CliFault("story", "a batch of the story is not settled in the state that was verified");
  }
  return { agrees, batches };
}
