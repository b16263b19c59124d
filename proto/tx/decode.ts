import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import { PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { AuthInfo, TxBody, TxRaw, type ModeInfo } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { utf8, type Bytes } from "../bytes.js";
import { cosmos } from "../codec/cosmos.js";
import { countFields } from "../codec/field-count.js";
import { sha256 } from "../crypto/hash.js";
import { FIELDS_PER_TX_MAX, MEMO_BYTES_MAX, MESSAGES_PER_TX_MAX, SIGNERS_PER_TX_MAX } from "../limits.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { sdkErrors } from "./errors.js";
import { txShape } from "./shape.js";

const txRaw = cosmos(TxRaw);
const txBody = cosmos(TxBody);
const authInfo = cosmos(AuthInfo);
const secpKey = cosmos(PubKey);
const multisigKey = cosmos(LegacyAminoPubKey);

/** A message with its type URL. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Bytes;
}

/** An amount in base units, as decimal text, with its denomination. */
export interface Coin {
  readonly denom: string;
  readonly amount: string;
}

/** A key that signs: one secp256k1 key, or a threshold of them. */
export type SignerKey =
  | { readonly kind: "secp256k1"; readonly key: Bytes }
  | { readonly kind: "multisig"; readonly threshold: number; readonly keys: readonly Bytes[] };

/** A signer's key, sign mode and sequence. */
export interface SignerInfo {
  /** undefined: the account's stored key. */
  readonly key: SignerKey | undefined;
  readonly modeInfo: ModeInfo | undefined;
  readonly sequence: bigint;
}

/** A transaction as received; hash and signatures are over exactly these bytes. */
export interface Tx {
  readonly bytes: Bytes;
  readonly hash: Bytes;
  readonly bodyBytes: Bytes;
  readonly authInfoBytes: Bytes;
  readonly messages: readonly AnyMessage[];
  readonly memo: string;
  readonly timeoutHeight: bigint;
  readonly signers: readonly SignerInfo[];
  readonly fee: {
    readonly coins: readonly Coin[];
    readonly gasLimit: bigint;
    readonly payer: string;
    readonly granter: string;
  };
  readonly signatures: readonly Bytes[];
  /** On the wire, those inside of messages not counted: what they leave of FIELDS_PER_TX_MAX is the messages'. */
  readonly fields: number;
}

const malformed = (why: string): Rejection => reject(sdkErrors.txDecode, { why });

/**
 * Bytes become a Tx here and nowhere else. Total and canonical at every level; size and count of fields are bounded before
 * anything is made of them. Unordered transactions and extension options are refused.
 */
export function decodeTx(bytes: Bytes, bytesMax: number): Tx | Rejection {
  if (bytes.length > bytesMax) return reject(sdkErrors.txTooLarge, { size: bytes.length, max: bytesMax });
  const fields = countFields(bytes, txShape, FIELDS_PER_TX_MAX);
  if (fields > FIELDS_PER_TX_MAX) return reject(sdkErrors.invalidRequest, { why: "fields", max: FIELDS_PER_TX_MAX });
  const raw = txRaw.decode(bytes, bytesMax);
  if (isRejection(raw)) return malformed(`TxRaw ${raw.name}`);
  const body = txBody.decode(raw.bodyBytes);
  if (isRejection(body)) return malformed(`TxBody ${body.name}`);
  const auth = authInfo.decode(raw.authInfoBytes);
  if (isRejection(auth)) return malformed(`AuthInfo ${auth.name}`);
  if (body.messages.length === 0) return reject(sdkErrors.invalidRequest, { why: "a tx needs at least one message" });
  if (body.messages.length > MESSAGES_PER_TX_MAX) {
    return reject(sdkErrors.invalidRequest, { messages: body.messages.length, max: MESSAGES_PER_TX_MAX });
  }
  if (auth.signerInfos.length > SIGNERS_PER_TX_MAX || raw.signatures.length > SIGNERS_PER_TX_MAX) {
    return reject(sdkErrors.tooManySignatures, { max: SIGNERS_PER_TX_MAX });
  }
  if (body.memo.length > MEMO_BYTES_MAX || utf8(body.memo).length > MEMO_BYTES_MAX) {
    return reject(sdkErrors.memoTooLarge, { max: MEMO_BYTES_MAX });
  }
  if (body.unordered || body.timeoutTimestamp !== undefined) {
    return reject(sdkErrors.notSupported, { why: "unordered transactions are refused: use the account's sequence" });
  }
  if (body.extensionOptions.length + body.nonCriticalExtensionOptions.length > 0) {
    return reject(sdkErrors.notSupported, { why: "extension options" });
  }
  if (auth.tip !== undefined) return reject(sdkErrors.notSupported, { why: "tips" });
  if (auth.fee === undefined) return malformed("AuthInfo without fee");
  const signers: SignerInfo[] = [];
  let keys = 0;
  for (const [i, { publicKey, modeInfo, sequence }] of auth.signerInfos.entries()) {
    if (!isFlat(modeInfo)) {
      return malformed(`signer_infos[${i}].mode_info: a mode, or a list of modes behind a bit array`);
    }
    const key = publicKey === undefined ? undefined : decodeKey(publicKey);
    if (isRejection(key)) return key;
    keys += keyCount(key);
    if (keys > SIGNERS_PER_TX_MAX) return reject(sdkErrors.tooManySignatures, { max: SIGNERS_PER_TX_MAX });
    signers.push({ key, modeInfo, sequence });
  }
  return {
    bytes,
    hash: sha256(bytes),
    bodyBytes: raw.bodyBytes,
    authInfoBytes: raw.authInfoBytes,
    messages: body.messages.map(({ typeUrl, value }) => ({ typeUrl, value })),
    memo: body.memo,
    timeoutHeight: body.timeoutHeight,
    signers,
    fee: { coins: auth.fee.amount, gasLimit: auth.fee.gasLimit, payer: auth.fee.payer, granter: auth.fee.granter },
    signatures: raw.signatures,
    fields,
  };
}

/** Keys of a signer: each may have to be verified. A key that only its account knows is at least one. */
export function keyCount(key: SignerKey | undefined): number {
  return key?.kind === "multisig" ? key.keys.length : 1;
}

/** A threshold of keys holds single keys, so its modes are single ones, and its bits fit into two bytes. */
function isFlat(modeInfo: ModeInfo | undefined): boolean {
  const multi = modeInfo?.multi;
  if (multi === undefined) return true;
  const { modeInfos, bitarray } = multi;
  if (modeInfos.length > SIGNERS_PER_TX_MAX || modeInfos.some(({ multi }) => multi !== undefined)) return false;
  return bitarray === undefined || bitarray.elems.length * 8 <= SIGNERS_PER_TX_MAX;
}

/** A signer's public key in its Any. Only secp256k1 and a threshold of secp256k1 keys sign transactions. */
export function decodeKey(any: AnyMessage): SignerKey | Rejection {
  if (any.typeUrl === PubKey.typeUrl) {
    const decoded = secpKey.decode(any.value);
    if (isRejection(decoded) || decoded.key.length !== 33) {
      return reject(sdkErrors.invalidPubKey, { type: any.typeUrl });
    }
    return { kind: "secp256k1", key: decoded.key };
  }
  if (any.typeUrl === LegacyAminoPubKey.typeUrl) {
    const decoded = multisigKey.decode(any.value);
    if (isRejection(decoded)) return reject(sdkErrors.invalidPubKey, { type: any.typeUrl });
    const keys: Bytes[] = [];
    if (decoded.publicKeys.length > SIGNERS_PER_TX_MAX) {
      return reject(sdkErrors.tooManySignatures, { max: SIGNERS_PER_TX_MAX });
    }
    for (const inner of decoded.publicKeys) {
      const key = inner.typeUrl === PubKey.typeUrl ? decodeKey(inner) : reject(sdkErrors.invalidPubKey);
      if (isRejection(key) || key.kind !== "secp256k1") return reject(sdkErrors.invalidPubKey, { type: inner.typeUrl });
      keys.push(key.key);
    }
    if (decoded.threshold < 1 || decoded.threshold > keys.length) {
      return reject(sdkErrors.invalidPubKey, { threshold: decoded.threshold });
    }
    return { kind: "multisig", threshold: decoded.threshold, keys };
  }
  return reject(sdkErrors.invalidPubKey, { type: any.typeUrl });
}

/** The Any of a key, as accounts store and queries show it. */
export function encodeKey(key: SignerKey): AnyMessage {
  const single = (bytes: Bytes): AnyMessage => ({ typeUrl: PubKey.typeUrl, value: secpKey.encode({ key: bytes }) });
  if (key.kind === "secp256k1") return single(key.key);
  const publicKeys = key.keys.map(single);
  return { typeUrl: LegacyAminoPubKey.typeUrl, value: multisigKey.encode({ threshold: key.threshold, publicKeys }) };
}
