import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import { ownAny } from "#proto/tx/build.js";
import { formatCoin } from "../../../coins.js";
import { ask } from "../../usage/ask.js";
import type { SignedBatch } from "../../usage/consumer.js";
import type { Redeemed } from "../../usage/openings.js";
import type { Sources } from "../../usage/prompts.js";
import { responseOf } from "../actor.js";
import { roles } from "../cast.js";
import { until, type Story } from "../story.js";
import { counted } from "../talk.js";
import type { Channel } from "./channels.js";
import type { Published } from "./model.js";

/** Blocks that must be left of an epoch for all vouchers to fall into it. */
const BLOCKS_TO_SPARE = 4n;

export interface RedeemedBatch {
  readonly batchId: bigint;
  readonly epoch: bigint;
  readonly whole: boolean;
  readonly vouchers: readonly Redeemed[];
}

/** The provider and the version that consumers use. */
export interface Questions extends Pick<Published, "model"> {
  readonly sources: Sources;
}

/** Every consumer asks and signs; every answer is signed by the provider and recomputed by the consumer; one voucher pays for all. */
export async function askAll(
  { cast, node, seed, talk, world }: Story,
  { model, sources }: Questions,
  channels: readonly Channel[],
  each: number,
  openAll: boolean,
): Promise<SignedBatch[]> {
  const provider = { model, secretKey: cast(roles.provider).key.secretKey, seed };
  const { height } = await node.status();
  return channels.map(({ consumer, book }) => {
    ask(book, provider, sources, each, height);
    const signed = book.sign(openAll);
    const fee = formatCoin({ denom: world.terms.denom, amount: signed.fee }, world.terms);
    const root = toHex(signed.voucher.auditRoot).slice(0, 16);
    const how = openAll ? "to be opened whole" : "to be sampled";
    talk.say(`${consumer} asked ${each} times and signed one voucher of ${fee} over ${root}…, ${how}`);
    return signed;
  });
}

/** The provider redeems all vouchers in one transaction, so that they share an epoch and a batch. */
export async function redeem(story: Story, signed: readonly SignedBatch[], after: bigint): Promise<RedeemedBatch> {
  const { cast, node, talk } = story;
  await until(story, "the next epoch", 60, () => roomInEpoch(story, after));
  const provider = cast(roles.provider);
  const tx = await provider.send(
    ...signed.map(({ voucher, signature }) =>
      ownAny("tributary.usage.v1.MsgRedeemVoucher", { signer: provider.address, voucher, signature }),
    ),
  );
  const answers = signed.map((_, i) => responseOf(tx, "tributary.usage.v1.MsgRedeemVoucherResponse", i));
  const batchId = answers[0]!.batchId;
  const { batch } = await node.query("tributary.attribution.v1.Query/Batch", { batchId });
  const epoch = present(batch, "the query answers with the batch").epoch;
  talk.say(
    `${roles.provider} redeemed ${counted(signed.length, "voucher")} in block ${tx.height}: batch ${batchId}, epoch ${epoch}`,
  );
  const vouchers = signed.map((one, i) => ({ voucherId: answers[i]!.voucherId, signed: one }));
  return { batchId, epoch, whole: signed.every(({ voucher }) => voucher.openAll), vouchers };
}

/** The running epoch, when it is later than `after` and long enough still. */
async function roomInEpoch({ node }: Story, after: bigint): Promise<bigint | undefined> {
  const { params } = await node.query("tributary.attribution.v1.Query/Params");
  const blocks = params!.epochBlocks;
  const { height } = await node.status();
  // The next block is the first that a transaction of now can be in.
  const [epoch, done] = [height / blocks, height % blocks];
  return epoch > after && done + BLOCKS_TO_SPARE <= blocks ? epoch : undefined;
}
