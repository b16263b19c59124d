import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Bytes } from "../bytes.js";
import { cosmos, type CosmosType } from "../codec/cosmos.js";
import { emptyMessage, message, type MessageName, type Messages } from "../codec/message.js";
import { sha256 } from "../crypto/hash.js";
import { signSecp256k1 } from "../crypto/secp256k1.js";
import { encodeKey, type AnyMessage, type Coin } from "./decode.js";
import { directSignBytes } from "./sign-doc.js";

/** A transaction without its signers and its fee. */
export interface TxBodyParts {
  readonly messages: readonly AnyMessage[];
  readonly memo: string;
  /** 0: never times out. */
  readonly timeoutHeight: bigint;
}

/** The fee: coins, and the gas limit. */
export interface TxFee {
  readonly coins: readonly Coin[];
  readonly gasLimit: bigint;
}

/** Signers, in the order in which the messages need them; the first pays the fee. */
export interface TxSigner {
  /** 33 bytes, compressed secp256k1 */
  readonly publicKey: Bytes;
  readonly sequence: bigint;
}

/** The two byte strings that SIGN_MODE_DIRECT signs. */
export interface UnsignedTx {
  readonly bodyBytes: Bytes;
  readonly authInfoBytes: Bytes;
}

const txRaw = cosmos(TxRaw);
const txBody = cosmos(TxBody);
const authInfo = cosmos(AuthInfo);

/**
 * A message of our own schemas in its Any: "tributary.datanet.v1.MsgContribute" under "/tributary.datanet.v1.MsgContribute".
 * Fields that are left out have their defaults.
 * @throws AssertionError for a value that the field's type does not allow
 */
export function ownAny<N extends MessageName>(name: N, fields: Partial<Messages[N]>): AnyMessage {
  return { typeUrl: `/${name}`, value: message(name).encode({ ...emptyMessage(name), ...fields }) };
}

/** A Cosmos message in its Any: `cosmosAny(MsgMultiSend, MsgMultiSend.fromPartial({ ... }))`, the type from cosmjs-types. */
export function cosmosAny<T>(type: CosmosType<T>, value: T): AnyMessage {
  return { typeUrl: type.typeUrl, value: cosmos(type).encode(value) };
}

/** /cosmos.bank.v1beta1.MsgSend. Coins are sorted by denomination, each once. */
export function bankSend(fromAddress: string, toAddress: string, amount: readonly Coin[]): AnyMessage {
  return cosmosAny(MsgSend, { fromAddress, toAddress, amount: [...amount] });
}

/** Body and auth info of a transaction that every signer signs in SIGN_MODE_DIRECT. */
export function buildTx(parts: TxBodyParts, fee: TxFee, signers: readonly TxSigner[]): UnsignedTx {
  const bodyBytes = txBody.encode(
    TxBody.fromPartial({ messages: [...parts.messages], memo: parts.memo, timeoutHeight: parts.timeoutHeight }),
  );
  const authInfoBytes = authInfo.encode(
    AuthInfo.fromPartial({
      signerInfos: signers.map(({ publicKey, sequence }) => ({
        publicKey: encodeKey({ kind: "secp256k1", key: publicKey }),
        modeInfo: { single: { mode: SignMode.SIGN_MODE_DIRECT } },
        sequence,
      })),
      fee: { amount: [...fee.coins], gasLimit: fee.gasLimit, payer: "", granter: "" },
    }),
  );
  return { bodyBytes, authInfoBytes };
}

/** 64 bytes r || s over SHA-256 of the sign document. */
export function signDirect(unsigned: UnsignedTx, secretKey: Bytes, chainId: string, accountNumber: bigint): Bytes {
  return signSecp256k1(sha256(directSignBytes(unsigned, chainId, accountNumber)), secretKey);
}

/** The bytes that are broadcast. @param signatures one a signer, in order; an empty one where it is still missing */
export function assembleTx({ bodyBytes, authInfoBytes }: UnsignedTx, signatures: readonly Bytes[]): Bytes {
  return txRaw.encode({ bodyBytes, authInfoBytes, signatures: [...signatures] });
}

/** The hash by which everybody finds the transaction: SHA-256 of its bytes, shown in upper-case hex. */
export function txHash(bytes: Bytes): Bytes {
  return sha256(bytes);
}
