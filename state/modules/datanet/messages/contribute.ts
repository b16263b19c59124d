import { intentCommitment } from "#proto/attribution/commitment.js";
import { present } from "#proto/assert.js";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { firstProblem, hashProblem, rangeProblem, signerAddress, textProblem } from "../../../fields.js";
import { storedAmount, take } from "../bonds.js";
import { admissions, statuses } from "../codes.js";
import { datanetErrors } from "../errors.js";
import { allowed, byDatanet, byOwner, commitments, contents, counts, expiries, nextContributionId } from "../keys.js";
import { limits } from "../limits.js";
import { countsOf, datanetOf, termsOf, type Contribution, type Datanet } from "../records.js";
import { openDatanet } from "./update.js";
import { extendUpload, newUpload, storeChunk } from "../upload.js";

type MsgContribute = Messages["tributary.datanet.v1.MsgContribute"];
type Commitment = Messages["tributary.datanet.v1.Commitment"];
const response = message("tributary.datanet.v1.MsgContributeResponse");

/** Opens a commitment and stores the first chunk. Needs, effects and rejections: README, Contribute. */
export function contribute(context: Context, msg: MsgContribute): Bytes | Rejection {
  const { view, block } = context;
  const owner = signerAddress(context.address, msg.owner);
  const datanet = datanetOf(view, msg.datanetId);
  if (datanet === undefined) return reject(datanetErrors.unknownDatanet, { datanet_id: msg.datanetId });
  const open = openDatanet(datanet);
  if (isRejection(open)) return open;
  const refused =
    checkFormat(datanet, msg) ??
    checkAdmission(context, datanet, owner) ??
    checkTerms(context, datanet, msg) ??
    checkPlace(context, datanet, msg);
  if (refused !== undefined) return refused;
  const commitment = intentCommitment({ fpRoot: msg.fpRoot, contentRoot: msg.contentRoot, owner, nonce: msg.nonce });
  const intent = openedIntent(context, owner, commitment, msg.fpCount);
  if (isRejection(intent)) return intent;
  const id = nextContributionId.get(view, []) ?? 1n;
  const contribution = newContribution(msg, datanet, id, intent, block.height);
  const upload = extendUpload(context, contribution, newUpload(block.height), msg.fingerprints);
  if (isRejection(upload)) return upload;
  const unpaid = take(context, owner, storedAmount(datanet.bond));
  if (unpaid !== undefined) return unpaid;

  const now = countsOf(view, datanet.id);
  nextContributionId.put(view, [], id + 1n);
  commitments.delete(view, [owner, commitment]);
  expiries.delete(view, [intent.height + limits.commitmentBlocks, owner, commitment]);
  contents.put(view, [datanet.id, msg.contentRoot], id);
  counts.put(view, [datanet.id], { ...now, contributions: now.contributions + 1 });
  byDatanet.put(view, [datanet.id, id], true);
  byOwner.put(view, [owner, id], true);
  context.emit("datanet.contribute", {
    contribution_id: String(id),
    datanet_id: String(datanet.id),
    owner: msg.owner,
    content_root: toHex(msg.contentRoot),
    intent_height: String(intent.height),
    intent_index: String(intent.index),
    terms_version: String(msg.termsVersion),
    bond: datanet.bond,
  });
  const stored = storeChunk(context, datanet, contribution, upload, msg.fingerprints);
  return response.encode({ contributionId: id, complete: stored.completeHeight !== 0n });
}

