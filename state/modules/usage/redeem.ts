import { present } from "#proto/assert.js";
import { verifyVoucher, voucherFee, type Voucher } from "#proto/attribution/voucher.js";
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

/**
 * Anybody who holds a voucher redeems what the consumer signed, so that a watchtower can while the provider is away: the fee
 * leaves the deposit and is split at once, the same for every signer.
 */
export function redeemVoucher(
  context: Context,
  { signer, voucher, signature }: Messages["tributary.usage.v1.MsgRedeemVoucher"],
): Bytes | Rejection {
  const { view, block } = context;
  if (voucher === undefined) return reject(usageErrors.voucherMissing, { field: "voucher" });
  const channel = channelOf(view, voucher.channelId);
  if (isRejection(channel)) return channel;
  const version = present(versionOf(view, channel.versionId), "a channel is of a published version");
  if (!canRedeem(version)) {
    return reject(usageErrors.versionNotUsable, { version_id: version.id, stage: version.stage });
  }
  const refusal = checkRedeemable(channel, block.height) ?? checkSignature(context, channel, voucher, signature);
  if (refusal !== undefined) return refusal;
  const { id: channelId, redeemed: amount, ...standing } = channel;
  const before = { ...standing, amount };
  const fee = voucherFee({ ...before, channelId, chainId: block.chainId }, voucher);
  if (isRejection(fee)) return fee;

  const shares = feeSharesOf(view, channel.versionId);
  const isClosing = channel.status === channelStatus.closing;
  const entered = enterVoucher(context, { channel, isClosing, before, voucher, signature, shares });
  if (isRejection(entered)) return entered;

  const denom = chainConfig(view).bondDenom;
  const { batchId, voucherId, burned, validators } = entered;
  burn(context, moduleAccounts.usage, denom, burned);
  mustMove(context, moduleAccounts.usage, moduleAccounts.feeCollector, denom, validators);
  mustMove(context, moduleAccounts.usage, moduleAccounts.attribution, denom, fee - burned - validators);
  addFees(view, fee, burned, validators);
  const { nonce, auditRoot, auditSum, auditCount } = voucher;
  const next: Channel = { ...channel, redeemed: voucher.amount, nonce, auditRoot, auditSum, auditCount };
  channels.put(view, [channelId], next);
  voucherRedeemed(context, { channel: next, signer, ...entered, fee });
  return redeemed.encode({ batchId, voucherId, redeemed: fee });
}

function checkRedeemable({ id, status, withdrawableHeight }: Channel, height: bigint): Rejection | undefined {
  if (status === channelStatus.open) return undefined;
  if (status === channelStatus.closing && height < withdrawableHeight) return undefined;
  return reject(usageErrors.graceEnded, { channel_id: id, ended: withdrawableHeight });
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
