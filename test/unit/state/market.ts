import assert from "node:assert/strict";
import { present } from "#proto/assert.js";
import { issueReceipt, issueRequest, type Issued, type RequestText } from "#proto/attribution/issue.js";
import type { Opening } from "#proto/attribution/opening.js";
import { openingParts } from "#proto/attribution/parts.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { leafAt, sumPath, type SumTree } from "#proto/attribution/sum-tree.js";
import { signVoucher, type Voucher } from "#proto/attribution/voucher.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { TxResult } from "#proto/types/block.js";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { ok, seedMarket, type MarketOptions } from "./market-seed.js";
import { DatanetWorld } from "./modules/datanet-world.js";
import { person, TEST_CHAIN, type Person, type TxOptions } from "./world.js";

export { CURATED, ok, OPEN, type MarketOptions } from "./market-seed.js";

export function any<N extends MessageName>(name: N, value: Messages[N]): AnyMessage {
  return { typeUrl: `/${name}`, value: message(name).encode(value) };
}

/** What is said beside the prompt and the answer. */
export interface Said {
  /** Further texts of the request, after the prompt. */
  readonly texts?: readonly RequestText[];
  readonly added?: readonly string[];
  /** Datanets that the request names, ascending. */
  readonly datanets?: readonly bigint[];
  /** Height that the request names; by default that of now. */
  readonly height?: bigint;
  /** That answers; by default version 1. */
  readonly versionId?: bigint;
  /** Of the request, if another than the channel's next. */
  readonly nonce?: bigint;
}

export interface Signed {
  readonly voucher: Voucher;
  readonly signature: Bytes;
  /** All of the channel up to this voucher, and their tree. */
  readonly sold: readonly Issued[];
  readonly tree: SumTree;
}

/** A voucher that the chain took. */
export interface Redeemed extends Signed {
  readonly batchId: bigint;
  readonly voucherId: bigint;
}

interface Channel {
  readonly id: bigint;
  readonly consumer: Person;
  readonly provider: Person;
  nonce: bigint;
  amount: bigint;
  /** All audited answers since it opened. */
  readonly sold: Issued[];
}

export const PERIODS = {
  attribution: { epoch_blocks: "5", sample_max: 4, window_blocks: "6", whole_receipts_max: 64 },
  payout: { hold_back_ms: "3000", accrual_ms: "4000", accrual_steps: 4, payment_min: "10", rows_per_block: 50 },
};

const DEFAULTS = {
  attribution: { batch_vouchers_max: 1024, settle_work_per_block: 10_000_000 },
  payout: { key_change_delay_ms: "5000" },
  usage: { close_grace_epochs: 3, deposit_min: "1" },
};

/** Bob's model over everybody's texts, with channels, receipts, vouchers and openings as their owners would make them. */
export class Market {
  readonly world: DatanetWorld;
  readonly bob = person("bob");
  readonly channels = new Map<bigint, Channel>();

  constructor(options: MarketOptions) {
    const names = ["bob", "grace", "heidi", "alice", "dave", "erin", "carol", "mallory"];
    const balances = Object.fromEntries(names.map((name) => [name, 1_000_000_000_000n]));
    const common = (options.common ?? []).map(String);
    this.world = new DatanetWorld(balances, {
      usage: { params: { ...DEFAULTS.usage, ...options.usage } },
      attribution: {
        params: { ...DEFAULTS.attribution, ...PERIODS.attribution, ...options.attribution },
        common,
      },
      datanet: { params: options.datanet ?? {} },
      payout: { params: { ...DEFAULTS.payout, ...PERIODS.payout, ...options.payout } },
    });
    seedMarket(this.world, options, this.bob);
  }

  send<N extends MessageName>(who: Person, name: N, value: Messages[N], options: TxOptions = {}): TxResult {
    return this.world.run(who, [any(name, value)], { gas: 20_000_000n, fee: 50_000n, ...options });
  }

  open(consumer: Person, deposit: bigint, provider = this.bob, versionId = 1n): bigint {
    const result = this.send(consumer, "tributary.usage.v1.MsgOpenChannel", {
      consumer: consumer.text,
      provider: provider.text,
      versionId,
      deposit: deposit.toString(),
    });
    assert.equal(result.code, 0, result.log);
    return this.opened(result, consumer, provider);
  }

