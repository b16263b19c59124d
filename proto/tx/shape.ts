import { fieldShape, type FieldShape } from "../codec/field-count.js";

/** Where a transaction of the Cosmos SDK has messages in messages, by field numbers. */

/** A message without messages in it. */
export const leaf = fieldShape();
/** A message whose field with this number holds coins. */
export const coins = (field: number): FieldShape => fieldShape({ [field]: leaf });

/** Any: behind `value` whatever its type says. */
export const any = (value: FieldShape): FieldShape => fieldShape({ 2: value });
/** A threshold's keys; a single key has no such field. */
const key = any(fieldShape({ 2: any(leaf) }));
const mode: FieldShape = { inner: (field) => ({ 1: leaf, 2: modes })[field] };
const modes: FieldShape = { inner: (field) => ({ 1: leaf, 2: mode })[field] };
const signerInfo = fieldShape({ 1: key, 2: mode });
const authInfo = fieldShape({ 1: signerInfo, 2: coins(1), 3: coins(1) });
const body = fieldShape({ 1: leaf, 1023: leaf, 2047: leaf });

/** TxRaw with body and auth info in it. Messages are counted by their own shapes. */
export const txShape = fieldShape({ 1: body, 2: authInfo });
