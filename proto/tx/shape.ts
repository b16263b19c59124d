import { fieldShape, type FieldShape } from "../codec/field-count.js";

/** Where a transaction of the Cosmos SDK has messages in messages, by field numbers. */

/** A message without messages in it. */
const leaf = fieldShape();
const coins = (field: number): FieldShape => fieldShape({ [field]: leaf });

/** Any: behind `value` whatever its type says. */
const any = (value: FieldShape): FieldShape => fieldShape({ 2: value });
/** A threshold's keys; a single key has no such field. */
const key = any(fieldShape({ 2: any(leaf) }));
const mode: FieldShape = { inner: (field) => ({ 1: leaf, 2: modes })[field] };
const modes: FieldShape = { inner: (field) => ({ 1: leaf, 2: mode })[field] };
const signerInfo = fieldShape({ 1: key, 2: mode });
const authInfo = fieldShape({ 1: signerInfo, 2: coins(1), 3: coins(1) });
const body = fieldShape({ 1: leaf, 1023: leaf, 2047: leaf });

/** TxRaw with body and auth info in it. What is inside of messages is counted by their own shapes. */
export const txShape = fieldShape({ 1: body, 2: authInfo });

const party = coins(2);
/** Messages of the Cosmos SDK that this chain takes; those that are not here hold no message but a coin or two. */
export const cosmosShapes = {
  send: coins(3),
  multiSend: fieldShape({ 1: party, 2: party }),
  createValidator: fieldShape({ 1: leaf, 2: leaf, 6: any(leaf), 7: leaf }),
  editValidator: fieldShape({ 1: leaf }),
  delegation: fieldShape({ 3: leaf, 4: leaf }),
} as const;
