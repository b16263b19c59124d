import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { fromBase64 } from "#proto/base64.js";
import type { Bytes } from "#proto/bytes.js";
import { refuse } from "#proto/codec/json.js";
import { isJsonObject, parseJson, type JsonObject } from "#proto/codec/json-text.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { txHash, upperHex } from "#proto/rpc/json.js";
import { cosmosFromJson, cosmosToJson } from "#proto/tx/cosmos-json.js";
import type { RpcDeps, SubmitRefused } from "../deps.js";
import type { Caller } from "../door.js";
import { scanJson } from "../json-scan.js";
import type { RpcLimits } from "../limits.js";
import type { Submission } from "../services/submission.js";
import { headerOf } from "../handlers/heights.js";
import type { Reply } from "../http-reply.js";
import { txAt } from "../services/committed-tx.js";
import { decoded } from "../services/decode.js";
import type { QueryService } from "../services/queries.js";
import { txResponse } from "../services/tx-response.js";
import { answer } from "./answer.js";
import type { OwnRoute } from "./base.js";
import { pageOf } from "./pagination.js";
import { badRequest, grpcError, ok, queryError, type GrpcName } from "./reply.js";
import { TxResponse } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";

const TXS = "/cosmos/tx/v1beta1";
const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
/** BLOCK was withdrawn by the SDK; who still sends it gets the check's answer, as from SYNC. */
const MODES: ReadonlySet<string> = new Set(["BROADCAST_MODE_SYNC", "BROADCAST_MODE_ASYNC", "BROADCAST_MODE_BLOCK"]);
/** Refusals before the check: SDK codes for the mempool's, gRPC codes for those that mean "later". */
const REFUSED: Readonly<Record<SubmitRefused["refused"], number | GrpcName>> = {
  duplicate: 19,
  full: 20,
  too_large: 21,
  busy: "Unavailable",
  rate: "ResourceExhausted",
};

export function txRoutes(
  deps: RpcDeps,
  { queries, submission, limits }: { queries: QueryService; submission: Submission; limits: RpcLimits },
): readonly OwnRoute[] {
  const onObject = objectReader(limits);
  return [
    {
      method: "POST",
      path: `${TXS}/txs`,
      handle: (_, { body, caller }) => onObject(body, (json) => broadcast(submission, json, caller)),
    },
    {
      method: "POST",
      path: `${TXS}/simulate`,
      handle: (_, { body }) => onObject(body, (json) => simulate(queries, json)),
    },
    {
      method: "GET",
      path: `${TXS}/txs/block/{height}`,
      handle: ({ height }, { url }) => blockTxs(deps, height ?? "", url),
    },
  ];
}

/** Answers the JSON object of a body, whatever content type it claims. */
function objectReader({ jsonValuesMax }: RpcLimits) {
  return async (body: string, use: (json: JsonObject) => Promise<Reply>): Promise<Reply> => {
    const json = scanJson(body, { calls: jsonValuesMax, values: jsonValuesMax }) ?? parseJson(body);
    if (isRejection(json)) return grpcError("InvalidArgument", `body: ${rejectionText(json)}`);
    return isJsonObject(json) ? use(json) : grpcError("InvalidArgument", "the body is no JSON object");
  };
}

async function broadcast(submission: Submission, json: JsonObject, caller: Caller): Promise<Reply> {
  const tx = typeof json["tx_bytes"] === "string" ? fromBase64(json["tx_bytes"]) : undefined;
  if (tx === undefined || tx.length === 0) {
    return grpcError("InvalidArgument", "tx_bytes: the signed transaction in base64");
  }
  const mode = json["mode"] ?? "BROADCAST_MODE_SYNC";
  if (typeof mode !== "string" || !MODES.has(mode)) {
    return grpcError("InvalidArgument", `mode: one of ${[...MODES].join(", ")}`);
  }
  const entered = submission.submit(tx, caller);
  const result = "refused" in entered ? entered : await entered.answer;
  const txhash = upperHex(txHash(tx));
  if (!("refused" in result)) {
    const { code, codespace, log, data } = result;
    return txReply(TxResponse.fromPartial({ code, codespace, rawLog: log, data: upperHex(data), txhash }));
  }
  const code = REFUSED[result.refused];
  if (typeof code === "string") return grpcError(code, result.log);
  return txReply(TxResponse.fromPartial({ code, codespace: "sdk", rawLog: result.log, txhash }));
}

function txReply(response: TxResponse): Reply {
  return ok({ tx_response: { ...cosmosToJson(TxResponse, response), tx: null } });
}

async function simulate(queries: QueryService, json: JsonObject): Promise<Reply> {
  const tx = txIn(json);
  if (isRejection(tx)) return badRequest(tx);
  const data = SimulateRequest.encode(SimulateRequest.fromPartial({ txBytes: tx })).finish();
  const found = await queries.query({ path: SIMULATE, data, height: undefined, prove: false });
  if (found.code !== 0) return queryError(found);
  return answer(ok(cosmosToJson(SimulateResponse, SimulateResponse.decode(found.value))), found.height);
}

function txIn({ tx_bytes: bytes, tx }: JsonObject): Bytes | Rejection {
  if (isJsonObject(tx) && (bytes ?? "") === "") {
    const parsed = cosmosFromJson(Tx, tx);
    return isRejection(parsed) ? parsed : Tx.encode(parsed).finish();
  }
  const given = typeof bytes === "string" && bytes !== "" ? fromBase64(bytes) : undefined;
  return given ?? refuse("tx_bytes", "the transaction in base64; or tx: the same as JSON");
}

async function blockTxs({ chain }: RpcDeps, heightText: string, url: URL): Promise<Reply> {
  const height = /^[1-9][0-9]{0,18}$/.test(heightText) ? BigInt(heightText) : undefined;
  const stored = height === undefined || height > chain.latestHeight() ? undefined : await chain.block(height);
  if (height === undefined || stored === undefined) {
    return grpcError("InvalidArgument", `height is from ${chain.earliestHeight()} to ${chain.latestHeight()}`);
  }
  const total = stored.block.txs.length;
  const page = pageOf(url);
  if (isRejection(page)) return badRequest(page);
  const { skip, limit } = page;
  const responses: JsonObject[] = [];
  const txs: JsonObject[] = [];
  for (let index = skip; index < Math.min(total, skip + limit); index++) {
    const found = await txAt(chain, { height, index });
    const tx = found === undefined ? undefined : decoded(Tx, found.tx);
    if (found === undefined || tx === undefined) continue;
    txs.push(cosmosToJson(Tx, tx));
    responses.push(cosmosToJson(TxResponse, txResponse(found)));
  }
  const time = headerOf(stored).time;
  return answer(
    ok({
      txs,
      tx_responses: responses,
      block_time_ms: String(time),
      pagination: { next_key: null, total: String(total) },
    }),
    height,
  );
}
