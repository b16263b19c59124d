import { intentCommitment } from "#proto/attribution/commitment.js";
import { fingerprintChunks, prepareContribution, type PreparedContribution } from "#proto/attribution/contribution.js";

import { utf8, type Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { contributionNonce } from "../../contribute/plan.js";
import type { DevelopmentKey } from "../../dev/guard.js";
import { CliFault } from "../../fault.js";
import type { Submission } from "./submissions.js";

/** A submission with everything that goes on chain; the text itself stays with its owner. */
export interface Prepared extends Submission, PreparedContribution {
  /** The fingerprints in records of at most 64 kB. */
  readonly chunks: readonly Bytes[];
  readonly nonce: Bytes;
  readonly commitment: Bytes;
}

/** An address is one record. @throws CliFault(demo_text) for a text that cannot be fingerprinted */
export function prepare(
  submission: Submission,
  { address, secretKey }: Pick<DevelopmentKey, "address" | "secretKey">,
  datanetId: bigint,
): Prepared {
  const prepared = prepareContribution([utf8(submission.text)]);
  if (isRejection(prepared)) {
    throw new CliFault("demo_text", `"${submission.title}" cannot be contributed: ${rejectionText(prepared)}`);
  }
  const { fpRoot, contentRoot, fingerprints } = prepared;
  const nonce = contributionNonce(secretKey, datanetId, contentRoot);
  const commitment = intentCommitment({ fpRoot, contentRoot, owner: address, nonce });
  return { ...submission, ...prepared, chunks: fingerprintChunks(fingerprints), nonce, commitment };
}
