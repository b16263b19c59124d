import { present } from "#proto/assert.js";
import type { Context } from "../../context.js";
import { storedAmount } from "./bonds.js";
import { statuses } from "./codes.js";
import { endDeposit, freeCapacity, lostTenth, unlock } from "./deposits.js";
import { chunks, commitments, contributions, expiries, proofExpiries, uploadExpiries, uploads } from "./keys.js";
import { limits } from "./limits.js";
import { contributionOf } from "./records.js";
import { giveUp } from "./upload.js";

/** Begin of a block: forgets what is past its height. What a block's bounds leave over waits for the next one. */
export function forgetExpired(context: Context): void {
  forgetIntents(context);
  const left = giveUpUploads(context, limits.chunksDeletedPerBlock);
  expireProofs(context, left);
}

/** Intents that were not opened: a tenth of their deposit is lost, and their places are free. */
function forgetIntents(context: Context): void {
  const { view, block } = context;
  for (const [[height, owner, commitment]] of [
    ...expiries.range(view, { to: [block.height], limit: limits.expiredPerBlock }),
  ]) {
    const intent = present(commitments.get(view, [owner, commitment]), "an expiry belongs to a commitment");
    const deposit = storedAmount(intent.deposit);
    expiries.delete(view, [height, owner, commitment]);
    commitments.delete(view, [owner, commitment]);
    freeCapacity(view, intent.fpCount);
    unlock(context, owner, deposit, lostTenth(deposit));
    context.emit("datanet.forget", {
      owner: context.address.format(owner),
      intent_height: String(intent.height),
      intent_index: String(intent.index),
      lost: String(lostTenth(deposit)),
    });
  }
}

/** @returns how many more chunks the block may delete; the last upload may have taken more than that */
function giveUpUploads(context: Context, budget: number): number {
  const { view, block } = context;
  let left = budget;
  for (const [[, id]] of [...uploadExpiries.range(view, { to: [block.height], limit: limits.expiredPerBlock })]) {
    if (left <= 0) return left;
    const contribution = present(contributionOf(view, id), "an upload belongs to a contribution");
    const upload = present(uploads.get(view, [id]), "an expiry belongs to an upload");
    giveUp(context, contribution, upload, statuses.expired);
    context.emit("datanet.expire", { contribution_id: String(id), owner: contribution.owner });
    left -= upload.chunks;
  }
  return left;
}

/** Withdrawn contributions whose proofs have expired: their chunks are deleted, and the deposit returns unless they contest credit. */
function expireProofs(context: Context, budget: number): void {
  const { view, block } = context;
  let left = budget;
  for (const [[height, id]] of [...proofExpiries.range(view, { to: [block.height], limit: limits.expiredPerBlock })]) {
    if (left <= 0) return;
    const contribution = present(contributionOf(view, id), "an expiry belongs to a contribution");
    proofExpiries.delete(view, [height, id]);
    for (let index = 0; chunks.has(view, [id, index]); index++, left--) chunks.delete(view, [id, index]);
    const { owner, deposit } = contribution;
    if (contribution.contests > 0) continue; // What it contests waits, and its deposit stands for it.
    contributions.put(view, [id], endDeposit(context, contribution, 0n));
    context.emit("datanet.return", { contribution_id: String(id), owner, deposit });
  }
}
