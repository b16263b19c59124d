import { concat, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { fingerprintChunks, prepareContribution, type PreparedContribution } from "#proto/attribution/contribution.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { checkProfile } from "#proto/attribution/token-hash.js";
import { TOKEN_WEIGHTS } from "#proto/attribution/tokens.js";
import { WINDOW_WEIGHT } from "#proto/attribution/windows.js";
import { hmacSha256 } from "#proto/crypto/hash.js";
import { FINGERPRINTS_PER_CONTRIBUTION_MAX } from "#proto/limits.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { usage } from "../fault.js";
import type { Datanet } from "./chain.js";
import type { ContributionFile } from "./files.js";

/** A file with everything that its contribution states. */
export interface PlannedFile {
  readonly file: ContributionFile;
  readonly prepared: PreparedContribution;
  readonly chunks: readonly Bytes[];
}

/** How long a window is, for people. */
export const WINDOW_WORDS = `${WINDOW_WEIGHT / TOKEN_WEIGHTS[0]} words, or ${WINDOW_WEIGHT / TOKEN_WEIGHTS[1]} Chinese characters`;

/** @throws CliFault(usage) naming the file: not text, too large, a media type that the datanet does not take */
export function planFile(file: ContributionFile, datanet: Datanet): PlannedFile {
  const unknown = checkProfile(datanet.normId);
  if (unknown !== undefined) throw usage(`datanet ${datanet.id}: ${rejectionText(unknown)}`, "use a newer tribd");
  if (datanet.mediaTypes.length > 0 && !datanet.mediaTypes.includes(file.mediaType)) {
    throw usage(
      `${file.path} is ${file.mediaType}, and the datanet takes ${datanet.mediaTypes.join(", ")}`,
      "--exclude leaves it out; --media-type says otherwise",
    );
  }
  const prepared = prepareContribution(file.records);
  if (isRejection(prepared)) {
    const isLarge = prepared.name === poaErrors.textTooLong.name || prepared.name === poaErrors.tooMany.name;
    const fix = isLarge ? "split it" : "only text in UTF-8 can be fingerprinted";
    throw usage(`${file.path}: ${rejectionText(prepared)}`, fix);
  }
  if (prepared.fpCount > FINGERPRINTS_PER_CONTRIBUTION_MAX) {
    throw usage(
      `${file.path} has ${prepared.fpCount} fingerprints, and a contribution holds ${FINGERPRINTS_PER_CONTRIBUTION_MAX}`,
      "split it",
    );
  }
  if (prepared.fpCount === 0) {
    throw usage(
      `${file.path} is too short: a window has ${WINDOW_WORDS}${prepared.recordCount > 1 ? ", and no record has as many" : ""}`,
    );
  }
  if (datanet.contentBytesMax !== 0n && prepared.contentBytes > datanet.contentBytesMax) {
    throw usage(
      `${file.path} has ${prepared.contentBytes} bytes, and the datanet takes ${datanet.contentBytesMax}`,
      "split it",
    );
  }
  return { file, prepared, chunks: fingerprintChunks(prepared.fingerprints) };
}

/**
 * 32 bytes that only the key's owner can make, the same each time: running the same command again finds its commitment
 * on the chain, and nothing has to be kept on this machine.
 */
export function contributionNonce(secretKey: Bytes, datanetId: bigint, contentRoot: Bytes): Bytes {
  return hmacSha256(secretKey, concat(utf8("tributary/contribution-nonce/1"), u64be(datanetId), contentRoot));
}

export function commitmentOf({ prepared }: PlannedFile, owner: Bytes, nonce: Bytes): Bytes {
  return intentCommitment({ fpRoot: prepared.fpRoot, contentRoot: prepared.contentRoot, owner, nonce });
}
