import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { returnBond } from "../bonds.js";
import { statuses } from "../codes.js";
import { leavePlace } from "../decide.js";
import { chargeChange, freeCapacity } from "../deposits.js";
import { datanetErrors } from "../errors.js";
import { accepted, contributions, counts, proofExpiries, standingChanges, uploads, withdrawals } from "../keys.js";
import { countsOf, paramsOf, type Contribution } from "../records.js";
import { giveUp } from "../upload.js";
import { ownContribution } from "./add-fingerprints.js";

const response = message("tributary.datanet.v1.MsgWithdrawConsentResponse");

type Withdraw = (context: Context, contribution: Contribution) => void;

/** Withdrawal by the contribution's status; in other statuses there is nothing to withdraw. */
const BY_STATUS: Readonly<Record<number, Withdraw>> = {
  [statuses.uploading]: withdrawUpload,
  [statuses.inReview]: withdrawFromReview,
  [statuses.accepted]: withdrawAccepted,
  [statuses.rejected]: withdrawRejected,
};

/** Ends a contribution's activity in this block. README, WithdrawConsent. */
export function withdrawConsent(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgWithdrawConsent"],
): Bytes | Rejection {
  const contribution = ownContribution(context, msg.contributionId, msg.owner);
  if (isRejection(contribution)) return contribution;
  const { id, status, datanetId } = contribution;
  const withdraw = BY_STATUS[status];
  if (withdraw === undefined) return reject(datanetErrors.alreadyWithdrawn, { contribution_id: id, status });

  withdraw(context, contribution);
  context.emit("datanet.withdraw", { contribution_id: String(id), datanet_id: String(datanetId), owner: msg.owner });
  return response.encode({ withdrawnHeight: context.block.height });
}

function withdrawUpload(context: Context, contribution: Contribution): void {
  const upload = present(uploads.get(context.view, [contribution.id]), "an uploading contribution has an upload");
  giveUp(context, contribution, upload, statuses.withdrawn);
}

function withdrawFromReview(context: Context, contribution: Contribution): void {
  endStanding(context, returnBond(context, contribution), {});
  leavePlace(context, contribution);
}

/** A rejected contribution stood until now; its place and its content root are free already. */
function withdrawRejected(context: Context, contribution: Contribution): void {
  endStanding(context, contribution, {});
}

/** The content root stays claimed, so that no one can contribute withdrawn content again. Earlier releases still prove it. */
function withdrawAccepted(context: Context, contribution: Contribution): void {
  const { view, block } = context;
  const { id, datanetId, firstRelease } = contribution;
  const now = countsOf(view, datanetId);
  const lastRelease = now.releases;
  const active = contribution.active.map(({ fromHeight, toHeight }) => ({
    fromHeight,
    toHeight: toHeight === 0n ? block.height : toHeight,
  }));
  endStanding(context, returnBond(context, contribution), { active, lastRelease });
  counts.put(view, [datanetId], { ...now, contributions: now.contributions - 1, accepted: now.accepted - 1 });
  if (firstRelease > lastRelease) {
    accepted.delete(view, [datanetId, id]);
    return;
  }
  const member = present(accepted.get(view, [datanetId, id]), "an accepted contribution is a member");
  accepted.put(view, [datanetId, id], { ...member, lastRelease });
  const least = withdrawals.get(view, [datanetId, lastRelease]);
  const first = BigInt(firstRelease);
  if (least === undefined || first < least) withdrawals.put(view, [datanetId, lastRelease], first);
}

function endStanding(context: Context, contribution: Contribution, also: Partial<Contribution>): void {
  const { view, block } = context;
  chargeChange(context, contribution);
  const { id } = contribution;
  const over = { status: statuses.withdrawn, withdrawnHeight: block.height };
  contributions.put(view, [id], { ...contribution, ...over, ...also });
  standingChanges.put(view, [block.height, id], true);
  freeCapacity(view, contribution.fpCount);
  proofExpiries.put(view, [block.height + paramsOf(view).proofBlocks, id], true);
}