/** The datanet's rules for content, as far as the chain can check them. */
function checkFormat(datanet: Datanet, msg: MsgContribute): Rejection | undefined {
  const bytesMax = datanet.contentBytesMax === 0n ? limits.contentBytes : datanet.contentBytesMax;
  const fingerprintsMax = Math.min(limits.fingerprintsPerContribution, msg.tokenCount);
  const problem = firstProblem(
    hashProblem("nonce", msg.nonce),
    hashProblem("content_root", msg.contentRoot),
    hashProblem("fp_root", msg.fpRoot),
    hashProblem("terms_hash", msg.termsHash),
    textProblem("title", msg.title, 1, limits.titleBytes),
    rangeProblem("content_bytes", msg.contentBytes, 1n, bytesMax),
    rangeProblem("record_count", msg.recordCount, 1, limits.records),
    // A text has fewer windows than tokens, and a set has each window once.
    rangeProblem("fp_count", msg.fpCount, 1, fingerprintsMax),
  );
  if (problem !== undefined) return reject(datanetErrors.invalidField, problem);
  if (datanet.mediaTypes.includes(msg.mediaType)) return undefined;
  return reject(datanetErrors.invalidField, { field: "media_type", want: datanet.mediaTypes.join(" or ") });
}

function checkAdmission({ view }: Context, datanet: Datanet, owner: Bytes): Rejection | undefined {
  if (datanet.admission !== admissions.allowList || allowed.has(view, [datanet.id, owner])) return undefined;
  return reject(datanetErrors.notAdmitted, { datanet_id: datanet.id, why: "the owner is not on its allow-list" });
}

/** Consent is to the exact current terms: a change while the transaction is on its way does not bind the contributor. */
function checkTerms({ view }: Context, datanet: Datanet, msg: MsgContribute): Rejection | undefined {
  const { termsVersion: current } = datanet;
  if (msg.termsVersion !== current) {
    return reject(datanetErrors.termsOutdated, { terms_version: msg.termsVersion, current });
  }
  const { hash } = present(termsOf(view, datanet.id, current), "a datanet has terms");
  if (equalBytes(hash, msg.termsHash)) return undefined;
  return reject(datanetErrors.wrongTermsHash, { terms_hash: toHex(msg.termsHash), want: toHex(hash) });
}

function checkPlace({ view }: Context, datanet: Datanet, msg: MsgContribute): Rejection | undefined {
  const earlier = contents.get(view, [datanet.id, msg.contentRoot]);
  if (earlier !== undefined) return reject(datanetErrors.duplicateContent, { contribution_id: earlier });
  const max = datanet.contributionsMax === 0 ? limits.contributionsPerDatanet : datanet.contributionsMax;
  return countsOf(view, datanet.id).contributions < max ? undefined : reject(datanetErrors.datanetFull, { max });
}

function openedIntent(
  { view, block }: Context,
  owner: Bytes,
  commitment: Bytes,
  fpCount: number,
): Commitment | Rejection {
  const intent = commitments.get(view, [owner, commitment]);
  if (intent === undefined) {
    const why = "no open commitment of this owner is the hash of fp_root, content_root, owner and nonce";
    return reject(datanetErrors.commitmentMismatch, { why });
  }
  if (intent.height === block.height) return reject(datanetErrors.intentTooRecent, { intent_height: intent.height });
  if (intent.fpCount !== fpCount) {
    const why = `the commitment reserved ${intent.fpCount} fingerprints, not ${fpCount}`;
    return reject(datanetErrors.commitmentMismatch, { why });
  }
  const last = intent.height + limits.commitmentBlocks;
  return block.height <= last ? intent : reject(datanetErrors.commitmentExpired, { last_height: last });
}

function newContribution(
  msg: MsgContribute,
  datanet: Datanet,
  id: bigint,
  intent: Commitment,
  height: bigint,
): Contribution {
  const { contentRoot, contentBytes, recordCount, mediaType, title, termsVersion, termsHash } = msg;
  const { owner, fpRoot, fpCount, tokenCount } = msg;
  return {
    ...{ id, datanetId: datanet.id, owner, intentHeight: intent.height, intentIndex: intent.index },
    ...{ contentRoot, contentBytes, recordCount, mediaType, title, termsVersion, termsHash },
    ...{ fpRoot, fpCount, tokenCount, status: statuses.uploading, bond: datanet.bond },
    ...{ createdHeight: height, completeHeight: 0n, firstCommitted: 0, decidedHeight: 0n, reason: 0 },
    ...{ withdrawnHeight: 0n, active: [], firstRelease: 0, lastRelease: 0, deposit: intent.deposit, contests: 0 },
  };
}
