import { equalBytes, toHex } from "../bytes.js";
import { validatorAddress } from "../crypto/ed25519.js";
import { TOTAL_POWER_MAX, VALIDATORS_MAX } from "../limits.js";
import { reject, type Rejection } from "../rejection.js";
import {
  byPowerThenAddress,
  centred,
  scaled,
  validatorErrors,
  type Member,
  type Validator,
  type ValidatorSet,
} from "./validators.js";

/**
 * The set after a block's updates: power 0 removes a validator, an unknown key joins, a known key changes its power and
 * keeps its priority. A joining validator starts at -1.125 times the total power (V3), so that leaving and joining
 * again never gains a turn. Rejects what V2 rejects. Without updates returns the same set.
 */
export function applyUpdates(set: ValidatorSet, updates: readonly Validator[]): ValidatorSet | Rejection {
  if (updates.length === 0) return set;
  const changes = new Map<string, Member>();
  for (const { pubKey, power } of updates) {
    if (pubKey.length !== 32) return reject(validatorErrors.badKey, { bytes: pubKey.length });
    if (power < 0n) return reject(validatorErrors.badPower, { power });
    const address = validatorAddress(pubKey);
    if (changes.has(toHex(address))) return reject(validatorErrors.duplicate);
    changes.set(toHex(address), { address, pubKey, power, priority: 0n });
  }
  const stays: Member[] = [];
  for (const member of set.members) {
    const change = changes.get(toHex(member.address));
    changes.delete(toHex(member.address));
    if (change === undefined) stays.push(member);
    else if (change.power > 0n) stays.push({ ...member, power: change.power });
  }
  const joins = [...changes.values()];
  if (joins.some(({ power }) => power === 0n)) return reject(validatorErrors.unknown);
  const count = stays.length + joins.length;
  if (count === 0) return reject(validatorErrors.empty);
  if (count > VALIDATORS_MAX) return reject(validatorErrors.tooMany, { count });
  let totalPower = 0n;
  for (const { power } of [...stays, ...joins]) totalPower += power;
  if (totalPower > TOTAL_POWER_MAX) return reject(validatorErrors.totalPower, { max: TOTAL_POWER_MAX });
  const priority = -(totalPower + totalPower / 8n);
  const members = [...stays, ...joins.map((member) => ({ ...member, priority }))];
  return { members: [...centred(scaled(members, totalPower))].sort(byPowerThenAddress), totalPower };
}

/** Whether two lists have the same keys with the same powers in the same order. */
export function sameKeysAndPowers(a: readonly Validator[], b: readonly Validator[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ pubKey, power }, i) => power === b[i]!.power && equalBytes(pubKey, b[i]!.pubKey));
}
