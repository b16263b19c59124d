import { message } from "#proto/codec/message.js";
import { addressKey, u32Key, u64Key, u8Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { bytesValue, messageValue, presentValue, u64Value } from "../../store/value-codec.js";

/** Every key of the payout module. A number is permanent: never renumbered, never reused. */
const payout = keyspace(0x14);

/** Parameters of the module. */
export const params = payout.table(0x01, [], messageValue(message("tributary.payout.v1.Params"))); // 14|01
/** Entries, by batch, kind and subject. */
export const entries = payout.table(0x02, [u64Key, u8Key, u64Key], messageValue(message("tributary.payout.v1.Entry"))); // 14|02|batch|kind|subject
/** Statement lines, by owner. */
export const lines = payout.table(
  0x03,
  [addressKey, u64Key, u8Key, u64Key],
  messageValue(message("tributary.payout.v1.Line")),
); // 14|03|owner|batch|kind|subject
/** Payout accounts by owner. */
export const accounts = payout.table(0x04, [addressKey], messageValue(message("tributary.payout.v1.Account"))); // 14|04|owner
/** Entries in the hold-back period, by the time at which they mature. */
export const held = payout.table(0x05, [u64Key, u64Key, u8Key, u64Key], presentValue); // 14|05|due|batch|kind|subject
/** Accruing entries, by the time of their next release. */
export const accruing = payout.table(0x06, [u64Key, u64Key, u8Key, u64Key], presentValue); // 14|06|time|batch|kind|subject
/** Owners to be paid, in the order in which their earnings reached the minimum. */
export const queue = payout.table(0x07, [u64Key], bytesValue); // 14|07|number
/** The next number in the queue. */
export const nextQueued = payout.table(0x08, [], u64Value); // 14|08
/** Payout addresses by owner. */
export const addresses = payout.table(0x09, [addressKey], bytesValue); // 14|09|owner: where its pay goes
/** Owners whose key was replaced, and the key that receives their payouts. */
export const controllers = payout.table(0x0a, [addressKey], bytesValue); // 14|0a|owner
/** Index: owners that a key controls. */
export const controlled = payout.table(0x0b, [addressKey, addressKey], presentValue); // 14|0b|controller|owner
/** Announced key changes by owner. */
export const replacements = payout.table(0x0c, [addressKey], messageValue(message("tributary.payout.v1.Replacement"))); // 14|0c|owner
/** Totals since genesis. */
export const totals = payout.table(0x0d, [], messageValue(message("tributary.payout.v1.Totals"))); // 14|0d
/** Contested credit that waits, by the senior contribution and the paid one. */
export const pairs = payout.table(0x0e, [u64Key, u64Key], messageValue(message("tributary.payout.v1.Pair"))); // 14|0e|senior|contribution
/** Index: seniors whose pairs with a paid contribution wait. */
export const pairsOf = payout.table(0x0f, [u64Key, u64Key], presentValue); // 14|0f|contribution|senior
/** Changes of an owner's controller, numbered from 1: what settles a batch asks for the height at which it was formed. */
export const controllerChanges = payout.table(
  0x10,
  [addressKey, u32Key],
  messageValue(message("tributary.payout.v1.ControllerChange")),
); // 14|10|owner|number
/** Debts by debtor and creditor. */
export const debts = payout.table(0x11, [addressKey, addressKey], messageValue(message("tributary.payout.v1.Debt"))); // 14|11|debtor|creditor
