import { addressKey, textKey } from "../../store/key-codec.js";
import { keyspace } from "../../store/keyspace.js";
import { amountValue, bytesValue } from "../../store/value-codec.js";

/** Every key of the bank module. A number is permanent: never renumbered, never reused. */
const bank = keyspace(0x02);

/** Balances in base units, by address and denomination. */
export const balances = bank.table(0x01, [addressKey, textKey], amountValue); // 02|01|address|denom
/** Total supply, by denomination. */
export const supplies = bank.table(0x02, [textKey], amountValue); // 02|02|denom
/** Metadata by denomination. */
export const metadata = bank.table(0x03, [textKey], bytesValue); // 02|03|denom: cosmos.bank.v1beta1.Metadata
