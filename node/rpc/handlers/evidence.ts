import { rejectionText } from "#proto/rejection.js";
import { sha256 } from "#proto/crypto/hash.js";
import { upperHex } from "#proto/rpc/json.js";
import type { RpcDeps } from "../deps.js";
import { unavailable } from "../fault.js";
import type { Handlers } from "./table.js";

export function evidenceHandlers({ evidence: pool }: RpcDeps): Pick<Handlers, "broadcast_evidence"> {
  return {
    async broadcast_evidence({ evidence }) {
      const refused = await pool.submit(evidence);
      if (refused === undefined) return { hash: upperHex(sha256(evidence)) };
      const { codespace, code } = refused;
      throw unavailable(`failed to add evidence: ${rejectionText(refused)} (${codespace} ${code})`);
    },
  };
}
