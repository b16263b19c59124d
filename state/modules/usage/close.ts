import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { channelOf, channelStatus, heldFor, paramsOf, type Channel } from "./channels.js";
import { usageErrors } from "./errors.js";
import { channelClosed, channelWithdrawn } from "./events.js";
import { channels } from "./keys.js";

const closed = message("tributary.usage.v1.MsgCloseChannelResponse");
const withdrawn = message("tributary.usage.v1.MsgWithdrawChannelResponse");

/** Announces the end: the provider redeems what it holds until the grace period is over. */
export function closeChannel(context: Context, msg: Messages["tributary.usage.v1.MsgCloseChannel"]): Bytes | Rejection {
  const { view, block } = context;
  const channel = ownChannel(context, msg);
  if (isRejection(channel)) return channel;
  if (channel.status !== channelStatus.open) return notOpen(channel);

  const withdrawableTime = block.time + paramsOf(view).closeGraceMs;
  const next: Channel = { ...channel, status: channelStatus.closing, withdrawableTime };
  channels.put(view, [channel.id], next);
  channelClosed(context, next);
  return closed.encode({ withdrawableTime });
}

/** After the grace period the consumer takes back what was not redeemed. */
export function withdrawChannel(
  context: Context,
  msg: Messages["tributary.usage.v1.MsgWithdrawChannel"],
): Bytes | Rejection {
  const { view, block } = context;
  const channel = ownChannel(context, msg);
  if (isRejection(channel)) return channel;
  if (channel.status !== channelStatus.closing) return notOpen(channel);
  const { id, withdrawableTime } = channel;
  if (block.time < withdrawableTime) {
    return reject(usageErrors.graceRunning, { channel_id: id, withdrawable_time: withdrawableTime });
  }

  const amount = heldFor(channel);
  const consumer = present(context.address.parse(channel.consumer), "the channel's consumer was checked");
  mustMove(context, moduleAccounts.usage, consumer, chainConfig(view).bondDenom, amount);
  channels.put(view, [id], { ...channel, status: channelStatus.withdrawn });
  channelWithdrawn(context, channel, amount);
  return withdrawn.encode({ amount: amount.toString() });
}

function ownChannel(
  { view }: Context,
  { consumer, channelId }: { readonly consumer: string; readonly channelId: bigint },
): Channel | Rejection {
  const channel = channelOf(view, channelId);
  if (isRejection(channel)) return channel;
  return channel.consumer === consumer ? channel : reject(usageErrors.notConsumer, { channel_id: channelId });
}

function notOpen({ id, status }: Channel): Rejection {
  return reject(usageErrors.channelNotOpen, { channel_id: id, status });
}
