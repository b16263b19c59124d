import { message } from "#proto/codec/message.js";
import { keyspace } from "../../store/keyspace.js";
import { messageValue } from "../../store/value-codec.js";

/** Every key of the chain module. A number is permanent: never renumbered, never reused. */
const chain = keyspace(0x00);

export const configs = chain.table(0x01, [], messageValue(message("tributary.chain.v1.ChainConfig"))); // 00|01
