import { toBase64 } from "#proto/base64.js";
import { base64OrNull } from "#proto/rpc/json.js";
import type { RpcDeps } from "../deps.js";
import { badParams } from "../fault.js";
import type { QueryService } from "../services/queries.js";
import { headerOf } from "./heights.js";
import type { Handlers } from "./table.js";

export function abciHandlers(
  { node, chain }: RpcDeps,
  queries: QueryService,
): Pick<Handlers, "abci_info" | "abci_query"> {
  return {
    async abci_info() {
      const height = chain.latestHeight();
      const stored = await chain.block(height);
      return {
        response: {
          data: "tributary",
          version: node.version,
          app_version: "1",
          last_block_height: String(height),
          last_block_app_hash: stored === undefined ? "" : toBase64(headerOf(stored).stateRoot),
        },
      };
    },

    async abci_query({ path, data, height, prove }) {
      if (path === "") throw badParams("path is missing, as /cosmos.bank.v1beta1.Query/Balance");
      const answer = await queries.query({
        path,
        data: data ?? new Uint8Array(0),
        height: height === 0n ? undefined : height,
        prove: prove ?? false,
      });
      const ops = answer.proofOps.map(({ type, key, data: op }) => ({ type, key: toBase64(key), data: toBase64(op) }));
      return {
        response: {
          code: answer.code,
          log: answer.log,
          info: "",
          index: "0",
          key: base64OrNull(answer.key),
          value: base64OrNull(answer.value),
          proofOps: ops.length === 0 ? null : { ops },
          height: String(answer.height),
          codespace: answer.codespace,
        },
      };
    },
  };
}
