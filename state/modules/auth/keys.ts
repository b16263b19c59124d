import { message } from "#proto/codec/message.js";
import { addressKey } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { messageValue, u64Value } from "../../store/value-codec.js";

/** Every key of the auth module. A number is permanent: never renumbered, never reused. */
const auth = keyspace(0x01);

/** Accounts by address. */
export const accounts = auth.table(0x01, [addressKey], messageValue(message("tributary.auth.v1.Account"))); // 01|01|address
/** The next account number. */
export const nextNumber = auth.table(0x02, [], u64Value); // 01|02
