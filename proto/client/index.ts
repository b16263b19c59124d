import { toHex, type Bytes } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import type { AbciAnswer } from "../rpc/abci.js";
import type { Results } from "../rpc/results.js";
import {
  blockCodec,
  blockResultsCodec,
  certificateCodec,
  headerCodec,
  type Block,
  type BlockResults,
  type Certificate,
  type Header,
} from "../types/block.js";
import { fromMessage, validatorSetCodec, type ValidatorSet } from "../types/validators.js";
import { caller, type Call } from "./call.js";
import {
  base64,
  decodeEvent,
  decodeTx,
  decodeTxResult,
  hex,
  integer,
  type ClientEvent,
  type ClientTx,
  type ClientTxResult,
} from "./decode.js";
import { queries, type Queries } from "./query.js";
import { BadAnswer, type Transport } from "./transport.js";

export {
  allPages,
  QueryError,
  type QueryName,
  type QueryOptions,
  type QueryRequest,
  type QueryResponse,
} from "./query.js";
export { emptyMessage, message, type MessageCodec, type MessageName, type Messages } from "../codec/message.js";
export { fromJson, toJson } from "../codec/json.js";
export type { CosmosType } from "../codec/cosmos.js";
export {
  assembleTx,
  bankSend,
  buildTx,
  cosmosAny,
  ownAny,
  signDirect,
  txHash,
  type TxBodyParts,
  type TxFee,
  type TxSigner,
  type UnsignedTx,
} from "../tx/build.js";
export type { AnyMessage, Coin } from "../tx/decode.js";
export * from "../tx/staking.js";
export { unjail } from "../tx/slashing.js";
export { accountAddress, secp256k1PublicKey } from "../crypto/secp256k1.js";
export { fromBech32, toBech32 } from "../crypto/address.js";
export { BadAnswer, RpcError, httpTransport, type FetchLike, type Transport } from "./transport.js";
export type { AbciAnswer } from "../rpc/abci.js";
export type { ClientEvent, ClientTx, ClientTxResult } from "./decode.js";

/** Status of a node. */
export interface ClientStatus {
  readonly chainId: string;
  readonly moniker: string;
  readonly height: bigint;
  readonly earliestHeight: bigint;
  readonly blockHash: Bytes;
  /** State root in the latest header, that is, of the state after height - 1. */
  readonly appHash: Bytes;
  /** RFC 3339. */
  readonly time: string;
  readonly catchingUp: boolean;
  readonly validator: { readonly address: Bytes; readonly power: bigint };
}
/**
 * Answer of broadcast_tx_sync: the result of the check; a code above 0 means that the node rejected the transaction.
 */
export interface BroadcastAnswer {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly hash: Bytes;
}
/** Header, certificate and validators of a height, unverified: verify them with proto/light. */
export interface LightBlockAnswer {
  readonly header: Header;
  readonly certificate: Certificate;
  readonly validators: ValidatorSet;
}
/** A block with its certificate and results, unverified. */
export interface RawBlockAnswer {
  readonly block: Block;
  readonly certificate: Certificate;
  readonly results: BlockResults;
}
/** Page (from 1), entries per page, and order by height. */
export interface SearchOptions {
  readonly page?: number;
  readonly perPage?: number;
  readonly order?: "asc" | "desc";
}

/** A client of one node. Methods throw RpcError for an error answer and BadAnswer for malformed ones. */
export interface Client extends Queries {
  /** Any method of the table of routes, with the answer as the node sent it. @throws RpcError, BadAnswer */
  readonly call: Call;
  status(): Promise<ClientStatus>;
  genesis(): Promise<Results["genesis"]["genesis"]>;
  /** A code above 0 is an answer, not an exception. @param options height: the latest by default */
  abciQuery(path: string, data: Bytes, options?: { height?: bigint; prove?: boolean }): Promise<AbciAnswer>;
  broadcastTxSync(tx: Bytes): Promise<BroadcastAnswer>;
  /** @returns the hash of the evidence. @throws RpcError with the reason if the node rejects it */
  broadcastEvidence(evidence: Bytes): Promise<Bytes>;
  /** Undefined if no such transaction is committed. */
  tx(hash: Bytes): Promise<ClientTx | undefined>;
  txSearch(query: string, options?: SearchOptions): Promise<{ total: number; txs: readonly ClientTx[] }>;
  block(height?: bigint): Promise<Results["block"]>;
  blockResults(height?: bigint): Promise<{ txs: readonly ClientTxResult[]; blockEvents: readonly ClientEvent[] }>;
  commit(height?: bigint): Promise<Results["commit"]>;
  /** All validators of a height, fetched page by page. */
  validators(height?: bigint): Promise<Results["validators"]["validators"]>;
  lightBlock(height?: bigint): Promise<LightBlockAnswer>;
  rawBlock(height?: bigint): Promise<RawBlockAnswer>;
}

