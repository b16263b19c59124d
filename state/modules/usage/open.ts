import { parseAmount } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { U64_MAX } from "#proto/attribution/limits.js";
import { NOTHING_REDEEMED } from "#proto/attribution/voucher.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "../../context.js";
import { isModuleAccount, moduleAccounts } from "../../module-accounts.js";
import { accountKey, accountOf } from "../auth/index.js";
import { move } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { canOpen, versionOf } from "../model/index.js";
import { channelOf, channelStatus, paramsOf, type Channel } from "./channels.js";
import { usageErrors } from "./errors.js";
import { channelOpened, channelToppedUp } from "./events.js";
import { byConsumer, byProvider, channels, nextChannel } from "./keys.js";

const opened = message("tributary.usage.v1.MsgOpenChannelResponse");
const toppedUp = message("tributary.usage.v1.MsgTopUpChannelResponse");

/** A consumer locks a deposit for one provider's use of one version. */
export function openChannel(context: Context, msg: Messages["tributary.usage.v1.MsgOpenChannel"]): Bytes | Rejection {
  const { view } = context;
  const consumer = address(context, "consumer", msg.consumer);
  if (isRejection(consumer)) return consumer;
  const provider = address(context, "provider", msg.provider);
  if (isRejection(provider)) return provider;
  const unusable = checkUsable(context, msg.versionId);
  if (unusable !== undefined) return unusable;
  const deposit = depositOf("deposit", msg.deposit, paramsOf(view).depositMin, 0n);
  if (isRejection(deposit)) return deposit;
  const account = accountOf(view, consumer);
  const key = account === undefined ? undefined : accountKey(account);
  if (key?.kind !== "secp256k1") {
    return reject(usageErrors.keyCannotSign, { consumer: msg.consumer, why: "vouchers need one secp256k1 key" });
  }
  const refused = move(context, consumer, moduleAccounts.usage, chainConfig(view).bondDenom, deposit);
  if (refused !== undefined) return refused;

  const id = nextChannel.get(view, []) ?? 1n;
  const channel: Channel = {
    id,
    consumer: context.address.format(consumer),
    provider: context.address.format(provider),
    versionId: msg.versionId,
    deposit,
    redeemed: 0n,
    nonce: 0n,
    status: channelStatus.open,
    withdrawableHeight: 0n,
    openedHeight: context.block.height,
    auditRoot: NOTHING_REDEEMED.auditRoot,
    auditSum: NOTHING_REDEEMED.auditSum,
    auditCount: NOTHING_REDEEMED.auditCount,
  };
  nextChannel.put(view, [], id + 1n);
  channels.put(view, [id], channel);
  byConsumer.put(view, [consumer, id], true);
  byProvider.put(view, [provider, id], true);
  channelOpened(context, channel);
  return opened.encode({ channelId: id });
}

/** The consumer adds to the deposit of an open channel. */
export function topUpChannel(context: Context, msg: Messages["tributary.usage.v1.MsgTopUpChannel"]): Bytes | Rejection {
  const { view } = context;
  const channel = channelOf(view, msg.channelId);
  if (isRejection(channel)) return channel;
  if (channel.consumer !== msg.consumer) return reject(usageErrors.notConsumer, { channel_id: channel.id });
  if (channel.status !== channelStatus.open) {
    return reject(usageErrors.channelNotOpen, { channel_id: channel.id, status: channel.status });
  }
  const unusable = checkUsable(context, channel.versionId);
  if (unusable !== undefined) return unusable;
  const amount = depositOf("amount", msg.amount, 1n, channel.deposit);
  if (isRejection(amount)) return amount;
  const consumer = address(context, "consumer", msg.consumer);
  if (isRejection(consumer)) return consumer;
  const refused = move(context, consumer, moduleAccounts.usage, chainConfig(view).bondDenom, amount);
  if (refused !== undefined) return refused;

  const next: Channel = { ...channel, deposit: channel.deposit + amount };
  channels.put(view, [channel.id], next);
  channelToppedUp(context, next, amount);
  return toppedUp.encode({});
}

function checkUsable({ view }: Context, id: bigint): Rejection | undefined {
  const version = versionOf(view, id);
  if (version === undefined) return reject(usageErrors.versionNotFound, { version_id: id });
  return canOpen(version) ? undefined : reject(usageErrors.versionNotUsable, { version_id: id, stage: version.stage });
}

function address(context: Context, field: string, text: string): Bytes | Rejection {
  const bytes = context.address.parse(text);
  if (bytes === undefined || isModuleAccount(bytes)) return reject(sdkErrors.invalidAddress, { field, address: text });
  return bytes;
}

/** A voucher's amount is a u64, so a deposit above it could never be used up. */
function depositOf(field: string, text: string, min: bigint, present: bigint): bigint | Rejection {
  const amount = parseAmount(text);
  const max = U64_MAX - present;
  if (amount !== undefined && amount >= min && amount <= max) return amount;
  return reject(usageErrors.invalidAmount, { field, have: text, want: `a decimal string from ${min} to ${max}` });
}
