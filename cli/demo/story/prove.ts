import type { Client } from "#proto/client/index.js";
import type { Home } from "#node/config/home.js";
import { verifyPayout } from "#proto/client/verify/index.js";
import { readGenesis } from "../../genesis/file.js";
import type { Story } from "./story.js";

/** What `tribd verify payout` does: every credit and payment again, from bytes proven under headers that lead back to genesis. */
export async function provePayouts(
  { talk, world }: Pick<Story, "talk" | "world">,
  node: Client,
  home: Home,
): Promise<boolean> {
  const report = await verifyPayout(node, readGenesis(home.genesis), { now: BigInt(world.system.now()) });
  const { agrees, batches, disagreement, headers, height, proofs } = report;
  talk.say(
    agrees
      ? `tribd verify payout: ${batches.length} batches agree to the last unit at height ${height}; ${headers} headers from genesis, ${proofs} values proven`
      : `tribd verify payout DISAGREES: ${disagreement?.what ?? ""}: ${disagreement?.why ?? ""}`,
  );
  return agrees;
}
