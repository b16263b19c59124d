import { present } from "#proto/assert.js";
import type { ReadView } from "../../store/view.js";
import { due, epochs, waiting } from "./keys.js";

/**
 * Heights at which batches were formed that are not settled, ascending; some of batches that have been settled early may
 * still be among them. One row for each epoch that waits for its beacon or its deadline.
 */
export function unsettledHeights(view: ReadView): bigint[] {
  const numbers: bigint[] = [];
  for (const [[number]] of waiting.range(view)) numbers.push(number);
  for (const [[, number]] of due.range(view)) numbers.push(number);
  const heights = numbers.map((number) => present(epochs.get(view, [number]), "it was formed").formedHeight);
  return heights.sort((a, b) => (a < b ? -1 : 1));
}
