import { message } from "#proto/codec/message.js";
import { addressKey, u64Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { bytesValue, messageValue, presentValue, textValue, u64Value } from "../../store/value-codec.js";

/** Every key of the staking module. A number is permanent: never renumbered, never reused. */
const staking = keyspace(0x03);

/** Parameters of the module. */
export const params = staking.table(0x01, [], messageValue(message("tributary.staking.v1.Params"))); // 03|01
/** Validators by operator. */
export const validators = staking.table(0x02, [addressKey], messageValue(message("tributary.staking.v1.Validator"))); // 03|02|operator
/** Operators by consensus address; rows are permanent. */
export const byConsensus = staking.table(0x03, [addressKey], bytesValue); // 03|03|consensus address: operator; for ever
/** Eligible validators, by descending power, then by operator. */
export const ranks = staking.table(0x04, [u64Key, addressKey], presentValue); // 03|04|2^64-1-power|operator: who may decide
/** The power that consensus was told, by operator. */
export const bonded = staking.table(0x05, [addressKey], u64Value); // 03|05|operator: power that consensus was told
/** Present if ranks changed since consensus was told. */
export const changed = staking.table(0x06, [], presentValue); // 03|06: ranks changed since consensus was told
/** Shares, by operator and delegator. */
export const delegations = staking.table(0x07, [addressKey, addressKey], textValue); // 03|07|operator|delegator: shares
/** Index: validators of a delegator. */
export const delegated = staking.table(0x08, [addressKey, addressKey], presentValue); // 03|08|delegator|operator
/** Unbondings, by operator, delegator and creation height. */
export const unbondings = staking.table(
  0x09,
  [addressKey, addressKey, u64Key],
  messageValue(message("tributary.staking.v1.Unbonding")),
); // 03|09|operator|delegator|creation height
/** Unbondings by completion time. */
export const unbondingQueue = staking.table(0x0a, [u64Key, addressKey, addressKey, u64Key], presentValue); // 03|0a|completion time|operator|delegator|creation height
/** Unbonding validators by unbonding time. */
export const leaving = staking.table(0x0b, [u64Key, addressKey], presentValue); // 03|0b|unbonding time|operator
