import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { batchOf, drawnOf, epochOf, phaseOf, phases } from "./batch.js";
import { attributionErrors } from "./errors.js";
import { settling } from "./keys.js";

const response = message("tributary.attribution.v1.MsgSettleBatchResponse");

/** Anyone may ask for a batch of which everything is opened: from this block on it is settled. The deadline settles the others. */
export function settleEarly(
  { view, block }: Context,
  { batchId }: Messages["tributary.attribution.v1.MsgSettleBatch"],
): Bytes | Rejection {
  const batch = batchOf(view, batchId);
  if (isRejection(batch)) return batch;
  const epoch = epochOf(view, batch);
  if (batch.settlement !== undefined) {
    return reject(attributionErrors.batchSettled, { batch_id: batchId, height: batch.settlement.height });
  }
  if (epoch === undefined) {
    return reject(attributionErrors.batchCollecting, { batch_id: batchId, formed_height: batch.formedHeight });
  }
  const drawn = drawnOf(batch);
  if (batch.answered < drawn && phaseOf(batch, epoch, block.height) !== phases.overdue) {
    const { deadline } = epoch;
    return reject(attributionErrors.stillMissing, { batch_id: batchId, drawn, opened: batch.answered, deadline });
  }
  if (settling.has(view, [batchId])) return reject(attributionErrors.alreadySettling, { batch_id: batchId });
  settling.put(view, [batchId], true);
  return response.encode({});
}
