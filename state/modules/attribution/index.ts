import type { Module } from "../../module.js";
import { advanceEpochs } from "./epochs.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { invariants } from "./invariants.js";
import { messages } from "./messages.js";
import { queries } from "./queries.js";
import { settleDue } from "./settle-due.js";

export { attributionErrors } from "./errors.js";
export { enterVoucher } from "./enter.js";
export { newestRows } from "./invariants.js";
export { paramsOf as batchParams } from "./params.js";
export { providerRecord } from "./record.js";
export { batchTotals } from "./totals.js";
export { unsettledHeights } from "./unsettled.js";

/** Owns batches, samples, openings, credits and the residual. Channels are usage's, who is paid when is payout's. */
export const attribution: Module = {
  name: "attribution",
  prefix: 0x13,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  endBlock(context) {
    advanceEpochs(context);
    settleDue(context);
  },
  invariants,
};
