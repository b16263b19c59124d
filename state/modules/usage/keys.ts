import { message } from "#proto/codec/message.js";
import { addressKey, u64Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { messageValue, presentValue, u64Value } from "../../store/value-codec.js";

/** Every key of the usage module. A number is permanent: never renumbered, never reused. */
const usage = keyspace(0x12);

/** Parameters of the module. */
export const params = usage.table(0x01, [], messageValue(message("tributary.usage.v1.Params"))); // 12|01
/** Channels by id. */
export const channels = usage.table(0x02, [u64Key], messageValue(message("tributary.usage.v1.Channel"))); // 12|02|id
/** The next channel id; ids start at 1. */
export const nextChannel = usage.table(0x03, [], u64Value); // 12|03
/** Index: channels of a consumer. */
export const byConsumer = usage.table(0x04, [addressKey, u64Key], presentValue); // 12|04|consumer|id
/** Index: channels of a provider. */
export const byProvider = usage.table(0x05, [addressKey, u64Key], presentValue); // 12|05|provider|id
/** Totals since genesis. */
export const totals = usage.table(0x06, [], messageValue(message("tributary.usage.v1.Totals"))); // 12|06
/** How many channels of a provider and version have gone into grace. */
export const graceCount = usage.table(0x07, [addressKey, u64Key], u64Value); // 12|07|provider|version
/** The height at which the grace of one of the last of them ends. */
export const graceEnds = usage.table(0x08, [addressKey, u64Key, u64Key], u64Value); // 12|08|provider|version|count
/** Where providers serve a version. */
export const endpoints = usage.table(0x09, [u64Key, addressKey], messageValue(message("tributary.usage.v1.Endpoint"))); // 12|09|version|provider
