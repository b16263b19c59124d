import type { Bytes } from "#proto/bytes.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import {
  cosmosMessages,
  type CosmosMessage,
  type CosmosMessageUrl,
  type MessageUrl,
} from "#proto/tx/cosmos-messages.js";
import type { AminoMessage } from "#proto/tx/sign-doc.js";
import type { Messages, MessageName } from "#proto/codec/message.js";
import { message } from "#proto/codec/message.js";
import { ownShape, type FieldShape } from "#proto/codec/field-count.js";
import { toAminoJson } from "#proto/codec/json.js";
import type { Json } from "#proto/codec/json-text.js";
import type { Genesis } from "#proto/types/genesis.js";
import type { Validator } from "#proto/types/validators.js";
import type { ReadView, WriteView } from "./store/view.js";
import type { AddressText, Context, FingerprintLookup } from "./context.js";

/** One message type of a module: how it is read, who signs it, what it does. */
export interface MessageRow {
  readonly typeUrl: MessageUrl;
  /** Its fields are counted before it is decoded: what reading costs is bounded for a whole transaction. */
  readonly shape: FieldShape;
  decode(bytes: Bytes): unknown;
  /** Bech32 texts of all who must sign, in order. */
  signers(message: unknown): readonly string[];
  /** The form that Ledgers and legacy wallets sign. */
  amino(message: unknown): AminoMessage;
  /** All reads, then all checks, then all writes, then the event. Returns the response message's bytes. */
  handle(context: Context, message: unknown): Bytes | Rejection;
}

/** What a query sees: one height, nothing in flight. */
export interface QueryContext {
  readonly view: ReadView;
  readonly height: bigint;
  /** Block time of that height. */
  readonly time: bigint;
  readonly chainId: string;
  readonly address: AddressText;
  readonly fingerprints: FingerprintLookup;
}

export type QueryHandler = (context: QueryContext, request: Bytes) => Bytes | Rejection;

export interface GenesisContext {
  readonly view: WriteView;
  readonly genesis: Genesis;
  readonly address: AddressText;
}

/**
 * One field of a module's part of app_state: a value, or, for what grows with the state, rows that are read from the view
 * one at a time while somebody asks for them.
 */
export type GenesisField = readonly [name: string, value: Json | Iterable<Json>];

/** A broken invariant, in words. */
export type Invariant = (view: ReadView) => string | undefined;

/** A family of the state machine: a value, with the same few files in each folder. */
export interface Module {
  readonly name: string;
  /** First byte of all its keys; permanent. */
  readonly prefix: number;
  readonly messages: readonly MessageRow[];
  readonly queries: Readonly<Record<string, QueryHandler>>;
  /** Reads the module's part of app_state; a rejection names the field. */
  initGenesis(context: GenesisContext, state: unknown): Rejection | undefined;
  /** What `initGenesis` reads. The view must stay as it is until the last row is read. */
  exportGenesis(context: QueryContext): Iterable<GenesisField>;
  beginBlock?(context: Context): void;
  /** @returns changes of the validator set, each key once, active two heights later */
  endBlock?(context: Context): readonly Validator[] | undefined;
  readonly invariants: Readonly<Record<string, Invariant>>;
}

/** A row for one of our own messages; its signer is its first field. */
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
 * @param row.amino its value as the SDK signs it: parts that are undefined or empty are left out
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

export function presentParts(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && part !== ""));
}

/** "tributary.datanet.v1.MsgContribute" is "tributary/datanet/MsgContribute". */
function aminoName(name: string): string {
  const [chain, module, , text] = name.split(".");
  return `${chain}/${module}/${text}`;
}

/** A query row of our own: request and response are messages of our schemas. */
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
