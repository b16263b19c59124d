import type { MessageRow } from "../../../module.js";
import { cancelUnbonding } from "./cancel.js";
import { createValidator } from "./create.js";
import { delegate } from "./delegate.js";
import { editValidator } from "./edit.js";
import { beginRedelegate } from "./redelegate.js";
import { undelegate } from "./undelegate.js";

/** Messages of the module (README). */
export const messages: readonly MessageRow[] = [
  createValidator,
  editValidator,
  delegate,
  undelegate,
  cancelUnbonding,
  beginRedelegate,
];
