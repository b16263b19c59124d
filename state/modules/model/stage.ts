import type { Context } from "../../context.js";
import { stages } from "./keys.js";
import type { Version } from "./records.js";

/** The version in its new stage; who and when go on record for good. The caller stores the version. */
export function recordStage({ view, block }: Context, version: Version, stage: number, by: string): Version {
  const { id, stageChanges } = version;
  stages.put(view, [id, stageChanges], { stage, by, height: block.height, time: block.time });
  return { ...version, stage, stageChanges: stageChanges + 1 };
}
