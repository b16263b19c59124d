import type { Json } from "#proto/codec/json-text.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";
import type { QueryAnswer } from "../deps.js";
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
  4: "Unauthenticated",
  6: "Unimplemented",
  7: "InvalidArgument",
  18: "InvalidArgument",
  22: "NotFound",
  26: "InvalidArgument",
};

export function queryError({ code, codespace, log }: QueryAnswer): Reply {
  const named = /^rpc error: code = ([A-Za-z]+) /.exec(log)?.[1]; // Further on in it a stranger's words may stand.
  if (named !== undefined && Object.hasOwn(GRPC, named)) return grpcError(named as GrpcName, log);
  return grpcError((codespace === "sdk" ? SDK_CODES[code] : undefined) ?? "Unknown", log);
}