  /** Takes over a channel that the chain has opened. */
  opened(result: TxResult, consumer: Person, provider: Person): bigint {
    const { channelId } = answerOf(result, "tributary.usage.v1.MsgOpenChannelResponse");
    this.channels.set(channelId, { id: channelId, consumer, provider, nonce: 0n, amount: 0n, sold: [] });
    return channelId;
  }

  /** One answer, paid by the next voucher. */
  ask(channelId: bigint, fee: bigint, answer: string, prompt = "tell me", said: Said = {}): Issued {
    const channel = present(this.channels.get(channelId), "a channel of this market");
    channel.nonce += 1n;
    const request = ok(
      issueRequest({
        chainId: TEST_CHAIN,
        channelId,
        nonce: said.nonce ?? channel.nonce,
        height: said.height ?? this.world.height,
        datanets: said.datanets ?? [],
        texts: [{ kind: "own", text: prompt }, ...(said.texts ?? [])],
        seed: sha256(utf8(`seed ${channelId}/${channel.nonce}`)),
      }),
    );
    const { time } = this.world;
    const { versionId = 1n, added = [] } = said;
    const reply = { versionId, fee, time, added, answer, versionDatanets: 1 };
    const issued = ok(issueReceipt(request, reply));
    const sold = { ...issued, receipt: { ...issued.receipt, nonce: channel.nonce } };
    channel.sold.push({ ...sold, head: { ...issued.head, receipt: sold.receipt } });
    channel.amount += fee;
    return sold;
  }

  /** The consumer signs for all answers since the channel opened. `unaudited` is paid without a receipt. */
  sign(channelId: bigint, openAll: boolean, unaudited = 0n): Signed {
    const channel = present(this.channels.get(channelId), "a channel of this market");
    if (unaudited > 0n) channel.nonce += 1n;
    channel.amount += unaudited;
    const { nonce, amount } = channel;
    return this.signOver(channelId, channel.sold, { nonce, amount, openAll });
  }

  /** The consumer signs a tree of any receipts of the channel, honest or not. */
  signOver(channelId: bigint, receipts: readonly Issued[], change: Partial<Voucher>): Signed {
    const { consumer } = present(this.channels.get(channelId), "a channel of this market");
    const sold = [...receipts];
    const tree = ok(receiptTree(sold.map(({ receipt }) => receipt)));
    const { hash: auditRoot, sum: auditSum, count: auditCount } = tree.top;
    const sums = { nonce: auditCount, amount: auditSum, auditRoot, auditSum, auditCount };
    const voucher: Voucher = { chainId: TEST_CHAIN, channelId, openAll: true, ...sums, ...change };
    return { voucher, signature: signVoucher(voucher, consumer.secretKey), sold, tree };
  }

  redeemTx(channelId: bigint, { voucher, signature }: Pick<Signed, "voucher" | "signature">, by?: Person): AnyMessage {
    const { provider } = present(this.channels.get(channelId), "a channel of this market");
    return any("tributary.usage.v1.MsgRedeemVoucher", { signer: (by ?? provider).text, voucher, signature });
  }

  redeem(channelId: bigint, signed: Signed): Redeemed {
    const { provider } = present(this.channels.get(channelId), "a channel of this market");
    const result = this.world.run(provider, [this.redeemTx(channelId, signed)], { gas: 20_000_000n, fee: 50_000n });
    assert.equal(result.code, 0, result.log);
    const { batchId, voucherId } = answerOf(result, "tributary.usage.v1.MsgRedeemVoucherResponse");
    return { ...signed, batchId, voucherId };
  }

  /** Blocks until the epoch of now is over. */
  endEpoch(): void {
    do this.world.block();
    while (this.world.height % 5n !== 0n);
  }

  blocks(count: number): void {
    for (let i = 0; i < count; i++) this.world.block();
  }

  sample(batchId: bigint): Messages["tributary.attribution.v1.QuerySampleResponse"] {
    return this.query<"tributary.attribution.v1.QuerySampleResponse">("tributary.attribution.v1", "Sample", {
      batchId,
    });
  }

