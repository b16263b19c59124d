import { randomBytes } from "node:crypto";
import { buildIndex } from "#state/fingerprints/index.js";
import { completedAt, fingerprintChunks } from "#state/modules/datanet/index.js";
import type { Base } from "#state/store/base.js";
import type { ChainFingerprints } from "./chain/chain.js";

/** The index of who holds a fingerprint, built from the state and extended with what each commit completed. */
export function fingerprintsOf(base: Base, seed: Uint8Array = randomBytes(8)): ChainFingerprints {
  const index = buildIndex(base, seed);
  return {
    holders: (fingerprint) => index.holders(fingerprint),
    extend(after, height) {
      for (const id of completedAt(after, height)) {
        for (const chunk of fingerprintChunks(after, id)) index.add(id, chunk);
      }
    },
  };
}
