import { present } from "#proto/assert.js";
import { splitFee } from "#proto/attribution/fee.js";
import { verifyVoucher, voucherStep, type Voucher } from "#proto/attribution/voucher.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { GAS } from "../../gas.js";
import { moduleAccounts } from "../../module-accounts.js";
import { accountKey, accountOf } from "../auth/index.js";
import { enterVoucher } from "../attribution/index.js";
import { burn, mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { canRedeem, feeSharesOf, versionOf } from "../model/index.js";
import { addFees, channelOf, channelStatus, type Channel } from "./channels.js";
import { usageErrors } from "./errors.js";
import { voucherRedeemed } from "./events.js";
import { channels } from "./keys.js";

const redeemed = message("tributary.usage.v1.MsgRedeemVoucherResponse");

/** The provider redeems what a consumer signed: the fee leaves the deposit and is split at once. */
export function redeemVoucher(
  context: Context,
  { provider, voucher, signature }: Messages["tributary.usage.v1.MsgRedeemVoucher"],
): Bytes | Rejection {
  const { view } = context;
  if (voucher === undefined) return reject(usageErrors.voucherMissing, { field: "voucher" });
  const channel = channelOf(view, voucher.channelId);
  if (isRejection(channel)) return channel;
  if (channel.provider !== provider) return reject(usageErrors.notProvider, { channel_id: channel.id });
  const version = present(versionOf(view, channel.versionId), "a channel is of a published version");
  if (!canRedeem(version)) {
    return reject(usageErrors.versionNotUsable, { version_id: version.id, stage: version.stage });
  }
  const refusal = checkRedeemable(channel, context.block.time) ?? checkSignature(context, channel, voucher, signature);
  if (refusal !== undefined) return refusal;
  const { id: channelId, nonce, redeemed: amount, deposit } = channel;
  const step = voucherStep({ chainId: context.block.chainId, channelId, nonce, amount, deposit }, voucher);
  if (isRejection(step)) return step;

  const shares = feeSharesOf(view, channel.versionId);
  const split = splitFee(step.fee, shares);
  const entered = enterVoucher(context, { channel, voucher, signature, step, shares, split });
  if (isRejection(entered)) return entered;

  const denom = chainConfig(view).bondDenom;
  const { burned, validators } = split;
  burn(context, moduleAccounts.usage, denom, burned);
  mustMove(context, moduleAccounts.usage, moduleAccounts.feeCollector, denom, validators);
  mustMove(context, moduleAccounts.usage, moduleAccounts.attribution, denom, step.fee - burned - validators);
  addFees(view, step.fee, burned, validators);
  const next: Channel = { ...channel, redeemed: voucher.amount, nonce: voucher.nonce };
  channels.put(view, [channel.id], next);
  voucherRedeemed(context, { channel: next, ...entered, fee: step.fee, burned, validators });
  return redeemed.encode({ ...entered, redeemed: step.fee });
}

function checkRedeemable({ id, status, withdrawableTime }: Channel, time: bigint): Rejection | undefined {
  if (status === channelStatus.open) return undefined;
  if (status === channelStatus.closing && time < withdrawableTime) return undefined;
  return reject(usageErrors.graceEnded, { channel_id: id, ended: withdrawableTime });
}

/** A known voucher is named as replayed before anything else about it is judged. */
function checkSignature(
  { view, address, charge }: Context,
  { id, consumer, nonce }: Channel,
  voucher: Voucher,
  signature: Bytes,
): Rejection | undefined {
  if (voucher.nonce <= nonce) {
    return reject(usageErrors.voucherReplayed, { channel_id: id, nonce: voucher.nonce, redeemed_nonce: nonce });
  }
  const account = accountOf(view, present(address.parse(consumer), "the channel's consumer was checked"));
  const key = present(account === undefined ? undefined : accountKey(account), "the consumer signed the opening");
  if (key.kind !== "secp256k1") return reject(usageErrors.keyCannotSign, { consumer, why: "one secp256k1 key" });
  charge(GAS.perSecp256k1Signature);
  return verifyVoucher(voucher, signature, key.key);
}
