import type { Module } from "../../module.js";
import { messages } from "./messages/index.js";

export {
  canOpen,
  canRedeem,
  feeSharesOf,
  isEligible,
  licenceOf,
  modelOf,
  ownerOfVersion,
  versionOf,
  type Model,
  type Version,
} from "./records.js";

/** Owns models, their versions, lineage, stages and evaluations. Fees of their use are usage's, data are datanet's. */
export const model: Module = {
  name: "model",
  prefix: 0x11,
  messages,
  queries: {},
  initGenesis: () => undefined,
  exportGenesis: () => ({}),
  invariants: {},
};
