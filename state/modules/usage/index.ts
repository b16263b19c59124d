import type { Module } from "../../module.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { invariants } from "./invariants.js";
import { messages } from "./messages.js";
import { queries } from "./queries.js";
export { usageErrors } from "./errors.js";

/** Owns channels and the redemption of vouchers. Where the withheld fee goes next is attribution's. */
export const usage: Module = {
  name: "usage",
  prefix: 0x12,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  invariants,
};
