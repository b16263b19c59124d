import { message } from "#proto/codec/message.js";
import { addressKey } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { messageValue } from "../../store/value-codec.js";

/** Every key of the slashing module. A number is permanent: never renumbered, never reused. */
const slashing = keyspace(0x04);

/** Parameters of the module. */
export const params = slashing.table(0x01, [], messageValue(message("tributary.slashing.v1.Params"))); // 04|01
/** Signing infos by consensus address. */
export const infos = slashing.table(0x02, [addressKey], messageValue(message("tributary.slashing.v1.SigningInfo"))); // 04|02|consensus address
