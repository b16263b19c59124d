import { unitsText } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { ownAny } from "#proto/tx/build.js";
import { allPlaces, drawnPlaces, packOpenings } from "../../usage/openings.js";
import { roles } from "../cast.js";
import { until, type Story } from "../story.js";
import { decimal } from "./payment.js";
import { counted } from "../talk.js";
import type { RedeemedBatch } from "./use.js";

/** Phase of a batch, as the query numbers them. */
const OPENING = 3;
const SETTLE_GAS = 200_000n;
/** The chain takes transactions of 128 kB; smaller ones leave a block room for others. */
const OPENING_BYTES_PER_TX = 24_000;

export type Batch = Messages["tributary.attribution.v1.Batch"];

/** Waits for the epoch's end and the beacon, shows what was drawn, and has the batch settled. */
export async function openAndSettle(story: Story, redeemed: RedeemedBatch): Promise<Batch> {
  const { cast, node, talk } = story;
  const { batchId } = redeemed;
  const sample = await until(story, `the opening of batch ${batchId}`, 90, async () => {
    const { phase } = await node.query("tributary.attribution.v1.Query/Batch", { batchId });
    if (phase !== OPENING) return undefined;
    return await node.query("tributary.attribution.v1.Query/Sample", { batchId });
  });
  const { vouchers } = redeemed;
  const places = sample.whole ? allPlaces(vouchers) : drawnPlaces(vouchers, sample.points);
  const lists = packOpenings(vouchers, places, OPENING_BYTES_PER_TX);
  const provider = cast(roles.provider);
  for (const list of lists) {
    await provider.send(
      ownAny("tributary.attribution.v1.MsgOpenSample", { signer: provider.address, batchId, openings: list }),
    );
  }
  const drawn = sample.whole ? "whole" : `where the beacon drew ${sample.points.length} times`;
  talk.say(
    `${roles.provider} opened batch ${batchId} ${drawn}: ${counted(places.length, "receipt")} in ${counted(lists.length, "transaction")}`,
  );
  return await settled(story, batchId);
}

/** The first caller asks for it; each block settles and books as much as fits. After the deadline it happens without a request. */
async function settled(story: Story, batchId: bigint): Promise<Batch> {
  const { cast, node, talk } = story;
  const settler = cast(roles.provider);
  await settler.attempt(
    SETTLE_GAS,
    ownAny("tributary.attribution.v1.MsgSettleBatch", { signer: settler.address, batchId }),
  );
  const batch = await until(story, `the settlement of batch ${batchId}`, 60, async () => {
    const { batch, progress } = await node.query("tributary.attribution.v1.Query/Batch", { batchId });
    return batch?.settlement !== undefined && progress === undefined ? batch : undefined;
  });
  const { credited, residual } = batch.settlement!;
  const units = (billionths: string): string => unitsText(decimal(billionths));
  talk.say(
    `every validator recomputed batch ${batchId}: pool ${batch.pool} = ${units(credited)} credited + ${units(residual)} residual`,
  );
  return batch;
}
