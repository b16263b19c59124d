import type { Module } from "../../module.js";
import { forgetExpired } from "./expire.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { invariants } from "./invariants.js";
import { messages } from "./messages/index.js";
import { queries } from "./queries.js";
export {
  admitsAnybody,
  allContributions,
  changedAt,
  contributionOf,
  creditTreasury,
  fingerprintChunks,
  holdForContest,
  holdsWithdrawn,
  inRelease,
  releaseContains,
  releaseOf,
  treasuryBasisPoints,
  treasuryOf,
  type Contribution,
} from "./records.js";

/** Owns datanets, contributions with their fingerprints, and releases. Models that use them are model's, pay is payout's. */
export const datanet: Module = {
  name: "datanet",
  prefix: 0x10,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  beginBlock: forgetExpired,
  invariants,
};
