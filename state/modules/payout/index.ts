import type { Module } from "../../module.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { invariants } from "./invariants.js";
import { matureDue, releaseDue } from "./mature.js";
import { messages } from "./messages.js";
import { payQueued } from "./pay.js";
import { queries } from "./queries.js";

export { payTotals } from "./accounts.js";
export { bookCredit, receiveBatch } from "./book.js";
export { controllerAt } from "./controllers.js";
export { correct, type Correction } from "./correct.js";
export { payoutErrors } from "./errors.js";
export { kinds as payKinds } from "./types.js";

/** Owns the ledger of what is pending, matured and paid, and the keys that pay follows. What is owed is attribution's. */
export const payout: Module = {
  name: "payout",
  prefix: 0x14,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  endBlock(context) {
    matureDue(context);
    releaseDue(context);
    payQueued(context);
  },
  invariants,
};