  /** The openings that a batch asks for, of those of these vouchers that are the newest of their channel in it. */
  wanted(batchId: bigint, redeemed: readonly Redeemed[]): Opening[] {
    const { whole, points } = this.sample(batchId);
    const found = new Map<string, Opening>();
    for (const { id, nonce, afterAuditCount, auditCount } of this.vouchers(batchId)) {
      const from = redeemed.find(({ voucherId, voucher }) => voucherId === id && voucher.nonce === nonce);
      if (from === undefined) continue;
      const all = Array.from({ length: Number(auditCount - afterAuditCount) }, (_, i) => Number(afterAuditCount) + i);
      const drawn = points.filter(({ voucherId }) => voucherId === id).map(({ point }) => leafAt(from.tree, point));
      for (const index of whole ? all : drawn) found.set(`${id}/${index}`, opening(from, index));
    }
    return [...found.values()];
  }

  vouchers(batchId: bigint): Messages["tributary.attribution.v1.Voucher"][] {
    return this.query<"tributary.attribution.v1.QueryVouchersResponse">("tributary.attribution.v1", "Vouchers", {
      batchId,
      pagination: undefined,
    }).vouchers;
  }

  openSample(who: Person, batchId: bigint, openings: readonly Opening[]): TxResult {
    const shown = { signer: who.text, batchId, openings: [...openings] };
    return this.send(who, "tributary.attribution.v1.MsgOpenSample", shown, { gas: 90_000_000n, fee: 225_000n });
  }

  settle(who: Person, batchId: bigint): TxResult {
    const order = { signer: who.text, batchId };
    return this.send(who, "tributary.attribution.v1.MsgSettleBatch", order, { gas: 90_000_000n, fee: 225_000n });
  }

  batch(batchId: bigint): Messages["tributary.attribution.v1.Batch"] {
    const { batch } = this.query<"tributary.attribution.v1.QueryBatchResponse">("tributary.attribution.v1", "Batch", {
      batchId,
    });
    return present(batch, "a batch of the chain");
  }

  credits(batchId: bigint): Messages["tributary.attribution.v1.Credit"][] {
    return this.query<"tributary.attribution.v1.QueryCreditsResponse">("tributary.attribution.v1", "Credits", {
      batchId,
      pagination: undefined,
    }).credits;
  }

  residual(batchId: bigint): Record<number, bigint> {
    const { settlement } = this.batch(batchId);
    const reasons = present(settlement, "the batch is settled").reasons;
    return Object.fromEntries(reasons.map(({ reason, amount }) => [reason, BigInt(amount)]));
  }

  totals(): Record<keyof Messages["tributary.usage.v1.QueryTotalsResponse"], bigint> {
    const texts = this.query<"tributary.usage.v1.QueryTotalsResponse">("tributary.usage.v1", "Totals", {});
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, BigInt(text)])) as never;
  }

  statement(who: Person): Messages["tributary.payout.v1.QueryStatementResponse"] {
    return this.query<"tributary.payout.v1.QueryStatementResponse">("tributary.payout.v1", "Statement", {
      owner: who.text,
      pagination: undefined,
    });
  }

  query<A extends MessageName>(home: string, name: string, request: object): Messages[A] {
    const asked = message(`${home}.Query${name}Request` as MessageName).encode(request as never);
    const bytes = this.world.query(`/${home}.Query/${name}`, asked);
    return ok(message(`${home}.Query${name}Response` as A).decode(bytes));
  }
}

export function answerOf<N extends MessageName>(result: TxResult, name: N): Messages[N] {
  return ok(message(name).decode(present(TxMsgData.decode(result.data).msgResponses[0], "a response").value));
}

/** The receipt with another fee, on which only its two signers agreed. */
export function priced(issued: Issued, fee: bigint): Issued {
  const receipt = { ...issued.receipt, fee };
  return { ...issued, receipt, head: { ...issued.head, receipt } };
}

/** A receipt in one part. */
export function opening(from: Redeemed, index: number): Opening {
  return present(partsOf(from, index, Number.MAX_SAFE_INTEGER)[0], "one part at least");
}

/** A receipt in parts of limited size, or of one piece. */
export function partsOf(from: Redeemed, index: number, bytesMax: number): Opening[] {
  const place = { voucherId: from.voucherId, index: BigInt(index), path: sumPath(from.tree, index) };
  return openingParts(present(from.sold[index], "a receipt"), place, bytesMax);
}
