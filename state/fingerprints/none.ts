import type { FingerprintLookup } from "../context.js";

/** An empty index: for checks and chains without contributions. */
export const NO_FINGERPRINTS: FingerprintLookup = {
  senior: () => undefined,
  claim: () => undefined,
  place: () => undefined,
};
