import { isRejection, rejectionText } from "#proto/rejection.js";
import { sha256 } from "#proto/crypto/hash.js";
import { upperHex } from "#proto/rpc/json.js";
import { unavailable } from "../fault.js";
import type { Submission } from "../services/submission.js";
import { refusal } from "./mempool.js";
import type { Handlers } from "./table.js";

export function evidenceHandlers(submission: Submission): Pick<Handlers, "broadcast_evidence"> {
  return {
    async broadcast_evidence({ evidence }, caller) {
      const refused = await submission.evidence(evidence, caller);
      if (refused === undefined) return { hash: upperHex(sha256(evidence)) };
      if (!isRejection(refused)) throw refusal(refused);
      const { codespace, code } = refused;
      throw unavailable(`failed to add evidence: ${rejectionText(refused)} (${codespace} ${code})`);
    },
  };
}
