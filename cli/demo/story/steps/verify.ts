import { fetchCommitted } from "../recompute/committed.js";
import { differences, recompute, type Recomputed } from "../recompute/recompute.js";
import type { Difference } from "#proto/client/verify/compare.js";
import type { Story } from "../story.js";

export interface Verified {
  readonly agrees: boolean;
  readonly batches: ReadonlyMap<bigint, Recomputed>;
}

/** Recomputes every credit of the batches from what the chain has committed to. */
export async function verifyPayouts({ node, talk }: Story, batchIds: readonly bigint[]): Promise<Verified> {
  talk.chapter("Statement");
  const batches = new Map<bigint, Recomputed>();
  let agrees = true;
  for (const id of batchIds) {
    const committed = await fetchCommitted(node, id);
    const recomputed = recompute(committed);
    const found = differences(committed, recomputed);
    agrees &&= found.length === 0;
    batches.set(id, recomputed);
    const { credits, credited, opened } = recomputed.outcome;
    talk.say(
      found.length === 0
        ? `batch ${id}: ${opened} openings, ${credits.length} paid positions, ${credited} credited: recomputed here, all equal`
        : `batch ${id} DISAGREES: ${found.map(inWords).join("; ")}`,
    );
  }
  return { agrees, batches };
}

function inWords({ what, recorded, recomputed }: Difference): string {
  return `${what}: the chain says ${recorded}, the bytes say ${recomputed}`;
}
