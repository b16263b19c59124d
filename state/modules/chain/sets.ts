import { assert, present } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { applyUpdates } from "#proto/types/validator-updates.js";
import {
  fromMessage,
  rotate,
  toMessage,
  type Validator,
  type ValidatorSet,
  type ValidatorSetMessage,
} from "#proto/types/validators.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { upcoming, validators } from "./keys.js";

/** The set that decides the next height, with the priorities of its round 0. */
export function nextValidators(view: ReadView): ValidatorSet {
  return stored(validators.get(view, []));
}

/** The set that decides the height after the next one, with the priorities of its round 0. */
export function upcomingValidators(view: ReadView): ValidatorSet {
  return stored(upcoming.get(view, []));
}

function stored(message: ValidatorSetMessage | undefined): ValidatorSet {
  const set = fromMessage(present(message, "genesis has written the validators"));
  assert(!isRejection(set), "a stored validator set is whole");
  return set;
}

/** The first two heights are decided by the validators of genesis. */
export function putGenesisValidators(view: WriteView, set: ValidatorSet): void {
  validators.put(view, [], toMessage(set));
  upcoming.put(view, [], toMessage(rotate(set).next));
}

/**
 * The end of height H: the set that was fixed for H + 1 comes next, and what the block changed applies from H + 2 (V1).
 * @throws AssertionError for updates that V2 rejects: the module that makes them has to check that
 */
export function turnValidators(view: WriteView, updates: readonly Validator[]): void {
  const fixed = upcomingValidators(view);
  const updated = applyUpdates(fixed, updates);
  assert(!isRejection(updated), "the module that made the validator updates has checked them");
  validators.put(view, [], toMessage(fixed));
  upcoming.put(view, [], toMessage(rotate(updated).next));
}
