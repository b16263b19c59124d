import { randomBytes } from "node:crypto";
import { buildIndex } from "#state/fingerprints/index.js";
import type { FingerprintLookup } from "#state/context.js";
import type { Base } from "#state/store/base.js";
import type { ChainFingerprints } from "./chain.js";

/** The index of who stands for a fingerprint, built from the state and extended with what each commit changed. */
export function fingerprintsOf(base: Base, seed: Uint8Array = randomBytes(8)): ChainFingerprints {
  return buildIndex(base, seed);
}

/** Heights that are taken over one by one; past more of them the index is built again. */
const FOLLOW_HEIGHTS_MAX = 100n;

/** As above for a reader of the state: built by the first lookup, since most queries need none, and brought up to each head. */
export function fingerprintsOnDemand(): (latest: Base, height: bigint) => FingerprintLookup {
  let index: ChainFingerprints | undefined;
  let reached = 0n;
  function upTo(latest: Base, height: bigint): ChainFingerprints {
    if (index === undefined || height - reached > FOLLOW_HEIGHTS_MAX) index = fingerprintsOf(latest);
    else for (let at = reached + 1n; at <= height; at++) index.extend(latest, at);
    reached = height;
    return index;
  }
  return (latest, height) => ({
    senior: (high, low, asOf) => upTo(latest, height).senior(high, low, asOf),
    claim: (high, low, asOf) => upTo(latest, height).claim(high, low, asOf),
    place: (datanet, high, low, asOf) => upTo(latest, height).place(datanet, high, low, asOf),
  });
}