const VALIDATORS_PAGE = 100;
/** A block of the largest size that can be configured, and its results with events. */
const RAW_BLOCK_BYTES_MAX = 64 * 1024 * 1024;

/** A client of one node. Stateless: it does not retry, cache or poll. */
export function client(transport: Transport): Client {
  const call = caller(transport);
  const abciQuery: Client["abciQuery"] = async (path, data, { height, prove } = {}) =>
    abciAnswer((await call("abci_query", { path, data, height, prove })).response);
  return {
    call,
    abciQuery,
    ...queries(abciQuery),
    status: async () => statusOf(await call("status", {})),
    genesis: async () => (await call("genesis", {})).genesis,
    async broadcastTxSync(tx) {
      const { code, codespace, log, hash } = await call("broadcast_tx_sync", { tx });
      return { code, codespace, log, hash: hex("hash", hash) };
    },
    broadcastEvidence: async (evidence) => hex("hash", (await call("broadcast_evidence", { evidence })).hash),
    async tx(hash) {
      // tx_search answers an unknown hash with an empty list, where `tx` answers with an error to be told from others.
      const { txs } = await call("tx_search", { query: `tx.hash='${toHex(hash)}'` });
      return txs[0] === undefined ? undefined : decodeTx(txs[0]);
    },
    async txSearch(query, { page, perPage, order } = {}) {
      const answer = await call("tx_search", { query, page, per_page: perPage, order_by: order });
      return { total: Number(integer("total_count", answer.total_count)), txs: answer.txs.map(decodeTx) };
    },
    block: (height) => call("block", { height }),
    async blockResults(height) {
      const answer = await call("block_results", { height });
      const txs = (answer.txs_results ?? []).map(decodeTxResult);
      return { txs, blockEvents: answer.finalize_block_events.map(decodeEvent) };
    },
    commit: (height) => call("commit", { height }),
    validators: (height) => allValidators(call, height),
    async lightBlock(height) {
      const answer = await call("light_block", { height });
      const validators = canonical("validators", validatorSetCodec.decode(base64("validators", answer.validators)));
      return {
        header: canonical("header", headerCodec.decode(base64("header", answer.header))),
        certificate: canonical("certificate", certificateCodec.decode(base64("certificate", answer.certificate))),
        validators: canonical("validators", fromMessage(validators)),
      };
    },
    async rawBlock(height) {
      const answer = await call("raw_block", { height });
      return {
        block: canonical("block", blockCodec.decode(base64("block", answer.block), RAW_BLOCK_BYTES_MAX)),
        certificate: canonical("certificate", certificateCodec.decode(base64("certificate", answer.certificate))),
        results: canonical("results", blockResultsCodec.decode(base64("results", answer.results), RAW_BLOCK_BYTES_MAX)),
      };
    },
  };
}

function statusOf({ node_info, sync_info, validator_info }: Results["status"]): ClientStatus {
  return {
    chainId: node_info.network,
    moniker: node_info.moniker,
    height: integer("latest_block_height", sync_info.latest_block_height),
    earliestHeight: integer("earliest_block_height", sync_info.earliest_block_height),
    blockHash: hex("latest_block_hash", sync_info.latest_block_hash),
    appHash: hex("latest_app_hash", sync_info.latest_app_hash),
    time: sync_info.latest_block_time,
    catchingUp: sync_info.catching_up,
    validator: {
      address: hex("validator_info.address", validator_info.address),
      power: integer("validator_info.voting_power", validator_info.voting_power),
    },
  };
}

function abciAnswer(response: Results["abci_query"]["response"]): AbciAnswer {
  return {
    code: response.code,
    codespace: response.codespace,
    log: response.log,
    key: base64("key", response.key),
    value: base64("value", response.value),
    height: integer("height", response.height),
    proofOps: (response.proofOps?.ops ?? []).map((op) => ({
      type: op.type,
      key: base64("proofOps.key", op.key),
      data: base64("proofOps.data", op.data),
    })),
  };
}

async function allValidators(call: Call, height: bigint | undefined): Promise<Results["validators"]["validators"]> {
  const all: Results["validators"]["validators"][number][] = [];
  let at = height; // The first answer fixes the height: the latest may move between two pages.
  for (let page = 1; ; page++) {
    const answer = await call("validators", { height: at, page, per_page: VALIDATORS_PAGE });
    at ??= integer("block_height", answer.block_height);
    all.push(...answer.validators);
    if (answer.validators.length === 0 || BigInt(all.length) >= integer("total", answer.total)) return all;
  }
}

function canonical<T extends object>(field: string, value: T | Rejection): T {
  if (isRejection(value)) throw new BadAnswer(`${field} is not canonical: ${value.name}`);
  return value;
}
