import { present } from "#proto/assert.js";
import type { CreditLookups, Holder } from "#proto/attribution/credit.js";
import { u64be } from "#proto/bytes.js";
import type { FingerprintLookup } from "../../context.js";
import type { ReadView } from "../../store/view.js";
import { activeAt, contributionOf, type Contribution } from "../datanet/index.js";
import { licenceOf, versionOf } from "../model/index.js";
import { common } from "./keys.js";
import type { Batch } from "./types.js";

/**
 * What the rule knows of a batch: the state as it was when the batch was formed, whenever it is settled. The index may hold
 * later contributions; they were not complete before that height and do not count. Each contribution is read once.
 */
export function lookupsOf(view: ReadView, fingerprints: FingerprintLookup, batch: Batch): CreditLookups {
  const { versionId, formedHeight } = batch;
  const version = present(versionOf(view, versionId), "a batch is of a published version");
  const licensed = licenceOf(view, version);
  const known = new Map<bigint, Candidate>();
  const candidate = (id: bigint): Candidate => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const contribution = present(contributionOf(view, id), "the index holds contributions of the state");
    const made = {
      holder: wasHolder(contribution, formedHeight) ? holderOf(contribution) : undefined,
      licensed: licensed(contribution),
    };
    known.set(id, made);
    return made;
  };
  return {
    versionHeight: version.height,
    common: (fingerprint) => common.has(view, [fingerprint]),
    licensed: (contribution) => candidate(contribution).licensed,
    holders(fingerprint) {
      const holders: Holder[] = [];
      for (const id of fingerprints.holders(u64be(fingerprint))) {
        const { holder } = candidate(id);
        if (holder !== undefined) holders.push(holder);
      }
      return holders;
    },
  };
}

interface Candidate {
  readonly holder: Holder | undefined;
  readonly licensed: boolean;
}

function wasHolder(contribution: Contribution, height: bigint): boolean {
  const { completeHeight } = contribution;
  return completeHeight > 0n && completeHeight < height && activeAt(contribution, height);
}

function holderOf({ id, intentHeight, intentIndex }: Contribution): Holder {
  return { contribution: id, intentHeight, intentIndex };
}
