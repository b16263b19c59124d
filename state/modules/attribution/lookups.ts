import { present } from "#proto/assert.js";
import type { CreditLookups } from "#proto/attribution/credit.js";
import { creditLookups } from "#proto/attribution/standing.js";
import { u64be } from "#proto/bytes.js";
import type { FingerprintLookup } from "../../context.js";
import type { ReadView } from "../../store/view.js";
import { contributionOf } from "../datanet/index.js";
import { licenceOf, versionOf } from "../model/index.js";
import { common } from "./keys.js";
import type { Batch } from "./types.js";

/**
 * What the rule knows of a batch: the state as it was when the batch was formed, whenever it is settled. The index may hold
 * later contributions; they were not complete before that height and do not count.
 */
export function lookupsOf(view: ReadView, fingerprints: FingerprintLookup, batch: Batch): CreditLookups {
  const version = present(versionOf(view, batch.versionId), "a batch is of a published version");
  const world = {
    contribution: (id: bigint) => present(contributionOf(view, id), "the index holds contributions of the state"),
    holders: (fingerprint: bigint) => fingerprints.holders(u64be(fingerprint)),
    common: (fingerprint: bigint) => common.has(view, [fingerprint]),
    licensed: licenceOf(view, version),
  };
  return creditLookups(world, version, batch.formedHeight);
}
