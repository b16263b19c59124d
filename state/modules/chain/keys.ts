import { message } from "#proto/codec/message.js";
import { keyspace } from "../../store/keyspace.js";
import { bytesValue, messageValue } from "../../store/value-codec.js";
import { validatorSetCodec } from "#proto/types/validators.js";
import { consensusParamsCodec } from "#proto/types/block.js";

/** Every key of the chain module. A number is permanent: never renumbered, never reused. */
const chain = keyspace(0x00);

export const configs = chain.table(0x01, [], messageValue(message("tributary.chain.v1.ChainConfig"))); // 00|01
export const validators = chain.table(0x02, [], messageValue(validatorSetCodec)); // 00|02: of the next height, priorities for its round 0
export const params = chain.table(0x03, [], messageValue(consensusParamsCodec)); // 00|03: of the next height
export const beacons = chain.table(0x04, [], bytesValue); // 00|04: output of the last height's proof, 32 bytes
