import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { SignDoc } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { concat, utf8, type Bytes } from "../bytes.js";
import { canonicalJson } from "../canonical-json.js";
import { cosmos } from "../codec/cosmos.js";
import type { Tx } from "./decode.js";

const signDoc = cosmos(SignDoc);

/** Signs the raw bytes. */
export const SIGN_MODE_DIRECT = SignMode.SIGN_MODE_DIRECT;
/** Signs amino JSON. */
export const SIGN_MODE_AMINO = SignMode.SIGN_MODE_LEGACY_AMINO_JSON;

/** The bytes that SIGN_MODE_DIRECT signs: the raw body and auth info, the chain and the account's number. */
export function directSignBytes(
  tx: Pick<Tx, "bodyBytes" | "authInfoBytes">,
  chainId: string,
  accountNumber: bigint,
): Bytes {
  const { bodyBytes, authInfoBytes } = tx;
  return signDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber });
}

/** A message in amino JSON. */
export interface AminoMessage {
  readonly type: string;
  readonly value: unknown;
}

/**
 * What SIGN_MODE_LEGACY_AMINO_JSON signs: StdSignDoc with sorted keys, escaped as Go's encoder does. All but the signer's
 * number and sequence is made once for a transaction, however many sign it.
 */
export function aminoDocument(
  tx: Tx,
  messages: readonly AminoMessage[],
  chainId: string,
): (accountNumber: bigint, sequence: bigint) => Bytes {
  const { coins, gasLimit, payer, granter } = tx.fee;
  const shared = canonicalJson({
    chain_id: chainId,
    fee: {
      amount: coins.map(({ denom, amount }) => ({ amount, denom })),
      gas: gasLimit.toString(),
      ...(payer === "" ? {} : { payer }),
      ...(granter === "" ? {} : { granter }),
    },
    memo: tx.memo,
    msgs: messages,
  });
  // The keys in order: account_number, chain_id, fee, memo, msgs, sequence, timeout_height.
  const middle = utf8(`,${escapeHtml(shared.slice(1, -1))},`);
  const end = tx.timeoutHeight === 0n ? "}" : `,"timeout_height":"${tx.timeoutHeight}"}`;
  return (accountNumber, sequence) =>
    concat(utf8(`{"account_number":"${accountNumber}"`), middle, utf8(`"sequence":"${sequence}"${end}`));
}

const HTML: Readonly<Record<string, string>> = {
  "&": "\\u0026",
  "<": "\\u003c",
  ">": "\\u003e",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

function escapeHtml(json: string): string {
  return json.replace(/[&<>\u2028\u2029]/g, (character) => HTML[character]!);
}
