import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import {
  GetTxRequest,
  GetTxResponse,
  GetTxsEventRequest,
  GetTxsEventResponse,
  OrderBy,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import { fromHex } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import type { AbciAnswer } from "#proto/rpc/abci.js";
import { parseQuery } from "#proto/rpc/query-grammar.js";
import type { Gate } from "../../runtime/gate.js";
import type { RpcDeps } from "../deps.js";
import { answer, refusal } from "./answers.js";
import { txAt, txByHash, type CommittedTx } from "./committed-tx.js";
import { decoded } from "./decode.js";
import type { OwnQueries } from "./queries.js";
import { txResponse } from "./tx-response.js";

const PAGE = 100n;

/** The part of cosmos.tx.v1beta1.Service that needs the index; Simulate is a state query. */
export function txService({ chain, search }: RpcDeps, pages: Gate): OwnQueries {
  const now = (): bigint => chain.latestHeight();

  async function getTx(data: Uint8Array): Promise<AbciAnswer> {
    const request = decoded(GetTxRequest, data);
    const hash = request === undefined ? undefined : fromHex(request.hash);
    if (request === undefined || hash?.length !== 32) return refusal("InvalidArgument", "hash is 64 hex digits", now());
    const found = await txByHash(chain, search, hash);
    if (found === undefined) return refusal("NotFound", `tx not found: ${request.hash}`, now());
    const reply = GetTxResponse.fromPartial({ tx: txOf(found), txResponse: txResponse(found) });
    return answer(GetTxResponse.encode(reply).finish(), now());
  }

  async function getTxsEvent(data: Uint8Array): Promise<AbciAnswer> {
    const request = decoded(GetTxsEventRequest, data);
    if (request === undefined) return refusal("InvalidArgument", "the request is malformed", now());
    const text = request.query === "" ? request.events.join(" AND ") : request.query;
    const query = parseQuery(text);
    if (isRejection(query)) return refusal("InvalidArgument", `query: ${rejectionText(query)}`, now());
    const window = windowOf(request);
    const page = await search.txs(query, { ...window, descending: request.orderBy === OrderBy.ORDER_BY_DESC });
    if (isRejection(page)) return refusal("InvalidArgument", rejectionText(page), now());
    const found = await pages.run(async () => {
      const read: CommittedTx[] = [];
      for (const position of page.items) {
        const tx = await txAt(chain, position);
        if (tx !== undefined) read.push(tx);
      }
      return read;
    });
    const reply = GetTxsEventResponse.fromPartial({
      txs: found.map(txOf),
      txResponses: found.map(txResponse),
      total: BigInt(page.total),
    });
    return answer(GetTxsEventResponse.encode(reply).finish(), now());
  }

  return {
    "/cosmos.tx.v1beta1.Service/GetTx": ({ data }) => getTx(data),
    "/cosmos.tx.v1beta1.Service/GetTxsEvent": ({ data }) => getTxsEvent(data),
  };
}

/** Committed bytes were decoded when they were checked. */
const txOf = ({ tx }: CommittedTx): Tx => Tx.decode(tx);

/** Both ways of the SDK: page and limit since 0.46, pagination.offset and pagination.limit before. */
function windowOf(request: GetTxsEventRequest): { skip: number; limit: number } {
  const asked = request.limit > 0n ? request.limit : (request.pagination?.limit ?? 0n);
  const limit = asked > 0n && asked < PAGE ? asked : PAGE;
  const skip = request.page > 1n ? (request.page - 1n) * limit : (request.pagination?.offset ?? 0n);
  return { skip: Number(skip > 1_000_000_000n ? 1_000_000_000n : skip), limit: Number(limit) };
}
