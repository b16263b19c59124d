import type { ProposedValue } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import type { DriveDeps } from "./deps.js";

/** Has the chain judge the assembled block of a proposal at this height. */
export async function judgeBlock(
  { chain, log }: Pick<DriveDeps, "chain" | "log">,
  height: bigint,
  blockId: BlockId,
  bytes: Bytes,
): Promise<ProposedValue> {
  const verdict = await chain.process(bytes);
  const named = equalBlockIds(verdict.blockId, blockId);
  const valid = verdict.valid && named && verdict.height === height;
  if (!valid) {
    log.warn("a proposed block is invalid", {
      height,
      reason: verdict.reason || "not the block that the proposal names",
    });
  }
  return { kind: "proposed_value", height, blockId, round: verdict.round, timeMs: verdict.time, valid };
}
