import { AssertionError } from "#proto/assert.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { fromMessage, type ValidatorSet, type ValidatorSetMessage } from "#proto/types/validators.js";
import type { Tip } from "../chain/types.js";

/** The set that decides the height after a tip. */
export const validatorsOf = (tip: Tip): ValidatorSet => ownSet(tip.validators);

/** The set of the height after the one that consensus works on, which is settled a height ahead. Read once a height. */
export class NextValidators {
  #known: { readonly height: bigint; readonly set: ValidatorSet } | undefined;

  /** @param current the height that consensus works on */
  after(current: bigint, tip: Tip | undefined): ValidatorSet | undefined {
    if (tip === undefined) return undefined;
    const height = current + 1n;
    if (this.#known?.height === height) return this.#known.set;
    // A tip of this very height has come when the height is decided and committed, and not left yet.
    const message =
      height === tip.height + 2n ? tip.nextValidators : height === tip.height + 1n ? tip.validators : undefined;
    if (message === undefined) return undefined;
    this.#known = { height, set: ownSet(message) };
    return this.#known.set;
  }
}

function ownSet(message: ValidatorSetMessage): ValidatorSet {
  const set = fromMessage(message);
  if (isRejection(set)) throw new AssertionError(`the chain's own validator set: ${rejectionText(set)}`);
  return set;
}
