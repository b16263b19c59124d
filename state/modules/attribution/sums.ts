import { present } from "#proto/assert.js";
import type { BatchSums } from "#proto/attribution/rule/batch.js";
import { contestRecord, creditRecord, useRecord } from "#proto/attribution/settled.js";
import type { WriteView } from "../../store/view.js";
import { contributionOf } from "../datanet/index.js";
import { contests, credits, creditsOf, uses } from "./keys.js";
import type { Batch } from "./types.js";

/** Adds sums over some receipts of a batch to its records. */
export function storeSums(view: WriteView, batch: Batch, sums: BatchSums): void {
  const { id } = batch;
  for (const [contributionId, sum] of sums.credits) {
    const contribution = present(contributionOf(view, contributionId), "a credited contribution exists");
    const before = credits.get(view, [id, contributionId]);
    credits.put(view, [id, contributionId], creditRecord(batch, contribution, sum, before));
    if (before === undefined) creditsOf.put(view, [contributionId, id], true);
  }
  for (const [contributionId, seniors] of sums.contests) {
    for (const [seniorId, amount] of seniors) {
      const before = contests.get(view, [id, contributionId, seniorId]);
      contests.put(view, [id, contributionId, seniorId], contestRecord(id, contributionId, seniorId, amount, before));
    }
  }
  for (const [contributionId, vouchers] of sums.uses) {
    for (const [voucherId, sum] of vouchers) {
      const before = uses.get(view, [contributionId, id, voucherId]);
      uses.put(view, [contributionId, id, voucherId], useRecord(id, contributionId, voucherId, sum, before));
    }
  }
}
