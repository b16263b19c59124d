import { present } from "#proto/assert.js";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { datanetErrors } from "../errors.js";
import { allowed, datanets, terms } from "../keys.js";
import { datanetOf, termsOf, type Datanet, type Terms } from "../records.js";
import { checkAllowList, checkOwnRules } from "../rules.js";

const response = message("tributary.datanet.v1.MsgUpdateDatanetResponse");

/** The datanet unless it is closed. */
export function openDatanet(datanet: Datanet): Datanet | Rejection {
  const { id, closedHeight } = datanet;
  if (closedHeight === 0n) return datanet;
  return reject(datanetErrors.datanetClosed, { datanet_id: id, closed_height: closedHeight });
}

/** The datanet, when it exists, is not closed and `signer` created it. */
export function ownDatanet({ view }: Context, id: bigint, signer: string): Datanet | Rejection {
  const datanet = datanetOf(view, id);
  if (datanet === undefined) return reject(datanetErrors.unknownDatanet, { datanet_id: id });
  if (datanet.creator !== signer) return reject(datanetErrors.notCreator, { signer, creator: datanet.creator });
  return openDatanet(datanet);
}

/** Replaces the fields that a datanet's creator can change. README, UpdateDatanet. */
export function updateDatanet(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgUpdateDatanet"],
): Bytes | Rejection {
  const { view, address } = context;
  const id = msg.datanetId;
  const datanet = ownDatanet(context, id, msg.creator);
  if (isRejection(datanet)) return datanet;
  const refused = checkOwnRules(msg, datanet.admission) ?? checkAllowList(address, datanet.admission, msg.contributors);
  if (refused !== undefined) return refused;
  const current = present(termsOf(view, id, datanet.termsVersion), "a datanet has terms");

  const next = nextTerms(context, current, msg);
  terms.put(view, [id, next.version], next);
  const { title, cardHash, cardUri, mediaTypes, contentBytesMax, contributionsMax, bond } = msg;
  datanets.put(view, [id], {
    ...{ ...datanet, title, cardHash, cardUri, mediaTypes, contentBytesMax, contributionsMax, bond },
    termsVersion: next.version,
  });
  replaceAllowList(context, id, msg.contributors);
  context.emit("datanet.update", { datanet_id: String(id), terms_version: String(next.version) });
  return response.encode({ termsVersion: next.version });
}

/** Other words or another treasury share are other terms. Where the words are found may change: their hash pins them. */
function nextTerms({ block }: Context, current: Terms, msg: Messages["tributary.datanet.v1.MsgUpdateDatanet"]): Terms {
  const { termsHash: hash, termsUri: uri, treasuryBasisPoints } = msg;
  const same = equalBytes(hash, current.hash) && treasuryBasisPoints === current.treasuryBasisPoints;
  if (same) return { ...current, uri };
  return { ...current, version: current.version + 1, hash, uri, treasuryBasisPoints, height: block.height };
}

/** Writes only what differs: a list that stays costs reads. */
function replaceAllowList({ view, address }: Context, id: bigint, contributors: readonly string[]): void {
  const wanted = new Map<string, Bytes>();
  for (const text of contributors) {
    const parsed = present(address.parse(text), "the list was checked");
    wanted.set(toHex(parsed), parsed);
  }
  for (const [[, member]] of [...allowed.range(view, { prefix: [id] })]) {
    if (!wanted.delete(toHex(member))) allowed.delete(view, [id, member]);
  }
  for (const member of wanted.values()) allowed.put(view, [id, member], true);
}
