import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import {
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { fromBase64, toBase64 } from "../base64.js";
import type { Bytes } from "../bytes.js";
import { cosmos } from "../codec/cosmos.js";
import { fromJson, isMessageName, toJson } from "../codec/json.js";
import { isJsonObject, type Json, type JsonObject } from "../codec/json-text.js";
import { message } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { decimalAtomics, decimalText, isDecimalField } from "./decimal.js";
import { decodeKey, type AnyMessage, type Tx } from "./decode.js";
import { sdkErrors } from "./errors.js";

/**
 * A transaction as JSON, in the gateway's style (snake_case, 64 bits as strings, bytes in base64, "@type"): what REST
 * answers, what `tx decode` prints, what `--generate-only` writes and `tx sign` reads.
 */
const KEY_TYPE = "/cosmos.crypto.secp256k1.PubKey";
const authInfo = cosmos(AuthInfo);
const txRaw = cosmos(TxRaw);
const txBody = cosmos(TxBody);
const ed25519 = cosmos(PubKey);

interface JsonType {
  readonly decode: (bytes: Bytes) => unknown;
  readonly encode: (value: unknown) => Bytes;
  readonly toJSON: (value: unknown) => unknown;
  readonly fromJSON: (json: unknown) => unknown;
}

function cosmosJson<T>(
  type: Parameters<typeof cosmos<T>>[0] & { toJSON(value: T): unknown; fromJSON(json: unknown): T },
): JsonType {
  const codec = cosmos(type);
  return {
    decode: (bytes) => codec.decode(bytes),
    encode: (value) => codec.encode(value as T),
    toJSON: (value) => type.toJSON(value as T),
    fromJSON: (json) => type.fromJSON(json),
  };
}

const COSMOS_MESSAGES: Readonly<Record<string, JsonType>> = {
  [MsgSend.typeUrl]: cosmosJson(MsgSend),
  [MsgMultiSend.typeUrl]: cosmosJson(MsgMultiSend),
  [MsgUnjail.typeUrl]: cosmosJson(MsgUnjail),
  [MsgCreateValidator.typeUrl]: createValidatorJson(),
  [MsgEditValidator.typeUrl]: cosmosJson(MsgEditValidator),
  [MsgDelegate.typeUrl]: cosmosJson(MsgDelegate),
  [MsgUndelegate.typeUrl]: cosmosJson(MsgUndelegate),
  [MsgCancelUnbondingDelegation.typeUrl]: cosmosJson(MsgCancelUnbondingDelegation),
};

/** Its consensus key is an Any, which JSON shows as {"@type", "key"}. */
function createValidatorJson(): JsonType {
  const plain = cosmosJson(MsgCreateValidator);
  return {
    ...plain,
    toJSON(value) {
      const { pubkey, ...rest } = plain.toJSON(value) as { pubkey?: { typeUrl: string; value: string } };
      const key = pubkey === undefined ? undefined : ed25519.decode(fromBase64(pubkey.value) ?? new Uint8Array(0));
      if (pubkey?.typeUrl !== PubKey.typeUrl || key === undefined || isRejection(key)) return { ...rest, pubkey };
      return { ...rest, pubkey: { "@type": pubkey.typeUrl, key: toBase64(key.key) } };
    },
    fromJSON(json) {
      const { pubkey, ...rest } = json as { pubkey?: { "@type"?: unknown; key?: unknown } };
      const key = typeof pubkey?.key === "string" ? fromBase64(pubkey.key) : undefined;
      if (pubkey?.["@type"] !== PubKey.typeUrl || key === undefined) throw new Error("pubkey"); // `guarded` is around.
      return plain.fromJSON({ ...rest, pubkey: { typeUrl: PubKey.typeUrl, value: toBase64(ed25519.encode({ key })) } });
    },
  };
}

/** {"@type", ...fields}; a type that is not known shows its bytes under "value". */
export function anyToJson({ typeUrl, value }: AnyMessage): JsonObject {
  const known = COSMOS_MESSAGES[typeUrl];
  const decoded = known?.decode(value);
  if (known !== undefined && !isRejection(decoded))
    return { "@type": typeUrl, ...(renamed(known.toJSON(decoded), snake, pointed) as JsonObject) };
  const name = typeUrl.slice(1);
  if (isMessageName(name)) {
    const own = message(name).decode(value);
    if (!isRejection(own)) return { "@type": typeUrl, ...toJson(name, own) };
  }
  return { "@type": typeUrl, value: toBase64(value) };
}

export function anyFromJson(json: Json): AnyMessage | Rejection {
  if (!isJsonObject(json)) return invalid("messages", "objects");
  const { "@type": typeUrl, ...fields } = json;
  if (typeof typeUrl !== "string") return invalid("messages", "an @type each");
  const known = COSMOS_MESSAGES[typeUrl];
  if (known !== undefined) {
    const value = guarded(() => known.encode(known.fromJSON(renamed(fields, camel, unpointed))));
    return value === undefined ? invalid("messages", `the fields of ${typeUrl}`) : { typeUrl, value };
  }
  const name = typeUrl.slice(1);
  if (!isMessageName(name)) return invalid("messages", `a known @type instead of ${typeUrl}`);
  const value = fromJson(name, fields);
  return isRejection(value) ? value : { typeUrl, value: message(name).encode(value) };
}

/** Body, auth info and signatures of a received transaction. */
export function txToJson(tx: Tx): JsonObject {
  const { signers } = tx;
  const decoded = authInfo.decode(tx.authInfoBytes);
  const auth = isRejection(decoded) ? {} : (renamed(AuthInfo.toJSON(decoded), snake) as Record<string, Json>);
  const infos = (auth["signer_infos"] ?? []) as readonly JsonObject[];
  return {
    body: {
      messages: tx.messages.map(anyToJson),
      memo: tx.memo,
      timeout_height: tx.timeoutHeight.toString(),
      extension_options: [],
      non_critical_extension_options: [],
    },
    auth_info: {
      signer_infos: infos.map((info, i) => {
        const key = signers[i]?.key;
        const shown =
          key?.kind === "secp256k1" ? { "@type": KEY_TYPE, key: toBase64(key.key) } : (info["public_key"] ?? null);
        return { ...info, public_key: shown };
      }),
      fee: {
        amount: tx.fee.coins.map(({ denom, amount }) => ({ denom, amount })),
        gas_limit: tx.fee.gasLimit.toString(),
        payer: tx.fee.payer,
        granter: tx.fee.granter,
      },
      tip: null,
    },
    signatures: tx.signatures.map(toBase64),
  };
}

/** The transaction's bytes again; what JSON leaves out is a default. The caller decodes them, which checks the rest. */
export function txFromJson(json: Json): Bytes | Rejection {
  if (!isJsonObject(json)) return invalid("tx", "an object with body and auth_info");
  const { body, auth_info: auth, signatures } = json;
  if (!isJsonObject(body) || !isJsonObject(auth)) return invalid("tx", "body and auth_info");
  if (!Array.isArray(body["messages"])) return invalid("body.messages", "a list");
  const messages: AnyMessage[] = [];
  for (const item of body["messages"] as readonly Json[]) {
    const any = anyFromJson(item);
    if (isRejection(any)) return any;
    messages.push(any);
  }
  const timeout = body["timeout_height"] ?? "0";
  const memo = body["memo"] ?? "";
  if (typeof memo !== "string") return invalid("body.memo", "text");
  if (typeof timeout !== "string" || !/^(0|[1-9][0-9]{0,18})$/.test(timeout))
    return invalid("body.timeout_height", "a decimal string");
  const infos = authFromJson(auth);
  if (isRejection(infos)) return infos;
  const list = (signatures ?? []) as Json;
  if (!Array.isArray(list)) return invalid("signatures", "a list");
  const decoded = (list as readonly Json[]).map((text) => (typeof text === "string" ? fromBase64(text) : undefined));
  if (decoded.includes(undefined)) return invalid("signatures", "base64");
  const authInfoBytes = guarded(() => authInfo.encode(AuthInfo.fromJSON(infos)));
  if (authInfoBytes === undefined) return invalid("auth_info", "cosmos.tx.v1beta1.AuthInfo in JSON");
  const bodyBytes = txBody.encode(TxBody.fromPartial({ messages, memo, timeoutHeight: BigInt(timeout) }));
  return txRaw.encode({ bodyBytes, authInfoBytes, signatures: decoded as Bytes[] });
}

/** The library throws for JSON of another shape; undefined then. */
function guarded<T>(convert: () => T): T | undefined {
  try {
    return convert();
  } catch {
    return undefined; // Its words name its own internals; the caller names the field.
  }
}

/** In the names that cosmjs-types reads. */
function authFromJson(auth: JsonObject): object | Rejection {
  const signerInfos: unknown[] = [];
  for (const info of (Array.isArray(auth["signer_infos"]) ? auth["signer_infos"] : []) as readonly Json[]) {
    if (!isJsonObject(info)) return invalid("auth_info.signer_infos", "objects");
    const key = info["public_key"];
    const any = isJsonObject(key) ? keyFromJson(key) : undefined;
    if (isRejection(any)) return any;
    const rest = renamed({ mode_info: info["mode_info"] ?? null, sequence: info["sequence"] ?? "0" }, camel) as object;
    signerInfos.push({
      ...rest,
      ...(any === undefined ? {} : { publicKey: { typeUrl: any.typeUrl, value: toBase64(any.value) } }),
    });
  }
  const fee = auth["fee"];
  return { signerInfos, ...(isJsonObject(fee) ? { fee: renamed(fee, camel) } : {}) };
}

function keyFromJson(key: JsonObject): AnyMessage | Rejection {
  const bytes = key["@type"] === KEY_TYPE && typeof key["key"] === "string" ? fromBase64(key["key"]) : undefined;
  if (bytes?.length !== 33) return invalid("auth_info.signer_infos.public_key", `${KEY_TYPE} with 33 bytes in base64`);
  const any = { typeUrl: KEY_TYPE, value: Uint8Array.of(0x0a, 33, ...bytes) };
  const checked = decodeKey(any);
  return isRejection(checked) ? checked : any;
}

const invalid = (field: string, want: string): Rejection => reject(sdkErrors.invalidRequest, { field, want });

/** cosmjs-types speaks camelCase, the gateway snake_case; keys that begin with "@" stay. */
function renamed(
  json: unknown,
  rename: (key: string) => string,
  convert: (key: string, text: string) => string = (_key, text) => text,
): unknown {
  if (Array.isArray(json)) return json.map((item) => renamed(item, rename, convert));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      rename(key),
      typeof value === "string" ? convert(key, value) : renamed(value, rename, convert),
    ]),
  );
}

const pointed = (key: string, text: string): string => (isDecimalField(snake(key)) ? decimalText(text) : text);

function unpointed(key: string, text: string): string {
  if (!isDecimalField(key) || text === "") return text;
  const atomics = decimalAtomics(text);
  if (atomics === undefined) throw new Error(key); // `guarded` is around.
  return atomics;
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${LOWER[UPPER.indexOf(letter)]!}`);
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => UPPER[LOWER.indexOf(letter)]!);
}
