import type { Bytes } from "../../bytes.js";
import type { Committer, FirstClaim, WindowIndex } from "../lookups.js";
import { standAt, type Contribution } from "../standing.js";

/** An index that answers with ids of contributions, as of the height at which the batch was formed. */
export interface IdIndex {
  /** The first committer, negative if it does not have the window's place in its datanet; undefined without a standing contribution. */
  claim(high: number, low: number): number | undefined;
  place(datanet: bigint, high: number, low: number): number | undefined;
}

/** The records behind the ids. Validators read their state, other verifiers proven bytes. */
export interface Records {
  contribution(id: bigint): Contribution;
  /** The owner of now, replaced keys followed: 20 bytes. */
  ownerOf(contribution: Contribution): Bytes;
}

/**
 * The index that the rule asks, over one that knows ids alone; each contribution is read once.
 * @param formed height at which the batch was formed; what was accepted later has no place yet
 */
export function windowIndex(ids: IdIndex, records: Records, formed: bigint): WindowIndex {
  const claims = new Map<number, { readonly placed: FirstClaim; readonly only: FirstClaim }>();
  const claimsOf = (id: number): { readonly placed: FirstClaim; readonly only: FirstClaim } => {
    let made = claims.get(id);
    if (made === undefined) {
      const committer = committerOf(records, BigInt(id), formed);
      made = { placed: { committer, placed: true }, only: { committer, placed: false } };
      claims.set(id, made);
    }
    return made;
  };
  return {
    senior(high, low) {
      const id = ids.claim(high, low);
      if (id === undefined) return undefined;
      return id < 0 ? claimsOf(-id).only : claimsOf(id).placed;
    },
    place(datanet, high, low) {
      const id = ids.place(datanet, high, low);
      return id === undefined ? undefined : claimsOf(id).placed.committer;
    },
  };
}

function committerOf({ contribution: read, ownerOf }: Records, id: bigint, formed: bigint): Committer {
  const contribution = read(id);
  const { datanetId, intentHeight, intentIndex } = contribution;
  const { acceptedHeight } = standAt(contribution, formed);
  return {
    contribution: id,
    datanet: datanetId,
    owner: ownerOf(contribution),
    intentHeight,
    intentIndex,
    acceptedHeight: acceptedHeight === 0n ? undefined : acceptedHeight,
  };
}
