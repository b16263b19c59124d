import { message, type Messages } from "../codec/message.js";
import { present } from "../assert.js";
import { compareBytes, equalBytes, type Bytes } from "../bytes.js";
import { validatorAddress } from "../crypto/ed25519.js";
import { TOTAL_POWER_MAX, VALIDATORS_MAX } from "../limits.js";
import { merkleRoot } from "../merkle/rfc6962.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";

/** Public key (32 bytes) and power. */
export type Validator = Messages["tributary.chain.v1.Validator"];
/** A validator set on the wire: keys and powers, then priorities. */
export type ValidatorSetMessage = Messages["tributary.chain.v1.ValidatorSet"];
/** Canonical codec of `ValidatorSetMessage`. */
export const validatorSetCodec = message("tributary.chain.v1.ValidatorSet");
const validatorCodec = message("tributary.chain.v1.Validator");
const priorityCodec = message("tributary.chain.v1.ValidatorPriority");

/** Reasons to reject a validator set or an update. */
export const validatorErrors = codespace("validators", {
  empty: 1, // no validator would be left
  tooMany: 2, // { count }
  badKey: 3, // { bytes }: a key has 32
  badPower: 4, // { power }
  totalPower: 5, // { max }
  duplicate: 6, // a key occurs twice
  unordered: 7, // not by power, descending, then by address
  priorities: 8, // the priorities are not those of these validators
  unknown: 9, // the update removes a key that is not in the set
});

/** One validator with its proposer priority. Power is positive, priority may be negative. */
export interface Member {
  readonly address: Bytes;
  readonly pubKey: Bytes;
  readonly power: bigint;
  readonly priority: bigint;
}

/** Ordered by power, descending, then by address. Immutable: rounds work on copies. */
export interface ValidatorSet {
  readonly members: readonly Member[];
  readonly totalPower: bigint;
}

/** A set from keys and powers, with all priorities 0. Rejects what V2 rejects. */
export function validatorSet(validators: readonly Validator[]): ValidatorSet | Rejection {
  if (validators.length === 0) return reject(validatorErrors.empty);
  if (validators.length > VALIDATORS_MAX) return reject(validatorErrors.tooMany, { count: validators.length });
  let totalPower = 0n;
  const members: Member[] = [];
  for (const { pubKey, power } of validators) {
    if (pubKey.length !== 32) return reject(validatorErrors.badKey, { bytes: pubKey.length });
    if (power <= 0n) return reject(validatorErrors.badPower, { power });
    totalPower += power;
    if (totalPower > TOTAL_POWER_MAX) return reject(validatorErrors.totalPower, { max: TOTAL_POWER_MAX });
    members.push({ address: validatorAddress(pubKey), pubKey, power, priority: 0n });
  }
  members.sort(byPowerThenAddress);
  const addresses = members.map((member) => member.address).sort(compareBytes);
  for (let i = 1; i < addresses.length; i++) {
    if (equalBytes(addresses[i - 1]!, addresses[i]!)) return reject(validatorErrors.duplicate);
  }
  return { members, totalPower };
}

/** The order of a set's members. */
export function byPowerThenAddress(a: Member, b: Member): number {
  if (a.power !== b.power) return a.power > b.power ? -1 : 1;
  return compareBytes(a.address, b.address);
}

/** RFC 6962 root over keys and powers, in the order of the set. */
export function validatorsRoot(set: ValidatorSet): Bytes {
  return merkleRoot(set.members.map(({ pubKey, power }) => validatorCodec.encode({ pubKey, power })));
}

/**
 * RFC 6962 root over addresses and priorities (V4). Separate from `validatorsRoot`, so that changing priorities do not
 * defeat skipping verification.
 */
export function prioritiesRoot(set: ValidatorSet): Bytes {
  return merkleRoot(set.members.map(({ address, priority }) => priorityCodec.encode({ address, priority })));
}

