import { toBase64 } from "../base64.js";
import type { Block, Header } from "../types/block.js";
import type { ValidatorSet } from "../types/validators.js";
import { evidenceJson } from "./evidence-json.js";
import { commitJson, headerJson, NO_BLOCK_ID } from "./json.js";
import type { BlockJson, CommitJson } from "./results.js";

const NO_COMMIT: CommitJson = { height: "0", round: 0, block_id: NO_BLOCK_ID, signatures: [] };

/** @param lastValidators the set of height - 1, when it is kept. @param lastTime the time of block height - 1 */
export function blockJson(
  block: Block,
  header: Header,
  lastValidators: ValidatorSet | undefined,
  lastTime: bigint,
): BlockJson {
  return {
    header: headerJson(header),
    data: { txs: block.txs.map(toBase64) },
    evidence: { evidence: block.evidence.map(evidenceJson) },
    last_commit:
      block.lastCertificate === undefined ? NO_COMMIT : commitJson(block.lastCertificate, lastValidators, lastTime),
  };
}
