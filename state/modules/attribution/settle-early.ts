import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { batchOf, drawnOf, epochOf, phaseOf, phases } from "./batch.js";
import { attributionErrors } from "./errors.js";
import { settle } from "./settle.js";

const response = message("tributary.attribution.v1.MsgSettleBatchResponse");

/** Anyone may settle a batch of which everything is opened, and pays for the work; the deadline settles the others. */
export function settleEarly(
  context: Context,
  { batchId }: Messages["tributary.attribution.v1.MsgSettleBatch"],
): Bytes | Rejection {
  const { view, block } = context;
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

  const { credited, residual, forfeited } = settle(context, batch);
  const text = { credited: credited.toString(), residual: residual.toString(), forfeited: forfeited.toString() };
  return response.encode(text);
}
