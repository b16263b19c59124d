import { client, httpTransport, QueryError, RpcError, type Client } from "#proto/client/index.js";
import { isJsonObject } from "#proto/codec/json-text.js";
import { cosmosToJson } from "#proto/tx/cosmos-json.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import type { CosmosType } from "#proto/codec/cosmos.js";
import { QueryDenomMetadataRequest, QueryDenomMetadataResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  QueryParamsRequest,
  QueryParamsResponse,
  QueryValidatorsRequest,
  QueryValidatorsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import type { Coinage } from "../present/amount.js";

const ANSWER_MS = 20_000;

/** The server that this page came from: a node, or `tribd explorer`. */
export const node: Client = client(
  httpTransport("/", async (url, init) => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS), credentials: "omit" });
    const text = await answer.text();
    return { text: () => Promise.resolve(text) };
  }),
);

/** What is fixed for a chain: its id, its addresses and its coin. */
export interface Chain {
  readonly chainId: string;
  readonly prefix: string;
  readonly coinage: Coinage;
}

export async function readChain(): Promise<Chain> {
  const [{ chainId }, prefix, { params }] = await Promise.all([
    node.status(),
    readPrefix(),
    node.cosmosQuery(
      "cosmos.staking.v1beta1.Query/Params",
      [QueryParamsRequest, QueryParamsResponse],
      QueryParamsRequest.fromPartial({}),
    ),
  ]);
  return { chainId, prefix, coinage: await readCoinage(params.bondDenom) };
}

async function readCoinage(base: string): Promise<Coinage> {
  try {
    const { metadata } = await node.cosmosQuery(
      "cosmos.bank.v1beta1.Query/DenomMetadata",
      [QueryDenomMetadataRequest, QueryDenomMetadataResponse],
      { denom: base },
    );
    const unit = metadata.denomUnits.find(({ denom }) => denom === metadata.display);
    return { base, symbol: metadata.symbol, exponent: unit?.exponent ?? 0 };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { base, symbol: base, exponent: 0 };
  }
}

/** Of the first validator's operator address, which every chain has. */
async function readPrefix(): Promise<string> {
  const { validators } = await node.cosmosQuery(
    "cosmos.staking.v1beta1.Query/Validators",
    [QueryValidatorsRequest, QueryValidatorsResponse],
    QueryValidatorsRequest.fromPartial({ pagination: { limit: 1n } }),
  );
  return /^(.+)valoper1/.exec(validators[0]?.operatorAddress ?? "")?.[1] ?? "trib";
}

/** A query of a Cosmos module, as REST shows its answer. */
export async function cosmosJson<Q, A extends object>(
  name: string,
  types: readonly [request: CosmosType<Q>, response: CosmosType<A>],
  request: Q,
): Promise<JsonObject> {
  return cosmosToJson(types[1], await node.cosmosQuery(name, types, request));
}

/** The objects of a list in a Cosmos answer. */
export function objectsOf(json: unknown): readonly JsonObject[] {
  return Array.isArray(json) ? json.filter((item): item is JsonObject => isJsonObject(item)) : [];
}

export function isNotFound(error: unknown): boolean {
  if (error instanceof QueryError) return error.codespace === "sdk" && error.code === 22;
  return error instanceof RpcError && (error.reason === "not_found" || /not found|does not exist/.test(error.message));
}

/** One page of a list. */
export interface PageKey {
  readonly key: Uint8Array;
  readonly limit: number;
  readonly reverse: boolean;
}

export function pageRequest({ key, limit, reverse }: PageKey) {
  return { key, offset: 0n, limit: BigInt(limit), countTotal: false, reverse };
}
