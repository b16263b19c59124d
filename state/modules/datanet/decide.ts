import { assert } from "#proto/assert.js";
import type { Context } from "../../context.js";
import { returnBond } from "./bonds.js";
import { admissions, reasons, statuses } from "./codes.js";
import { accepted, contents, contributions, counts, standingChanges } from "./keys.js";
import { countsOf, type Contribution } from "./records.js";

/** From this block on the contribution is active, and the next release holds it. */
export function accept(context: Context, contribution: Contribution, admission: number): Contribution {
  const { view, block } = context;
  const { id, datanetId, contentRoot, fpRoot, fpCount, tokenCount, contentBytes } = contribution;
  const now = countsOf(view, datanetId);
  const firstRelease = now.releases + 1;
  const decided: Contribution = {
    // With open admission no person has accepted it: its bond stays until it is withdrawn.
    ...(admission === admissions.open ? contribution : returnBond(context, contribution)),
    status: statuses.accepted,
    reason: reasons.meetsTerms,
    decidedHeight: block.height,
    active: [{ fromHeight: block.height, toHeight: 0n }],
    firstRelease,
  };
  contributions.put(view, [id], decided);
  standingChanges.put(view, [block.height, id], true);
  accepted.put(view, [datanetId, id], {
    contentRoot,
    fpRoot,
    firstRelease,
    lastRelease: 0,
    fpCount,
    tokenCount,
    contentBytes,
  });
  counts.put(view, [datanetId], { ...now, accepted: now.accepted + 1 });
  emitDecision(context, decided);
  return decided;
}

/** The place and the content are free again: the owner may bring it in better form. */
export function refuse(context: Context, contribution: Contribution, reason: number): Contribution {
  const { view, block } = context;
  const decided: Contribution = {
    ...returnBond(context, contribution),
    status: statuses.rejected,
    reason,
    decidedHeight: block.height,
  };
  contributions.put(view, [contribution.id], decided);
  leavePlace(context, contribution);
  emitDecision(context, decided);
  return decided;
}

/** A contribution that was never accepted gives its place and its content root free. */
export function leavePlace({ view }: Context, { id, datanetId, contentRoot }: Contribution): void {
  const now = countsOf(view, datanetId);
  assert(
    contents.get(view, [datanetId, contentRoot]) === id,
    "a content root belongs to the contribution that claimed it",
  );
  contents.delete(view, [datanetId, contentRoot]);
  counts.put(view, [datanetId], { ...now, contributions: now.contributions - 1 });
}

function emitDecision(context: Context, { id, datanetId, owner, status, reason }: Contribution): void {
  context.emit("datanet.decide", {
    contribution_id: String(id),
    datanet_id: String(datanetId),
    owner,
    status: String(status),
    reason: String(reason),
  });
}
