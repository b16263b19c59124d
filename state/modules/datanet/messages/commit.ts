import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { hashProblem, signerAddress } from "../../../fields.js";
import { datanetErrors } from "../errors.js";
import { commitments, expiries, intentCounter } from "../keys.js";
import { limits } from "../limits.js";

const response = message("tributary.datanet.v1.MsgCommitContributionResponse");

/** The place of the commitment in the chain is the contribution's seniority, whatever is opened first. */
export function commitContribution(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgCommitContribution"],
): Bytes | Rejection {
  const { view, block } = context;
  const { commitment } = msg;
  const problem = hashProblem("commitment", commitment);
  if (problem !== undefined) return reject(datanetErrors.invalidField, problem);
  const owner = signerAddress(context.address, msg.owner);
  const known = commitments.get(view, [owner, commitment]);
  if (known !== undefined) {
    return reject(datanetErrors.commitmentExists, { intent_height: known.height, intent_index: known.index });
  }
  const last = intentCounter.get(view, []);
  const index = last?.height === block.height ? last.index : 0;

  intentCounter.put(view, [], { height: block.height, index: index + 1 });
  commitments.put(view, [owner, commitment], { height: block.height, index });
  expiries.put(view, [block.height + limits.commitmentBlocks, owner, commitment], true);
  context.emit("datanet.commit", {
    owner: msg.owner,
    intent_height: String(block.height),
    intent_index: String(index),
  });
  return response.encode({ intentHeight: block.height, intentIndex: index });
}
