import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { signerAddress, slugProblem } from "../../../fields.js";
import { storedAmount, take } from "../bonds.js";
import { admissions } from "../codes.js";
import { datanetErrors } from "../errors.js";
import { allowed, counts, datanets, nextDatanetId, slugs, terms } from "../keys.js";
import { paramsOf } from "../records.js";
import { checkAllowList, checkCurators, checkOwnRules, checkTextProfile } from "../rules.js";

const response = message("tributary.datanet.v1.MsgCreateDatanetResponse");
const ADMISSIONS: ReadonlySet<number> = new Set(Object.values(admissions));

/** Creates a datanet against a deposit. Needs, effects and rejections: README, CreateDatanet. */
export function createDatanet(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgCreateDatanet"],
): Bytes | Rejection {
  const { view, block, address } = context;
  const creator = signerAddress(address, msg.creator);
  const refused = checkCreation(context, msg);
  if (refused !== undefined) return refused;
  const earlier = slugs.get(view, [msg.slug]);
  if (earlier !== undefined) return reject(datanetErrors.slugTaken, { slug: msg.slug, datanet_id: earlier });
  const id = nextDatanetId.get(view, []) ?? 1n;
  const { deposit } = paramsOf(view);
  const unpaid = take(context, creator, storedAmount(deposit));
  if (unpaid !== undefined) return unpaid;

  nextDatanetId.put(view, [], id + 1n);
  slugs.put(view, [msg.slug], id);
  const { slug, title, cardHash, cardUri, admission, curators, threshold, normId, tier, bond } = msg;
  const { mediaTypes, contentBytesMax, contributionsMax, termsHash, termsUri, treasuryBasisPoints } = msg;
  datanets.put(view, [id], {
    ...{ id, creator: msg.creator, slug, title, cardHash, cardUri, admission, curators, threshold, normId, tier },
    ...{ bond, termsVersion: 1, mediaTypes, contentBytesMax, contributionsMax, deposit },
    ...{ createdHeight: block.height, createdTime: block.time, closedHeight: 0n },
  });
  counts.put(view, [id], { contributions: 0, accepted: 0, releases: 0 });
  terms.put(view, [id, 1], {
    ...{ datanetId: id, version: 1, hash: termsHash, uri: termsUri, treasuryBasisPoints, height: block.height },
  });
  for (const text of msg.contributors) {
    allowed.put(view, [id, present(address.parse(text), "the list was checked")], true);
  }
  context.emit("datanet.create", { datanet_id: String(id), slug, creator: msg.creator, deposit });
  return response.encode({ datanetId: id });
}

function checkCreation(
  { address }: Context,
  msg: Messages["tributary.datanet.v1.MsgCreateDatanet"],
): Rejection | undefined {
  const slug = slugProblem(msg.slug);
  if (slug !== undefined) return reject(datanetErrors.invalidField, slug);
  if (!ADMISSIONS.has(msg.admission)) {
    const want = "1 (open), 2 (allow-list) or 3 (curated)";
    return reject(datanetErrors.invalidField, { field: "admission", want });
  }
  return (
    checkTextProfile(msg.normId, msg.tier) ??
    checkOwnRules(msg, msg.admission) ??
    checkCurators(address, msg.admission, msg.curators, msg.threshold) ??
    checkAllowList(address, msg.admission, msg.contributors)
  );
}
