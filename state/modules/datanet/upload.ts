import { mulDivFloor, BASIS_POINTS } from "#proto/amount.js";
import { present } from "#proto/assert.js";
import { compareBytes, equalBytes, readU32be, toHex, type Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { FINGERPRINT_BYTES, fingerprintCount } from "#proto/attribution/packed.js";
import { extendFrontier, frontierRoot } from "#proto/attribution/set-frontier.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { GAS } from "../../gas.js";
import { returnBond, storedAmount } from "./bonds.js";
import { admissions, statuses } from "./codes.js";
import { accept, leavePlace } from "./decide.js";
import { chargeChange, endDeposit, freeCapacity, lostTenth } from "./deposits.js";
import { datanetErrors } from "./errors.js";
import { chunks, contributions, standingChanges, uploadExpiries, uploads } from "./keys.js";
import { limits } from "./limits.js";
import { contributionOf, type Contribution, type Datanet } from "./records.js";

/** Progress of an incomplete contribution. */
export type Upload = Messages["tributary.datanet.v1.Upload"];

/** An upload without chunks. @param height of Contribute */
export const newUpload = (height: bigint): Upload => ({
  chunks: 0,
  fingerprints: 0,
  last: new Uint8Array(0),
  peaks: [],
  firstCommitted: 0,
  deadline: height + limits.uploadBlocks,
});

/** The upload behind one more chunk, or why the chunk is refused. The last chunk must make the committed set. */
export function extendUpload(
  context: Context,
  contribution: Contribution,
  upload: Upload,
  packed: Bytes,
): Upload | Rejection {
  const malformed = chunkProblem(contribution, upload, packed);
  if (malformed !== undefined) return malformed;
  const count = packed.length / FINGERPRINT_BYTES;
  context.charge(GAS.perHash * BigInt(2 * count)); // A leaf and, on average, a node for each.
  const frontier = extendFrontier({ count: upload.fingerprints, peaks: upload.peaks }, packed);
  if (frontier.count === contribution.fpCount) {
    const root = frontierRoot(frontier);
    if (!equalBytes(root, contribution.fpRoot)) {
      const have = `the fingerprints make ${toHex(root)}`;
      return reject(datanetErrors.wrongFingerprintRoot, { fp_root: toHex(contribution.fpRoot), have });
    }
  }
  return {
    chunks: upload.chunks + 1,
    fingerprints: frontier.count,
    last: packed.slice(-FINGERPRINT_BYTES),
    peaks: [...frontier.peaks],
    firstCommitted: upload.firstCommitted + countFirstCommitted(context, contribution, packed),
    deadline: upload.deadline,
  };
}

function chunkProblem({ fpCount }: Contribution, upload: Upload, packed: Bytes): Rejection | undefined {
  const bad = (want: string): Rejection => reject(datanetErrors.malformedFingerprints, { field: "fingerprints", want });
  if (packed.length === 0 || packed.length % FINGERPRINT_BYTES !== 0) {
    return bad(`whole fingerprints of ${FINGERPRINT_BYTES} bytes, at least one`);
  }
  if (packed.length > limits.chunkBytes) return bad(`at most ${limits.chunkBytes} bytes in one chunk`);
  const left = fpCount - upload.fingerprints - packed.length / FINGERPRINT_BYTES;
  if (left < 0) return bad(`${fpCount} in all, as fp_count says`);
  if (left > 0 && upload.chunks + 1 >= limits.chunksPerContribution) {
    return bad(`all ${fpCount} in ${limits.chunksPerContribution} chunks: larger chunks`);
  }
  let previous = upload.last;
  for (let at = 0; at < packed.length; at += FINGERPRINT_BYTES) {
    const current = packed.subarray(at, at + FINGERPRINT_BYTES);
    if (previous.length > 0 && compareBytes(previous, current) >= 0) {
      const index = upload.fingerprints + at / FINGERPRINT_BYTES;
      return bad(`strictly ascending over all chunks; fingerprint ${index} is not above the one before`);
    }
    previous = current;
  }
  return undefined;
}

/** Number of fingerprints without a standing contribution of an earlier intent after the previous block. */
function countFirstCommitted(context: Context, own: Contribution, packed: Bytes): number {
  const { view, fingerprints } = context;
  context.charge(GAS.perWindowLookup * BigInt(fingerprintCount(packed)));
  const earlier = new Map<number, boolean>();
  const isEarlier = (id: number): boolean => {
    let answer = earlier.get(id);
    if (answer === undefined) {
      const { intentHeight, intentIndex } = present(contributionOf(view, BigInt(id)), "the index names contributions");
      answer = intentHeight < own.intentHeight || (intentHeight === own.intentHeight && intentIndex < own.intentIndex);
      earlier.set(id, answer);
    }
    return answer;
  };
  let count = 0;
  for (let at = 0; at < packed.length; at += FINGERPRINT_BYTES) {
    const senior = fingerprints.senior(readU32be(packed, at), readU32be(packed, at + 4));
    if (senior === undefined || !isEarlier(senior)) count++;
  }
  return count;
}

/** Share of its fingerprints that it committed first, in basis points, rounded down. Below 10,000 it has near-duplicates. */
export function firstCommittedShare({ firstCommitted, fpCount }: Contribution): number {
  return Number(mulDivFloor(BigInt(firstCommitted), BASIS_POINTS, BigInt(fpCount)));
}

/** Writes one chunk and where the upload stands; with the last one the contribution is complete and awaits its decision. */
export function storeChunk(
  context: Context,
  datanet: Datanet,
  contribution: Contribution,
  upload: Upload,
  packed: Bytes,
): Contribution {
  const { view, block } = context;
  const { id } = contribution;
  chunks.put(view, [id, upload.chunks - 1], packed);
  if (upload.fingerprints < contribution.fpCount) {
    uploads.put(view, [id], upload);
    uploadExpiries.put(view, [upload.deadline, id], true);
    contributions.put(view, [id], contribution);
    return contribution;
  }
  if (upload.chunks > 1) {
    uploads.delete(view, [id]);
    uploadExpiries.delete(view, [upload.deadline, id]);
  }
  chargeChange(context, contribution);
  standingChanges.put(view, [block.height, id], true);
  const complete: Contribution = {
    ...contribution,
    status: statuses.inReview,
    completeHeight: block.height,
    firstCommitted: upload.firstCommitted,
  };
  contributions.put(view, [id], complete);
  context.emit("datanet.complete", {
    contribution_id: String(id),
    datanet_id: String(contribution.datanetId),
    owner: contribution.owner,
    fingerprints: String(complete.fpCount),
    first_committed: String(complete.firstCommitted),
    first_committed_basis_points: String(firstCommittedShare(complete)),
  });
  return datanet.admission === admissions.curated ? complete : accept(context, complete, datanet.admission);
}

/** Forgets an incomplete upload: its chunks were never in the index. A tenth of its deposit is lost. */
export function giveUp(context: Context, contribution: Contribution, upload: Upload, status: number): Contribution {
  const { view, block } = context;
  const { id, fpCount, deposit } = contribution;
  for (let index = 0; index < upload.chunks; index++) chunks.delete(view, [id, index]);
  uploads.delete(view, [id]);
  uploadExpiries.delete(view, [upload.deadline, id]);
  freeCapacity(view, fpCount);
  const returned = endDeposit(context, returnBond(context, contribution), lostTenth(storedAmount(deposit)));
  const over: Contribution = { ...returned, status, withdrawnHeight: block.height };
  contributions.put(view, [id], over);
  leavePlace(context, contribution);
  return over;
}
