import type { ProposedValue } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import type { DriveDeps } from "./deps.js";

/** What the chain thinks of the assembled block that a proposal of this height names. */
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
