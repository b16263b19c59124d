import { message } from "#proto/codec/message.js";
import { u64Key } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { bytesValue, messageValue } from "../../store/value-codec.js";
import { validatorSetCodec } from "#proto/types/validators.js";
import { consensusParamsCodec } from "#proto/types/block.js";

/** Every key of the chain module. A number is permanent: never renumbered, never reused. */
const chain = keyspace(0x00);

/** Configuration of the chain. */
export const configs = chain.table(0x01, [], messageValue(message("tributary.chain.v1.ChainConfig"))); // 00|01
/** Validators of the next height, with the priorities of its round 0. */
export const validators = chain.table(0x02, [], messageValue(validatorSetCodec)); // 00|02: of the next height, priorities for its round 0
/** Consensus parameters of the next height. */
export const params = chain.table(0x03, [], messageValue(consensusParamsCodec)); // 00|03: of the next height
/** Beacon of the last height, 32 bytes. */
export const beacons = chain.table(0x04, [], bytesValue); // 00|04: output of the last height's proof, 32 bytes
/** Validators of the height after the next. */
export const upcoming = chain.table(0x05, [], messageValue(validatorSetCodec)); // 00|05: of the height after the next one
/** Past blocks within the evidence age, by height. */
export const pasts = chain.table(0x06, [u64Key], messageValue(message("tributary.chain.v1.PastBlock"))); // 00|06|height
/** Past validator sets, by the first height that they decided. */
export const pastSets = chain.table(0x07, [u64Key], messageValue(message("tributary.chain.v1.PastValidators"))); // 00|07|first height
