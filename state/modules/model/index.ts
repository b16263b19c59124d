import type { Module } from "../../module.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { invariants } from "./invariants.js";
import { messages } from "./messages/index.js";
import { queries } from "./queries.js";

export {
  canOpen,
  canRedeem,
  datanetsOf,
  feeSharesOf,
  isEligible,
  licenceOf,
  ownerOfVersion,
  versionOf,
} from "./records.js";

/** Owns models, their versions, lineage, stages and evaluations. Fees of their use are usage's, data are datanet's. */
export const model: Module = {
  name: "model",
  prefix: 0x11,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  invariants,
};
