import { present } from "#proto/assert.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { signerAddress, textProblem } from "../../../fields.js";
import { admissions, fitsVerdict, statuses, verdicts } from "../codes.js";
import { accept, refuse } from "../decide.js";
import { chargeChange } from "../deposits.js";
import { datanetErrors } from "../errors.js";
import { reviews } from "../keys.js";
import { limits } from "../limits.js";
import { contributionOf, datanetOf, type Contribution, type Datanet } from "../records.js";

type MsgReview = Messages["tributary.datanet.v1.MsgReviewContribution"];
type Review = Messages["tributary.datanet.v1.Review"];
const response = message("tributary.datanet.v1.MsgReviewContributionResponse");

/** Records a curator's verdict, and decides if the threshold is reached. README, ReviewContribution. */
export function reviewContribution(context: Context, msg: MsgReview): Bytes | Rejection {
  const { view, block } = context;
  const contribution = contributionOf(view, msg.contributionId);
  if (contribution === undefined) {
    return reject(datanetErrors.unknownContribution, { contribution_id: msg.contributionId });
  }
  const datanet = present(datanetOf(view, contribution.datanetId), "a contribution belongs to a datanet");
  const curator = signerAddress(context.address, msg.curator);
  const refused = checkReview(datanet, contribution, msg);
  if (refused !== undefined) return refused;
  const { verdict, reason, note } = msg;
  const review: Review = { curator: msg.curator, verdict, reason, note, height: block.height };
  const decision = tally(context, datanet, contribution, curator, review);

  reviews.put(view, [contribution.id, curator], review);
  context.emit("datanet.review", {
    contribution_id: String(contribution.id),
    curator: msg.curator,
    verdict: String(verdict),
    reason: String(reason),
  });
  if (decision === undefined) return response.encode({ status: contribution.status });
  if (decision === verdicts.accept) chargeChange(context, contribution);
  const decided =
    decision === verdicts.accept
      ? accept(context, contribution, datanet.admission)
      : refuse(context, contribution, reason);
  return response.encode({ status: decided.status });
}

function checkReview(datanet: Datanet, contribution: Contribution, msg: MsgReview): Rejection | undefined {
  const { id, status } = contribution;
  if (datanet.admission !== admissions.curated) return reject(datanetErrors.notCurated, { datanet_id: datanet.id });
  if (!datanet.curators.includes(msg.curator)) return reject(datanetErrors.notCurator, { signer: msg.curator });
  if (status !== statuses.inReview) return reject(datanetErrors.notInReview, { contribution_id: id, status });
  if (msg.verdict !== verdicts.accept && msg.verdict !== verdicts.reject) {
    return reject(datanetErrors.invalidField, { field: "verdict", want: "1 (accept) or 2 (reject)" });
  }
  if (!fitsVerdict(msg.reason, msg.verdict)) {
    return reject(datanetErrors.unknownReason, { reason: msg.reason, verdict: msg.verdict });
  }
  const problem = textProblem("note", msg.note, 0, limits.noteBytes);
  return problem === undefined ? undefined : reject(datanetErrors.invalidField, problem);
}

/**
 * m equal verdicts of the present curators decide, and so does a rejection that leaves fewer than m to accept: nothing
 * stays in review for ever. A curator's later verdict replaces the earlier one.
 */
function tally(
  { view, address }: Context,
  { curators, threshold }: Datanet,
  { id }: Contribution,
  curator: Bytes,
  latest: Review,
): number | undefined {
  let [accepts, rejects] = [0, 0];
  for (const text of curators) {
    const voter = signerAddress(address, text);
    const review = equalBytes(voter, curator) ? latest : reviews.get(view, [id, voter]);
    if (review?.verdict === verdicts.accept) accepts++;
    else if (review?.verdict === verdicts.reject) rejects++;
  }
  if (accepts >= threshold) return verdicts.accept;
  return rejects >= threshold || curators.length - rejects < threshold ? verdicts.reject : undefined;
}
