import type { Module } from "../../module.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { invariants } from "./invariants.js";
import { messages } from "./messages/index.js";
import { queries } from "./queries.js";
import { completeDue } from "./unbondings.js";
import { validatorUpdates } from "./updates.js";

export { operatorAccount } from "./messages/rows.js";
export { status, validatorByConsensus, findValidator, type Validator } from "./records.js";
export { jail, slash, unjail } from "./slash.js";
export { stakeOf } from "./stake.js";

/** Owns validators and what is bonded to them. Who is punished, and for what, is slashing's. */
export const staking: Module = {
  name: "staking",
  prefix: 0x03,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  endBlock(context) {
    completeDue(context);
    return validatorUpdates(context);
  },
  invariants,
};
