import { isRejection } from "#proto/rejection.js";
import type { Context } from "#state/context.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";
import { addressText } from "#state/modules/chain/index.js";
import { correct, type Correction } from "#state/modules/payout/index.js";
import { View } from "#state/store/view.js";
import type { Market } from "./market.js";

/** What a ruling does between two blocks; no message of this version rules. */
export function rule({ world }: Market, correction: Correction): ReturnType<typeof correct> {
  const view = new View(world.base);
  const context = { view, address: addressText("trib"), emit: () => undefined, fingerprints: NO_FINGERPRINTS };
  const done = correct(context as unknown as Context, correction);
  if (!isRejection(done)) world.base.apply(view.writes());
  return done;
}