/** Index of the member with this address; -1 if there is none. */
export function indexOf(set: ValidatorSet, address: Bytes): number {
  return set.members.findIndex((member) => equalBytes(member.address, address));
}

/** Strictly more than two thirds. The only definition of a quorum. */
export const isQuorum = (power: bigint, total: bigint): boolean => 3n * power > 2n * total;
/** Strictly more than one third: at least one of the validators is honest. */
export const isOneHonest = (power: bigint, total: bigint): boolean => 3n * power > total;

/**
 * One turn of the weighted rotation (V3): scales priorities to a spread of at most twice the total power, centres them
 * on zero, and adds each member's power. The member with the highest priority (lowest address among equals) proposes
 * and pays the total power.
 */
export function rotate(set: ValidatorSet): { next: ValidatorSet; proposer: Member } {
  const waiting = centred(scaled(set.members, set.totalPower)).map((member) => ({
    ...member,
    priority: member.priority + member.power,
  }));
  const proposer = highest(waiting);
  const members = waiting.map((member) =>
    member === proposer ? { ...member, priority: member.priority - set.totalPower } : member,
  );
  return { next: { members, totalPower: set.totalPower }, proposer };
}

/**
 * The proposer of a round, from the set of its height: round r takes r + 1 turns on a copy. The set of the next height
 * starts one turn later, whichever round decided. Costs a turn per round: callers bound `round`.
 */
export function proposerAt(set: ValidatorSet, round: number): Member {
  let turn = rotate(set);
  for (let r = 0; r < round; r++) turn = rotate(turn.next);
  return turn.proposer;
}

function highest(members: readonly Member[]): Member {
  let best = present(members[0], "a validator set has members");
  for (const member of members) {
    if (member.priority > best.priority) best = member;
    else if (member.priority === best.priority && compareBytes(member.address, best.address) < 0) best = member;
  }
  return best;
}

/** Divides the priorities until they span at most twice the total power (V3, step 1). */
export function scaled(members: readonly Member[], totalPower: bigint): readonly Member[] {
  let min = members[0]!.priority;
  let max = min;
  for (const { priority } of members) {
    if (priority < min) min = priority;
    if (priority > max) max = priority;
  }
  const window = 2n * totalPower;
  const spread = max - min;
  if (spread <= window) return members;
  const ratio = (spread + window - 1n) / window;
  // bigint division truncates towards zero, as the reference does for this step.
  return members.map((member) => ({ ...member, priority: member.priority / ratio }));
}

/** Shifts the priorities so that their average is zero (V3, step 2). */
export function centred(members: readonly Member[]): readonly Member[] {
  let sum = 0n;
  for (const { priority } of members) sum += priority;
  const average = floorDiv(sum, BigInt(members.length));
  if (average === 0n) return members;
  return members.map((member) => ({ ...member, priority: member.priority - average }));
}

/** Towards minus infinity, for a positive divisor. */
function floorDiv(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

/** The set as a message. */
export function toMessage(set: ValidatorSet): ValidatorSetMessage {
  return {
    validators: set.members.map(({ pubKey, power }) => ({ pubKey, power })),
    priorities: set.members.map(({ address, priority }) => ({ address, priority })),
  };
}

/** The set of a message; rejects one that is not ordered or whose priorities do not match. */
export function fromMessage(value: ValidatorSetMessage): ValidatorSet | Rejection {
  const set = validatorSet(value.validators);
  if (isRejection(set)) return set;
  if (value.priorities.length !== set.members.length) return reject(validatorErrors.priorities);
  const members: Member[] = [];
  for (const [i, member] of set.members.entries()) {
    if (!equalBytes(member.pubKey, value.validators[i]!.pubKey)) return reject(validatorErrors.unordered);
    const { address, priority } = value.priorities[i]!;
    if (!equalBytes(address, member.address)) return reject(validatorErrors.priorities);
    members.push({ ...member, priority });
  }
  return { members, totalPower: set.totalPower };
}
