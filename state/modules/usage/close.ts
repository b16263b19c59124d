import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { batchParams } from "../attribution/index.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { channelOf, channelStatus, heldFor, paramsOf, type Channel } from "./channels.js";
import { usageErrors } from "./errors.js";
import { channelClosed, channelWithdrawn } from "./events.js";
import { enterGrace } from "./grace.js";
import { channels } from "./keys.js";

const closed = message("tributary.usage.v1.MsgCloseChannelResponse");
const withdrawn = message("tributary.usage.v1.MsgWithdrawChannelResponse");

/**
 * The consumer announces the end: what is signed is redeemed until the grace is over. The provider ends the channel at once,
 * a closing one too: it has redeemed its vouchers, and no other party has a claim on the deposit.
 */
export function closeChannel(context: Context, msg: Messages["tributary.usage.v1.MsgCloseChannel"]): Bytes | Rejection {
  const { view } = context;
  const channel = channelOf(view, msg.channelId);
  if (isRejection(channel)) return channel;
  const { id, status, consumer, provider } = channel;
  if (msg.signer === provider) {
    return status === channelStatus.withdrawn ? notOpen(channel) : closeAtOnce(context, channel);
  }
  if (msg.signer !== consumer) {
    return reject(usageErrors.notParty, { channel_id: id, want: `${consumer} or ${provider}` });
  }
  return status === channelStatus.open ? beginGrace(context, channel) : notOpen(channel);
}

function beginGrace(context: Context, channel: Channel): Bytes | Rejection {
  const { view, block, address } = context;
  const { epochBlocks } = batchParams(view);
  const withdrawableHeight = block.height + BigInt(paramsOf(view).closeGraceEpochs) * epochBlocks;
  const next: Channel = { ...channel, status: channelStatus.closing, withdrawableHeight };
  const refused = enterGrace(view, address, next, block.height);
  if (refused !== undefined) return refused;
  channels.put(view, [channel.id], next);
  channelClosed(context, next, channel.consumer);
  return closed.encode({ withdrawableHeight, returned: "0" });
}

function closeAtOnce(context: Context, channel: Channel): Bytes {
  const withdrawableHeight = context.block.height;
  channelClosed(context, { ...channel, withdrawableHeight }, channel.provider);
  const returned = giveBack(context, { ...channel, withdrawableHeight });
  return closed.encode({ withdrawableHeight, returned: returned.toString() });
}

/** After the grace the consumer takes back what was not redeemed. */
export function withdrawChannel(
  context: Context,
  msg: Messages["tributary.usage.v1.MsgWithdrawChannel"],
): Bytes | Rejection {
  const { view, block } = context;
  const channel = channelOf(view, msg.channelId);
  if (isRejection(channel)) return channel;
  const { id, consumer, status, withdrawableHeight } = channel;
  if (consumer !== msg.consumer) return reject(usageErrors.notConsumer, { channel_id: id });
  if (status !== channelStatus.closing) return notOpen(channel);
  if (block.height < withdrawableHeight) {
    return reject(usageErrors.graceRunning, { channel_id: id, withdrawable_height: withdrawableHeight });
  }
  return withdrawn.encode({ amount: giveBack(context, channel).toString() });
}

/** The channel is over: its consumer has what is left. @returns how much, base units */
function giveBack(context: Context, channel: Channel): bigint {
  const { view, address } = context;
  const amount = heldFor(channel);
  const consumer = present(address.parse(channel.consumer), "the channel's consumer was checked");
  mustMove(context, moduleAccounts.usage, consumer, chainConfig(view).bondDenom, amount);
  channels.put(view, [channel.id], { ...channel, status: channelStatus.withdrawn });
  channelWithdrawn(context, channel, amount);
  return amount;
}

function notOpen({ id, status }: Channel): Rejection {
  return reject(usageErrors.channelNotOpen, { channel_id: id, status });
}
