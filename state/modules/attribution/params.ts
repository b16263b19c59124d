import { present } from "#proto/assert.js";
import type { ReadView } from "../../store/view.js";
import { params } from "./keys.js";
import type { Params } from "./types.js";

/** Of a development chain; a genesis file says its own. */
export const DEFAULT_PARAMS: Params = {
  epochBlocks: 10n,
  sampleMax: 16,
  windowBlocks: 20n,
  wholeReceiptsMax: 256,
  batchVouchersMax: 1_024,
  settleWorkPerBlock: 400_000,
  /** 14 days at 1 s. */
  linkedBlocks: 1_209_600n,
};

/** Parameters in force. Asserts that genesis has written them. */
export function paramsOf(view: ReadView): Params {
  return present(params.get(view, []), "genesis has written the parameters");
}
