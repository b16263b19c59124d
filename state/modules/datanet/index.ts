import type { Module } from "../../module.js";
import { forgetExpired } from "./expire.js";
import { messages } from "./messages/index.js";

export {
  activeAt,
  completeChunks,
  completedAt,
  contributionOf,
  creditTreasury,
  datanetOf,
  fingerprintChunks,
  inRelease,
  releaseContains,
  releaseOf,
  termsOf,
  treasuryBasisPoints,
  treasuryOf,
  type Contribution,
  type Datanet,
  type Release,
  type Terms,
} from "./records.js";

/** Owns datanets, contributions with their fingerprints, and releases. Models that use them are model's, pay is payout's. */
export const datanet: Module = {
  name: "datanet",
  prefix: 0x10,
  messages,
  beginBlock: forgetExpired,
  queries: {},
  initGenesis: () => undefined,
  exportGenesis: () => ({}),
  invariants: {},
};
