import { fromHex } from "#proto/bytes.js";
import { toBase64 } from "#proto/base64.js";
import type { Json, JsonObject } from "#proto/codec/json-text.js";
import { toBech32 } from "#proto/crypto/address.js";
import { isRejection } from "#proto/rejection.js";
import type { BlockIdJson, CommitJson, HeaderJson } from "#proto/rpc/results.js";
import type { Member } from "#proto/types/validators.js";
import type { RpcDeps } from "../deps.js";
import { blockResult } from "../handlers/blocks.js";
import { nodeInfo } from "../handlers/info.js";
import type { Reply } from "../http-reply.js";
import { answer } from "./answer.js";
import { pageOf } from "./pagination.js";
import type { PathVariables } from "./paths.js";
import { badRequest, grpcError, ok, type RestRequest } from "./reply.js";

/** cosmos.base.tendermint.v1beta1.Service: the node and its blocks in the gateway's shapes (hashes in base64). */
export interface OwnRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: (variables: PathVariables, request: RestRequest) => Promise<Reply> | Reply;
}

const BASE = "/cosmos/base/tendermint/v1beta1";
/** From 0.50 on explorers use gov v1 and the `query` parameter of transaction search, which is what we serve. */
const SDK_VERSION = "v0.50.13";

export function baseRoutes({ node, chain }: RpcDeps): readonly OwnRoute[] {
  const get = (path: string, handle: OwnRoute["handle"]): OwnRoute => ({
    method: "GET",
    path: `${BASE}${path}`,
    handle,
  });

  /** "latest" or a number; undefined is neither, or not kept. */
  function heightIn({ height }: PathVariables): bigint | undefined {
    if (height === "latest") return chain.latestHeight();
    return /^[1-9][0-9]{0,18}$/.test(height ?? "") ? BigInt(height!) : undefined;
  }
  const noHeight = (): Reply =>
    grpcError("InvalidArgument", `height is latest, or from ${chain.earliestHeight()} to ${chain.latestHeight()}`);

  return [
    get("/node_info", () => ok(nodeInfoJson(node))),
    get("/syncing", () => ok({ syncing: chain.catchingUp() })),

    get("/blocks/{height}", async (variables) => {
      const height = heightIn(variables);
      const stored = height === undefined ? undefined : await chain.block(height);
      if (height === undefined || stored === undefined) return noHeight();
      const { block, block_id } = await blockResult(chain, stored);
      const { data, evidence, last_commit } = block;
      const header = gatewayHeader(block.header);
      const rest = { data, evidence, last_commit: gatewayCommit(last_commit) } as unknown as JsonObject;
      const proposer = toBech32(`${node.addressPrefix}valcons`, stored.block.header!.proposer);
      const body = {
        block_id: gatewayBlockId(block_id),
        block: { header, ...rest },
        sdk_block: { header: { ...header, proposer_address: proposer }, ...rest },
      };
      return answer(ok(body), height);
    }),

    get("/validatorsets/{height}", async (variables, { url }) => {
      const height = heightIn(variables);
      const set = height === undefined ? undefined : await chain.validators(height);
      if (height === undefined || set === undefined) return noHeight();
      const page = pageOf(url);
      if (isRejection(page)) return badRequest(page);
      const validators = set.members
        .slice(page.skip, page.skip + page.limit)
        .map((member) => validatorJson(node.addressPrefix, member));
      const pagination = { next_key: null, total: String(set.members.length) };
      return answer(ok({ block_height: String(height), validators, pagination }), height);
    }),
  ];
}

function nodeInfoJson(node: RpcDeps["node"]): JsonObject {
  const { id, protocol_version, ...info } = nodeInfo(node);
  return {
    default_node_info: { protocol_version, default_node_id: id, ...info },
    application_version: {
      name: "tributary",
      app_name: "tribd",
      version: node.version,
      git_commit: "", // A package does not say from which commit it was built.
      build_tags: "",
      go_version: "",
      build_deps: [],
      cosmos_sdk_version: SDK_VERSION,
    },
  };
}

function validatorJson(prefix: string, { address, pubKey, power, priority }: Member): JsonObject {
  return {
    address: toBech32(`${prefix}valcons`, address),
    pub_key: { "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(pubKey) },
    voting_power: String(power),
    proposer_priority: String(priority),
  };
}

const hash = (hex: string): string => toBase64(fromHex(hex) ?? new Uint8Array(0));

function gatewayBlockId({ hash: id, parts }: BlockIdJson): JsonObject {
  return { hash: hash(id), part_set_header: { total: parts.total, hash: hash(parts.hash) } };
}

function gatewayHeader(header: HeaderJson): JsonObject {
  const entries = Object.entries(header).map(([name, value]): [string, Json] => {
    if (name === "last_block_id") return [name, gatewayBlockId(value as BlockIdJson)];
    if (name.endsWith("_hash") || name === "proposer_address") return [name, hash(value as string)];
    return [name, value as Json];
  });
  return Object.fromEntries(entries);
}

const FLAGS = { 1: "BLOCK_ID_FLAG_ABSENT", 2: "BLOCK_ID_FLAG_COMMIT", 3: "BLOCK_ID_FLAG_NIL" } as const;

function gatewayCommit({ height, round, block_id, signatures }: CommitJson): JsonObject {
  return {
    height,
    round,
    block_id: gatewayBlockId(block_id),
    signatures: signatures.map(({ block_id_flag, validator_address, timestamp, signature }) => ({
      block_id_flag: FLAGS[block_id_flag],
      validator_address: hash(validator_address),
      timestamp,
      signature,
    })),
  };
}
