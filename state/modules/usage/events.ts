import type { Messages } from "#proto/codec/message.js";
import type { EventSink } from "../../context.js";
import type { Channel } from "./channels.js";

type Endpoint = Messages["tributary.usage.v1.Endpoint"];

/** Emits usage.channel_opened. */
export function channelOpened(sink: EventSink, { id, consumer, provider, versionId, deposit }: Channel): void {
  sink.emit("usage.channel_opened", {
    channel_id: id.toString(),
    consumer,
    provider,
    version_id: versionId.toString(),
    deposit: deposit.toString(),
  });
}

/** Emits usage.channel_topped_up. @param amount added to the deposit, base units */
export function channelToppedUp(sink: EventSink, { id, deposit }: Channel, amount: bigint): void {
  sink.emit("usage.channel_topped_up", {
    channel_id: id.toString(),
    amount: amount.toString(),
    deposit: deposit.toString(),
  });
}

/** A redeemed voucher and the split of its fee, base units. */
export interface Redemption {
  readonly channel: Channel;
  /** The signer. */
  readonly signer: string;
  readonly batchId: bigint;
  readonly voucherId: bigint;
  readonly fee: bigint;
  readonly burned: bigint;
  readonly validators: bigint;
}

/** Emits usage.voucher_redeemed. */
export function voucherRedeemed(sink: EventSink, redemption: Redemption): void {
  const { channel, signer, batchId, voucherId, fee, burned, validators } = redemption;
  sink.emit("usage.voucher_redeemed", {
    channel_id: channel.id.toString(),
    consumer: channel.consumer,
    provider: channel.provider,
    version_id: channel.versionId.toString(),
    signer,
    nonce: channel.nonce.toString(),
    batch_id: batchId.toString(),
    voucher_id: voucherId.toString(),
    fee: fee.toString(),
    burned: burned.toString(),
    validators: validators.toString(),
  });
}

/** Emits usage.channel_closed: the channel's provider must redeem what it holds below the withdrawable height. */
export function channelClosed(sink: EventSink, channel: Channel, signer: string): void {
  const { id, consumer, provider, versionId, withdrawableHeight } = channel;
  sink.emit("usage.channel_closed", {
    channel_id: id.toString(),
    consumer,
    provider,
    version_id: versionId.toString(),
    signer,
    withdrawable_height: withdrawableHeight.toString(),
  });
}

/** Emits usage.channel_withdrawn. @param amount returned to the consumer, base units */
export function channelWithdrawn(sink: EventSink, { id, consumer }: Channel, amount: bigint): void {
  sink.emit("usage.channel_withdrawn", { channel_id: id.toString(), consumer, amount: amount.toString() });
}

/** Emits usage.endpoint_set; an empty URL says that it was removed. */
export function endpointSet(sink: EventSink, { provider, versionId, url, validUntil }: Endpoint): void {
  sink.emit("usage.endpoint_set", {
    provider,
    version_id: versionId.toString(),
    url,
    valid_until: validUntil.toString(),
  });
}
