import type { Module } from "../../module.js";
import { exportGenesis, initGenesis } from "./genesis.js";
import { recordNewcomers } from "./infos.js";
import { invariants } from "./invariants.js";
import { messages } from "./messages.js";
import { punish } from "./punish.js";
import { queries } from "./queries.js";

export { isTombstoned } from "./infos.js";

/** Owns what becomes of validators that broke their promise: signing infos and the parameters of punishment. */
export const slashing: Module = {
  name: "slashing",
  prefix: 0x04,
  messages,
  queries,
  initGenesis,
  exportGenesis,
  beginBlock(context) {
    recordNewcomers(context.view, context.block.height);
    for (const offence of context.block.misbehaviour) punish(context, offence);
  },
  invariants,
};
