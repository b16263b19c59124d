import type { Json } from "#proto/codec/json-text.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";
import type { AbciAnswer } from "#proto/rpc/abci.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Caller } from "../door.js";
import { json, type Reply } from "../http-reply.js";

export interface RestRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly body: string;
  /** The header x-cosmos-block-height, as it was sent. */
  readonly height: string | undefined;
  readonly caller: Caller;
}

/** grpc-gateway's errors: gRPC code in the body, its HTTP status outside. */
const GRPC = {
  Unknown: [2, 500],
  InvalidArgument: [3, 400],
  NotFound: [5, 404],
  ResourceExhausted: [8, 429],
  FailedPrecondition: [9, 400],
  Unimplemented: [12, 501],
  Internal: [13, 500],
  Unavailable: [14, 503],
  Unauthenticated: [16, 401],
} as const;
export type GrpcName = keyof typeof GRPC;

export const ok = (body: Json): Reply => json(JSON.stringify(body));

export function grpcError(name: GrpcName, sentence: string): Reply {
  const [code, status] = GRPC[name];
  return json(JSON.stringify({ code, message: sentence, details: [] }), status);
}

export const badRequest = (why: Rejection): Reply => grpcError("InvalidArgument", rejectionText(why));

export const notImplemented = (): Reply => grpcError("Unimplemented", "Not Implemented");

/** SDK codes to gRPC's: the way back of the table in the Cosmos SDK's gRPC router. */
const SDK_CODES: Readonly<Record<number, GrpcName>> = {
  [sdkErrors.unauthorized.code]: "Unauthenticated",
  [sdkErrors.invalidAddress.code]: "InvalidArgument",
  [sdkErrors.invalidRequest.code]: "InvalidArgument",
  [sdkErrors.keyNotFound.code]: "NotFound",
  [sdkErrors.invalidHeight.code]: "InvalidArgument",
};

export function queryError({ code, codespace, log }: AbciAnswer): Reply {
  const name = codespace === sdkErrors.txDecode.codespace ? code : 0;
  return name === sdkErrors.unknownRequest.code ? notImplemented() : grpcError(SDK_CODES[name] ?? "Unknown", log);
}
