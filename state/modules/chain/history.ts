import { assert, present } from "#proto/assert.js";
import type { PastBlock } from "#proto/evidence/ground.js";
import { isExpired } from "#proto/evidence/judge.js";
import { isRejection } from "#proto/rejection.js";
import type { ConsensusParams } from "#proto/types/block.js";
import { sameKeysAndPowers } from "#proto/types/validator-updates.js";
import { validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import type { BlockInfo } from "../../context.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { pasts, pastSets, validators } from "./keys.js";

/**
 * What evidence is judged by, in the state itself: every validator has the same of it, whatever it prunes. A height stays
 * until evidence of it is too old in blocks and in time (E2).
 */

/** Twice what a block adds, so that a longer backlog shrinks. */
const FORGOTTEN_PER_BLOCK = 2;

/** Time (unix milliseconds) and hash of a height for which evidence may still come. */
export function pastBlock(view: ReadView, height: bigint): PastBlock | undefined {
  return pasts.get(view, [height]);
}

/** The set that decided a height for which evidence may still come; priorities are zero. */
export function validatorsAt(view: ReadView, height: bigint): ValidatorSet | undefined {
  const past = pasts.get(view, [height]);
  if (past === undefined) return undefined;
  const { validators } = present(pastSets.get(view, [past.validatorsFrom]), "a kept height has its validators");
  const set = validatorSet(validators);
  assert(!isRejection(set), "a stored validator set is whole");
  return set;
}

/** At the beginning of a height, while `validators` is still who decided it. */
export function rememberBlock(view: WriteView, { height, time, hash }: BlockInfo): void {
  const current = present(validators.get(view, []), "genesis has written the validators").validators;
  const before = pasts.get(view, [height - 1n])?.validatorsFrom;
  const same = before !== undefined && sameKeysAndPowers(pastSets.get(view, [before])!.validators, current);
  if (!same) pastSets.put(view, [height], { validators: current });
  pasts.put(view, [height], { time, hash, validatorsFrom: same ? before : height });
}

/** Deletes at most two past heights whose evidence is expired, and their sets. */
export function forgetExpired(view: WriteView, block: BlockInfo, params: ConsensusParams): void {
  for (const [[height], past] of [...pasts.range(view, { limit: FORGOTTEN_PER_BLOCK })]) {
    if (!isExpired(params, { height, time: past.time }, block)) return;
    pasts.delete(view, [height]);
    const kept = pasts.get(view, [height + 1n])?.validatorsFrom;
    if (kept !== past.validatorsFrom) pastSets.delete(view, [past.validatorsFrom]);
  }
}

/** Invariant: each past height has its validator set, and no set is unused. */
export function everyHeightHasItsSet(view: ReadView): string | undefined {
  const used = new Set<bigint>();
  for (const [[height], { validatorsFrom }] of pasts.range(view)) {
    used.add(validatorsFrom);
    if (!pastSets.has(view, [validatorsFrom])) return `height ${height} has no validators`;
  }
  for (const [[from]] of pastSets.range(view)) {
    if (!used.has(from)) return `validators from ${from} on are of no height`;
  }
  return undefined;
}
