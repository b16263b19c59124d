import type { Bytes } from "#proto/bytes.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import {
  cosmosMessages,
  type CosmosMessage,
  type CosmosMessageUrl,
  type MessageUrl,
} from "#proto/tx/cosmos-messages.js";
import type { AminoMessage } from "#proto/tx/sign-doc.js";
import { message, type Messages, type MessageName } from "#proto/codec/message.js";
import { ownShape, type FieldShape } from "#proto/codec/field-count.js";
import { toAminoJson } from "#proto/codec/json.js";
import type { Json } from "#proto/codec/json-text.js";
import type { Genesis } from "#proto/types/genesis.js";
import type { Validator } from "#proto/types/validators.js";
import type { ReadView, WriteView } from "./store/view.js";
import type { AddressText, Context, FingerprintLookup } from "./context.js";

/** A message type of a module: its codec, signers and handler. */
export interface MessageRow {
  readonly typeUrl: MessageUrl;
  /** Its fields are counted before it is decoded, to bound the cost of decoding a transaction. */
  readonly shape: FieldShape;
  decode(bytes: Bytes): unknown;
  /** Bech32 addresses of the required signers, in order. */
  signers(message: unknown): readonly string[];
  /** The amino JSON form, for Ledgers and legacy wallets. */
  amino(message: unknown): AminoMessage;
  /** All reads, then all checks, then all writes, then the event. Returns the response message's bytes. */
  handle(context: Context, message: unknown): Bytes | Rejection;
}

/** Input of a query: one committed height. */
export interface QueryContext {
  readonly view: ReadView;
  readonly height: bigint;
  /** Block time of that height, unix milliseconds. */
  readonly time: bigint;
  readonly chainId: string;
  readonly address: AddressText;
  readonly fingerprints: FingerprintLookup;
}

/** Answers a query: request and response are canonical bytes of its messages. */
export type QueryHandler = (context: QueryContext, request: Bytes) => Bytes | Rejection;

/** Input of a module's genesis. */
export interface GenesisContext {
  readonly view: WriteView;
  readonly genesis: Genesis;
  readonly address: AddressText;
}

/** A field of a module's part of app_state: a value, or an iterable of rows that are read from the view one by one. */
export type GenesisField = readonly [name: string, value: Json | Iterable<Json>];

/** Returns a sentence if the invariant is broken, else undefined. */
export type Invariant = (view: ReadView) => string | undefined;

/** A module of the state machine. Each is a value, with the same files in its folder. */
export interface Module {
  readonly name: string;
  /** First byte of all its state keys; permanent. */
  readonly prefix: number;
  readonly messages: readonly MessageRow[];
  readonly queries: Readonly<Record<string, QueryHandler>>;
  /** Reads the module's part of app_state; a rejection names the field. */
  initGenesis(context: GenesisContext, state: unknown): Rejection | undefined;
  /** The document part that `initGenesis` reads. The view must not change until the last row is read. */
  exportGenesis(context: QueryContext): Iterable<GenesisField>;
  beginBlock?(context: Context): void;
  /** @returns changes of the validator set, each key once, active two heights later */
  endBlock?(context: Context): readonly Validator[] | undefined;
  readonly invariants: Readonly<Record<string, Invariant>>;
}

/** A row for a message of our schemas with one signer. */
export function ownMessage<N extends MessageName>(
  name: N,
  signer: (message: Messages[N]) => string,
  handle: (context: Context, message: Messages[N]) => Bytes | Rejection,
): MessageRow {
  const codec = message(name);
  return {
    typeUrl: `/${name}`,
    shape: ownShape(name),
    decode: (bytes) => codec.decode(bytes),
    signers: (value) => [signer(value as Messages[N])],
    amino: (value) => ({ type: aminoName(name), value: toAminoJson(name, value as Messages[N]) }),
    handle: (context, value) => handle(context, value as Messages[N]),
  };
}

/**
 * A row for a message of the Cosmos SDK.
 * @param row.amino the value as the SDK signs it; undefined and empty parts are omitted
 */
export function cosmosMessage<U extends CosmosMessageUrl>(
  typeUrl: U,
  row: {
    signers(message: CosmosMessage<U>): readonly string[];
    amino(message: CosmosMessage<U>): Readonly<Record<string, unknown>>;
    handle(context: Context, message: CosmosMessage<U>): Bytes | Rejection;
  },
): MessageRow {
  const { codec, shape } = cosmosMessages[typeUrl];
  const type = `cosmos-sdk/${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)}`;
  return {
    typeUrl,
    shape,
    decode: (bytes) => codec.decode(bytes),
    signers: (value) => row.signers(value as CosmosMessage<U>),
    amino: (value) => ({ type, value: presentParts(row.amino(value as CosmosMessage<U>)) }),
    handle: (context, value) => row.handle(context, value as CosmosMessage<U>),
  };
}

/** Omits undefined and empty-text parts, as amino JSON does. */
export function presentParts(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && part !== ""));
}

/** "tributary.datanet.v1.MsgContribute" is "tributary/datanet/MsgContribute". */
function aminoName(name: string): string {
  const [chain, module, , text] = name.split(".");
  return `${chain}/${module}/${text}`;
}

/** A query whose request and response are messages of our schemas. */
export function ownQuery<Q extends MessageName, A extends MessageName>(
  path: string,
  request: Q,
  answer: A,
  handle: (context: QueryContext, request: Messages[Q]) => Messages[A] | Rejection,
): Readonly<Record<string, QueryHandler>> {
  const requestCodec = message(request);
  const answerCodec = message(answer);
  return {
    [path]: (context, bytes) => {
      const question = requestCodec.decode(bytes);
      if (isRejection(question)) return question;
      const result = handle(context, question);
      return isRejection(result) ? result : answerCodec.encode(result);
    },
  };
}
