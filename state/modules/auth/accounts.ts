import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { decodeKey, encodeKey, type SignerKey } from "#proto/tx/decode.js";
import { assert } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { accounts, nextNumber } from "./keys.js";

/** An account record. */
export type Account = Messages["tributary.auth.v1.Account"];

/** The account of an address; undefined if it never received anything. */
export function accountOf(view: ReadView, address: Bytes): Account | undefined {
  return accounts.get(view, [address]);
}

/** Where an account's first coins came from. */
export interface Funding {
  /** 20 bytes; empty for coins of the genesis. */
  readonly funder: Bytes;
  readonly fundedHeight: bigint;
}

const GENESIS: Funding = { funder: new Uint8Array(0), fundedHeight: 0n };

/** Creates the account of an address that receives coins for the first time. Numbers ascend and are never reused. */
export function ensureAccount(view: WriteView, address: Bytes, funding: Funding = GENESIS): Account {
  const known = accounts.get(view, [address]);
  if (known !== undefined) return known;
  const number = nextNumber.get(view, []) ?? 0n;
  const account: Account = { number, sequence: 0n, keyType: "", key: new Uint8Array(0), ...funding };
  nextNumber.put(view, [], number + 1n);
  accounts.put(view, [address], account);
  return account;
}

/** The key on record; undefined before the first signature. Asserts that it decodes. */
export function accountKey(account: Account): SignerKey | undefined {
  if (account.keyType === "") return undefined;
  const key = decodeKey({ typeUrl: account.keyType, value: account.key });
  assert(!isRejection(key), "a stored key was decoded before it was stored");
  return key;
}

/** After a signature was accepted: the key is remembered and the sequence used up. */
export function recordSignature(view: WriteView, address: Bytes, account: Account, key: SignerKey): void {
  const { typeUrl, value } = encodeKey(key);
  accounts.put(view, [address], { ...account, sequence: account.sequence + 1n, keyType: typeUrl, key: value });
}
