import { present } from "#proto/assert.js";
import type { Context } from "../../context.js";
import { statuses } from "./codes.js";
import { commitments, expiries, uploadExpiries, uploads } from "./keys.js";
import { limits } from "./limits.js";
import { contributionOf } from "./records.js";
import { giveUp } from "./upload.js";

/** Begin of a block: deletes expired commitments and expired uploads. */
export function forgetExpired(context: Context): void {
  const { view, block } = context;
  for (const [[height, owner, commitment]] of [
    ...expiries.range(view, { to: [block.height], limit: limits.expiredPerBlock }),
  ]) {
    expiries.delete(view, [height, owner, commitment]);
    commitments.delete(view, [owner, commitment]);
  }
  for (const [[, id]] of [...uploadExpiries.range(view, { to: [block.height], limit: limits.uploadsPerBlock })]) {
    const contribution = present(contributionOf(view, id), "an upload belongs to a contribution");
    giveUp(context, contribution, present(uploads.get(view, [id]), "an expiry belongs to an upload"), statuses.expired);
    context.emit("datanet.expire", { contribution_id: String(id), owner: contribution.owner });
  }
}
