import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { validators } from "#state/modules/staking/keys.js";
import { tokensOf } from "#state/modules/staking/records.js";
import type { ReadView } from "#state/store/view.js";
import { keySeed } from "./machine.js";
import type { SeededRandom } from "./random.js";
import { COIN, create, delegate, edit, undelegate } from "../unit/state/modules/staking-world.js";
import { person } from "../unit/state/world.js";

/** How far the power of one validator moves: never below what genesis gave it, so that the dishonest gain no share. */
export interface Stake {
  readonly index: number;
  /** 0 for a machine that joins the validators while the chain runs. */
  readonly least: bigint;
  readonly most: bigint;
}

/** What an operator needs for all its bonds and fees. */
export const OPERATOR_BALANCE = 100n * COIN;
const MOVES_MAX = 4;
/** With nothing bonded a validator is jailed. */
const LEFT_BONDED = 1n;
/** Beyond it one more machine would cost a seed too much. */
const JOINED_MAX = 7;

export const operatorName = ({ index }: Stake): string => `val${index}`;

/** Some of the honest validators, and in some runs one that is not a validator yet: the machine after the last of them. */
export function drawStakes(powers: readonly bigint[], honest: readonly number[], random: SeededRandom): Stake[] {
  const above = (least: bigint): bigint => least + BigInt(1 + random.below(MOVES_MAX));
  const joins = powers.length <= JOINED_MAX && random.chance(40);
  const stakes = honest
    .filter(() => random.chance(50))
    .map((index): Stake => ({ index, least: powers[index]!, most: above(powers[index]!) }));
  return joins || stakes.length === 0
    ? [...stakes, { index: powers.length, least: 0n, most: above(LEFT_BONDED) }]
    : stakes;
}

/** What an operator does next as the state stands: it joins, bonds more, unbonds some of that, or edits its validator. */
export function sway(stake: Stake, state: ReadView, random: SeededRandom): AnyMessage {
  const name = operatorName(stake);
  const amount = (room: bigint): bigint => COIN * BigInt(1 + random.below(Number(room)));
  const validator = validators.get(state, [person(name).address]);
  if (validator === undefined) {
    return create(name, { key: ed25519PublicKey(keySeed(stake.index)), amount: amount(stake.most) });
  }
  if (random.chance(10)) return edit(name, { details: `${random.below(1_000)}` });
  const power = tokensOf(validator) / COIN;
  const least = stake.least > 0n ? stake.least : LEFT_BONDED;
  const [up, down] = [stake.most - power, power - least];
  return down <= 0n || (up > 0n && random.chance(50)) ? delegate(name, amount(up)) : undelegate(name, amount(down));
}
