import type { Invariant } from "../../module.js";
import { upcomingValidators } from "../chain/index.js";
import { validatorByConsensus } from "../staking/index.js";
import { isTombstoned } from "./infos.js";
import { infos } from "./keys.js";

const tombstonedAreJailed: Invariant = (view) => {
  for (const [[address], { tombstoned }] of infos.range(view)) {
    const found = tombstoned ? validatorByConsensus(view, address) : undefined;
    if (found?.validator.jailed === false) return `${found.validator.operator} is tombstoned and not jailed`;
  }
  return undefined;
};

/** Exception: if no other validator is eligible, the set stays as it is. */
const tombstonedDecideNothing: Invariant = (view) => {
  const { members } = upcomingValidators(view);
  const convicted = members.filter(({ address }) => isTombstoned(view, address));
  if (convicted.length === 0) return undefined;
  const isFree = members.some(({ address }) => validatorByConsensus(view, address)?.validator.jailed === false);
  return isFree ? `${convicted.length} of those who decide next are tombstoned` : undefined;
};

/** Invariants of the module (README). */
export const invariants = { tombstonedAreJailed, tombstonedDecideNothing };
