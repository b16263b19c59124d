import { present } from "#proto/assert.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { AddressText } from "../../context.js";
import type { WriteView } from "../../store/view.js";
import { batchParams } from "../attribution/index.js";
import type { Channel } from "./channels.js";
import { usageErrors } from "./errors.js";
import { graceCount, graceEnds } from "./keys.js";

/**
 * Gives a closing channel one of the places that a provider and a version have for channels in grace: as many as a batch has
 * for vouchers, so that all of them can be redeemed in one epoch. Graces are of one length and end in the order in which they
 * began: so the place is free if the one that began `max` closings ago has ended, and one row a place says when.
 * A provider that closes the channel earlier does not free the place, so that fast closing cannot fill a batch.
 * Rejects with usage/graceFull.
 * @param channel with the height at which its grace ends
 */
export function enterGrace(
  view: WriteView,
  address: AddressText,
  channel: Channel,
  height: bigint,
): Rejection | undefined {
  const { provider: text, versionId, withdrawableHeight } = channel;
  const provider = present(address.parse(text), "the channel's provider was checked");
  const max = batchParams(view).batchVouchersMax;
  const number = (graceCount.get(view, [provider, versionId]) ?? 0n) + 1n;
  const reused = number - BigInt(max);
  if (reused > 0n) {
    const ends = graceEnds.get(view, [provider, versionId, reused]) ?? 0n;
    if (ends > height) {
      const fix = `close it from height ${ends} on, or ask the provider to close it, which gives the deposit back at once`;
      const where = { channel_id: channel.id, provider: text, version_id: versionId };
      return reject(usageErrors.graceFull, { ...where, max, free_at: ends, fix });
    }
    graceEnds.delete(view, [provider, versionId, reused]);
  }
  graceEnds.put(view, [provider, versionId, number], withdrawableHeight);
  graceCount.put(view, [provider, versionId], number);
  return undefined;
}
