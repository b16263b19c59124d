import type { Client } from "#proto/client/index.js";
import { allPages } from "#proto/client/index.js";
import { unitsText } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { formatCoin } from "../../../coins.js";
import { roles } from "../cast.js";
import { until, type Story } from "../story.js";
import { counted } from "../talk.js";
import { decimal } from "./payment.js";

export type Batch = Messages["tributary.attribution.v1.Batch"];

const REDEEMED_S = 60;
const SETTLED_S = 120;

/** Waits until the gateway has redeemed the vouchers for so many answers in all: it does before the epoch ends. */
export async function awaitRedeemed(story: Story, answers: bigint): Promise<void> {
  const { cast, node, talk, world } = story;
  const provider = cast(roles.provider).address;
  const channels = await until(story, "the redemption of all vouchers", REDEEMED_S, async () => {
    const rows = await channelsOf(node, provider);
    return rows.reduce((sum, { auditCount }) => sum + auditCount, 0n) >= answers ? rows : undefined;
  });
  const amount = channels.reduce((sum, { redeemed }) => sum + redeemed, 0n);
  const fees = formatCoin({ denom: world.terms.denom, amount }, world.terms);
  talk.say(`the gateway redeemed vouchers for ${counted(Number(answers), "answer")}: ${fees} in all`);
}

function channelsOf(node: Client, provider: string): Promise<Messages["tributary.usage.v1.Channel"][]> {
  return allPages(
    (pagination) => node.query("tributary.usage.v1.Query/Channels", { consumer: "", provider, pagination }),
    ({ channels }) => channels,
  );
}

/** Waits until every batch of the provider is settled: the gateway shows what the beacon drew, and asks for it. */
export async function awaitSettled(story: Story): Promise<Batch[]> {
  const { cast, node, talk } = story;
  const provider = cast(roles.provider).address;
  const batches = await until(story, "the settlement of all batches", SETTLED_S, async () => {
    const rows = await allPages(
      (pagination) => node.query("tributary.attribution.v1.Query/Batches", { provider, pagination }),
      (answer) => answer.batches,
    );
    const progress = await Promise.all(
      rows.map(async ({ id }) => (await node.query("tributary.attribution.v1.Query/Batch", { batchId: id })).progress),
    );
    return rows.every(({ settlement }, i) => settlement !== undefined && progress[i] === undefined) ? rows : undefined;
  });
  const units = (billionths: string): string => unitsText(decimal(billionths));
  for (const { id, pool, receipts, settlement } of batches) {
    const { whole, opened, credited, residual } = settlement!;
    const how = whole ? "opened whole" : `${counted(Number(opened), "draw")} of ${receipts} receipts opened`;
    talk.say(
      `batch ${id}, ${how}; every validator recomputed it: pool ${pool} = ${units(credited)} credited + ${units(residual)} residual`,
    );
  }
  return batches;
}
