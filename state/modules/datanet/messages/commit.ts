import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { firstProblem, hashProblem, rangeProblem, signerAddress } from "../../../fields.js";
import { reserve } from "../deposits.js";
import { datanetErrors } from "../errors.js";
import { commitments, expiries, intentCounter } from "../keys.js";
import { limits } from "../limits.js";

const response = message("tributary.datanet.v1.MsgCommitContributionResponse");

/** The counter is of places alone. */
const NO_INTENT = { fpCount: 0, deposit: "" };

/** The place of the commitment in the chain is the contribution's seniority, whatever is opened first. */
export function commitContribution(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgCommitContribution"],
): Bytes | Rejection {
  const { view, block } = context;
  const { commitment, fpCount } = msg;
  const problem = firstProblem(
    hashProblem("commitment", commitment),
    rangeProblem("fp_count", fpCount, 1, limits.fingerprintsPerContribution),
  );
  if (problem !== undefined) return reject(datanetErrors.invalidField, problem);
  const owner = signerAddress(context.address, msg.owner);
  const known = commitments.get(view, [owner, commitment]);
  if (known !== undefined) {
    return reject(datanetErrors.commitmentExists, { intent_height: known.height, intent_index: known.index });
  }
  const deposit = reserve(context, owner, fpCount);
  if (isRejection(deposit)) return deposit;
  const last = intentCounter.get(view, []);
  const index = last?.height === block.height ? last.index : 0;

  intentCounter.put(view, [], { ...NO_INTENT, height: block.height, index: index + 1 });
  commitments.put(view, [owner, commitment], { height: block.height, index, fpCount, deposit: String(deposit) });
  expiries.put(view, [block.height + limits.commitmentBlocks, owner, commitment], true);
  context.emit("datanet.commit", {
    owner: msg.owner,
    intent_height: String(block.height),
    intent_index: String(index),
    fingerprints: String(fpCount),
    deposit: String(deposit),
  });
  return response.encode({ intentHeight: block.height, intentIndex: index, deposit: String(deposit) });
}
