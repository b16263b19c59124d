import type { AnswerWindows } from "./cover.js";
import type { WindowVerdicts } from "./judge.js";
import { residualReasons } from "./reasons.js";
import { NONE } from "./windows.js";

/**
 * By token that is residual because no contribution is eligible: the most senior first committer of the windows over it, or NONE.
 * A use without a licence that its owner can show.
 */
export function unlicensedUses(
  { ids, ends }: AnswerWindows,
  { first }: WindowVerdicts,
  ranks: Uint32Array,
  reason: Uint8Array,
): Int32Array {
  const uses = new Int32Array(ids.length).fill(NONE);
  let from = 0;
  for (let token = 0; token < ids.length; token++) {
    while (from < token && ends[from]! <= token) from++;
    if (reason[token] !== residualReasons.notEligible) continue;
    let most = NONE;
    for (let at = from; at <= token; at++) {
      const number = ids[at] === NONE ? NONE : first[ids[at]!]!;
      if (number !== NONE && (most === NONE || ranks[number]! < ranks[most]!)) most = number;
    }
    uses[token] = most;
  }
  return uses;
}
