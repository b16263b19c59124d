import { ownAny } from "#proto/tx/build.js";
import { formatCoin } from "../../../coins.js";
import { ConsumerBook } from "../../usage/consumer.js";
import { responseOf } from "../actor.js";
import { roles } from "../cast.js";
import type { Story } from "../story.js";
import type { Published } from "./model.js";

const DEPOSIT = 50_000_000n;

export interface Channel {
  readonly consumer: string;
  readonly id: bigint;
  readonly book: ConsumerBook;
}

/** One after the other, so that each consumer has the same channel whenever the story is told. */
export async function openChannels({ cast, chainId, talk, world }: Story, published: Published): Promise<Channel[]> {
  talk.chapter("Use");
  const provider = cast(roles.provider);
  const { versionId, versionDatanets, prices } = published;
  const providerKey = provider.key.publicKey;
  const channels: Channel[] = [];
  for (const name of roles.consumers) {
    const consumer = cast(name);
    const tx = await consumer.send(
      ownAny("tributary.usage.v1.MsgOpenChannel", {
        consumer: consumer.address,
        provider: provider.address,
        versionId,
        deposit: DEPOSIT.toString(),
      }),
    );
    const { channelId: id } = responseOf(tx, "tributary.usage.v1.MsgOpenChannelResponse");
    const consumerKey = consumer.key.publicKey;
    const terms = {
      chainId,
      channelId: id,
      versionId,
      prices,
      deposit: DEPOSIT,
      providerKey,
      consumerKey,
      versionDatanets,
    };
    channels.push({ consumer: name, id, book: new ConsumerBook(terms, consumer.key.secretKey) });
    const deposit = formatCoin({ denom: world.terms.denom, amount: DEPOSIT }, world.terms);
    talk.say(`${name} opened channel ${id} to ${roles.provider} with ${deposit}`);
  }
  return channels;
}
