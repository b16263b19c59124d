import { present } from "#proto/assert.js";
import type { ReadView } from "../../store/view.js";
import { params } from "./keys.js";
import type { Params } from "./types.js";

/** Of a development chain; a genesis file says its own. */
export const DEFAULT_PARAMS: Params = {
  holdBackMs: 10_000n,
  accrualMs: 10_000n,
  accrualSteps: 10,
  paymentMin: 1_000n,
  rowsPerBlock: 200,
  keyChangeDelayMs: 10_000n,
};

/** Parameters in force. Asserts that genesis has written them. */
export function paramsOf(view: ReadView): Params {
  return present(params.get(view, []), "genesis has written the parameters");
}
