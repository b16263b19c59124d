import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";
import assert from "node:assert/strict";
import { present } from "#proto/assert.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { distinctSorted, fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import { issueReceipt, type Issued } from "#proto/attribution/issue.js";
import type { Opening } from "#proto/attribution/opening.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { leafAt, sumPath, type SumTree } from "#proto/attribution/sum-tree.js";
import { signVoucher, type Voucher } from "#proto/attribution/voucher.js";
import { readU64be, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { TxResult } from "#proto/types/block.js";
import type { FingerprintLookup } from "#state/context.js";
import {
  accepted,
  chunks,
  contents,
  contributions,
  counts,
  datanets,
  nextContributionId,
  releases,
  takenFingerprints,
  terms,
} from "#state/modules/datanet/keys.js";
import { membersOf, releaseLeaf } from "#state/modules/datanet/release-tree.js";
import { merkleRoot } from "#proto/merkle/rfc6962.js";
import { byModel, models, royalties, stages, versions } from "#state/modules/model/keys.js";
import { storeUnion } from "#state/modules/model/release-set.js";
import { View } from "#state/store/view.js";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { person, TEST_CHAIN, World, type Person, type TxOptions } from "./world.js";

export function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? JSON.stringify(value, (_, v: unknown) => String(v)) : "");
  return value as T;
}

export function any<N extends MessageName>(name: N, value: Messages[N]): AnyMessage {
  return { typeUrl: `/${name}`, value: message(name).encode(value) };
}

/** A contributed text. Not eligible: no release of the version holds it. */
export interface Work {
  readonly owner: Person;
  readonly text: string;
  readonly eligible?: boolean;
  /** Order of the intents; by default that of the list. */
  readonly intent?: number;
  readonly completeHeight?: bigint;
  readonly active?: readonly { readonly fromHeight: bigint; readonly toHeight: bigint }[];
}

export interface MarketOptions {
  readonly works: readonly Work[];
  readonly treasuryBasisPoints?: number;
  /** Ancestor versions 2, 3, ... and what each takes of the rest. */
  readonly royalties?: readonly number[];
  readonly attribution?: Partial<Record<string, unknown>>;
  readonly payout?: Partial<Record<string, unknown>>;
  readonly usage?: Partial<Record<string, unknown>>;
  readonly common?: readonly bigint[];
}

/** A receipt with what an opening shows. */
export interface Sold extends Issued {
  readonly seed: Bytes;
  readonly context: readonly { contributionId: bigint; chunkHash: Bytes }[];
}

export interface Signed {
  readonly voucher: Voucher;
  readonly signature: Bytes;
  readonly sold: readonly Sold[];
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
  sold: Sold[];
}

export const PERIODS = {
  attribution: { epoch_blocks: "5", sample_max: 4, window_blocks: "6", whole_receipts_max: 64 },
  payout: { hold_back_ms: "3000", accrual_ms: "4000", accrual_steps: 4, payment_min: "10", rows_per_block: 50 },
};

const DEFAULTS = {
  attribution: { batch_vouchers_max: 1024, settle_batches_per_block: 16, settle_tokens_per_block: 200_000 },
  payout: { key_change_delay_ms: "5000" },
  usage: { close_grace_ms: "6000", deposit_min: "1" },
};

/** Bob's model over everybody's texts, with channels, receipts, vouchers and openings as their owners would make them. */
export class Market {
  readonly world: World;
  readonly bob = person("bob");
  readonly channels = new Map<bigint, Channel>();

  constructor(options: MarketOptions) {
    const names = ["bob", "grace", "heidi", "alice", "dave", "erin", "carol", "mallory"];
    const balances = Object.fromEntries(names.map((name) => [name, 1_000_000_000_000n]));
    const common = (options.common ?? []).map(String);
    this.world = new World(balances, {
      usage: { params: { ...DEFAULTS.usage, ...options.usage } },
      attribution: {
        params: { ...DEFAULTS.attribution, ...PERIODS.attribution, ...options.attribution },
        common,
      },
      payout: { params: { ...DEFAULTS.payout, ...PERIODS.payout, ...options.payout } },
    });
    this.world.fingerprints = indexOf(options.works);
    seed(this.world, options, this.bob);
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
    const { channelId } = answerOf(result, "tributary.usage.v1.MsgOpenChannelResponse");
    this.channels.set(channelId, { id: channelId, consumer, provider, nonce: 0n, amount: 0n, sold: [] });
    return channelId;
  }

  /** One answer, paid by the next voucher. */
  ask(channelId: bigint, fee: bigint, answer: string, prompt = "tell me", context: Sold["context"] = []): Sold {
    const channel = present(this.channels.get(channelId), "a channel of this market");
    channel.nonce += 1n;
    const receiptSeed = sha256(utf8(`seed ${channelId}/${channel.nonce}`));
    const issued = ok(
      issueReceipt({
        channelId,
        nonce: channel.nonce,
        versionId: 1n,
        fee,
        time: this.world.time,
        seed: receiptSeed,
        prompt,
        answer,
        context: [...context],
      }),
    );
    const sold = { ...issued, seed: receiptSeed, context };
    channel.sold.push(sold);
    channel.amount += fee;
    return sold;
  }

  /** The consumer signs for all answers since the last voucher. `unaudited` is paid without a receipt. */
  sign(channelId: bigint, openAll: boolean, unaudited = 0n): Signed {
    const channel = present(this.channels.get(channelId), "a channel of this market");
    if (unaudited > 0n) channel.nonce += 1n;
    channel.amount += unaudited;
    const { sold } = channel;
    channel.sold = [];
    const tree = ok(receiptTree(sold.map(({ receipt }) => receipt)));
    const voucher: Voucher = {
      chainId: TEST_CHAIN,
      channelId,
      nonce: channel.nonce,
      amount: channel.amount,
      auditRoot: tree.top.hash,
      auditSum: tree.top.sum,
      auditCount: tree.top.count,
      openAll,
    };
    return { voucher, signature: signVoucher(voucher, channel.consumer.secretKey), sold, tree };
  }

  redeemTx(channelId: bigint, { voucher, signature }: Signed): AnyMessage {
    const { provider } = present(this.channels.get(channelId), "a channel of this market");
    return any("tributary.usage.v1.MsgRedeemVoucher", { provider: provider.text, voucher, signature });
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

  /** The openings that a batch asks for, of these vouchers. */
  wanted(batchId: bigint, redeemed: readonly Redeemed[]): Opening[] {
    const { whole, points } = this.sample(batchId);
    const found = new Map<string, Opening>();
    const take = (from: Redeemed, index: number): void => {
      found.set(`${from.voucherId}/${index}`, opening(from, index));
    };
    if (whole) for (const each of redeemed) each.sold.forEach((_, index) => take(each, index));
    for (const { voucherId, point } of points) {
      const from = redeemed.find((each) => each.voucherId === voucherId);
      if (from !== undefined) take(from, leafAt(from.tree, point));
    }
    return [...found.values()];
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

export function opening(from: Redeemed, index: number): Opening {
  const { receipt, tokens, promptTokens, seed: salts, context } = present(from.sold[index], "a receipt");
  return {
    voucherId: from.voucherId,
    index: BigInt(index),
    receipt,
    seed: salts,
    tokens,
    promptTokens,
    context: [...context],
    path: sumPath(from.tree, index),
  };
}

function indexOf(works: readonly Work[]): FingerprintLookup {
  const holders = new Map<bigint, bigint[]>();
  for (const [i, { text }] of works.entries()) {
    const set = setOf(text);
    for (let at = 0; at < fingerprintCount(set); at++) {
      const fingerprint = fingerprintAt(set, at);
      holders.set(fingerprint, [...(holders.get(fingerprint) ?? []), BigInt(i + 1)]);
    }
  }
  return { ...NO_FINGERPRINTS, holders: (fingerprint) => holders.get(readU64be(fingerprint)) ?? [] };
}

/** Records as datanet and model leave them: contribution i + 1 for each work, version 1 and its ancestors 2, 3, ... */
function seed(world: World, { works, treasuryBasisPoints, royalties: shares }: MarketOptions, owner: Person): void {
  const view = new View(world.base);
  const root = sha256(u64be(0n));
  datanets.put(view, [1n], datanetRecord(owner));
  terms.put(view, [1n, 1], {
    datanetId: 1n,
    version: 1,
    hash: root,
    uri: "",
    treasuryBasisPoints: treasuryBasisPoints ?? 0,
    height: 0n,
  });
  let stored = 0n;
  for (const [i, work] of works.entries()) {
    const set = setOf(work.text);
    const record = contributionRecord(work, i, set);
    contributions.put(view, [record.id], record);
    contents.put(view, [1n, record.contentRoot], record.id);
    chunks.put(view, [record.id, 0], set);
    const { contentRoot, fpRoot, firstRelease, fpCount, tokenCount, contentBytes } = record;
    const member = { contentRoot, fpRoot, firstRelease, lastRelease: 0, fpCount, tokenCount, contentBytes };
    accepted.put(view, [1n, record.id], member);
    stored += BigInt(fingerprintCount(set));
  }
  nextContributionId.put(view, [], BigInt(works.length + 1));
  counts.put(view, [1n], { contributions: works.length, accepted: works.length, releases: 1 });
  const leaves = [...membersOf(view, 1n, 1)].map(([id, member]) => releaseLeaf(id, member));
  releases.put(view, [1n, 1], {
    ...{ datanetId: 1n, number: 1, root: merkleRoot(leaves), contributions: leaves.length, fingerprints: 0n },
    ...{ tokens: 0n, contentBytes: 0n, termsVersion: 1, height: 1n, time: 0n, publisher: owner.text, notes: "" },
  });
  takenFingerprints.put(view, [], stored);
  const eligibleRoot = storeUnion(view, [], [{ datanetId: 1n, number: 1 }]);
  const ancestors = (shares ?? []).map((basisPoints, i) => ({ versionId: BigInt(i + 2), basisPoints }));
  for (const id of [1n, ...ancestors.map(({ versionId }) => versionId)]) {
    models.put(view, [id], modelRecord(id, id === 1n ? owner : person(id === 2n ? "carol" : "erin")));
    versions.put(view, [id], versionRecord(id, eligibleRoot));
    byModel.put(view, [id, 1], id);
    stages.put(view, [id, 0], { stage: 3, by: owner.text, height: 2n, time: 0n });
  }
  if (ancestors.length > 0) royalties.put(view, [1n], { royalties: ancestors });
  world.base.apply(view.writes());
}

function setOf(text: string): Bytes {
  return distinctSorted(ok(printText(text)).fingerprints);
}

function contributionRecord(work: Work, i: number, set: Bytes): Messages["tributary.datanet.v1.Contribution"] {
  const root = sha256(utf8(`${i} ${work.text}`));
  return {
    id: BigInt(i + 1),
    datanetId: 1n,
    owner: work.owner.text,
    intentHeight: 1n,
    intentIndex: work.intent ?? i,
    contentRoot: root,
    contentBytes: BigInt(work.text.length),
    recordCount: 1,
    mediaType: "text/plain",
    title: `work ${i + 1}`,
    termsVersion: 1,
    termsHash: root,
    fpRoot: ok(setRoot(set)),
    fpCount: fingerprintCount(set),
    tokenCount: 0,
    status: 3,
    bond: "0",
    createdHeight: 1n,
    completeHeight: work.completeHeight ?? 1n,
    firstCommitted: 0,
    decidedHeight: 1n,
    reason: 1,
    withdrawnHeight: 0n,
    active: [...(work.active ?? [{ fromHeight: 1n, toHeight: 0n }])],
    firstRelease: (work.eligible ?? true) ? 1 : 2,
    lastRelease: 0,
    deposit: "0",
  };
}

function datanetRecord(owner: Person): Messages["tributary.datanet.v1.Datanet"] {
  return {
    id: 1n,
    creator: owner.text,
    slug: "speeches",
    title: "Speeches",
    cardHash: new Uint8Array(0),
    cardUri: "",
    admission: 1,
    curators: [],
    threshold: 0,
    normId: 2,
    tier: 1,
    bond: "0",
    termsVersion: 1,
    mediaTypes: ["text/plain"],
    contentBytesMax: 0n,
    contributionsMax: 0,
    deposit: "0",
    createdHeight: 0n,
    createdTime: 0n,
    closedHeight: 0n,
  };
}

function modelRecord(id: bigint, owner: Person): Messages["tributary.model.v1.Model"] {
  return {
    id,
    owner: owner.text,
    slug: `model-${id}`,
    title: "",
    cardHash: new Uint8Array(0),
    cardUri: "",
    versions: 1,
    createdHeight: 0n,
    createdTime: 0n,
  };
}

function versionRecord(id: bigint, eligibleRoot: Bytes): Messages["tributary.model.v1.Version"] {
  return {
    id,
    modelId: id,
    number: 1,
    label: "v1",
    weightsHash: new Uint8Array(32),
    weightsBytes: 1n,
    format: "",
    method: "",
    configHash: new Uint8Array(32),
    manifestHash: new Uint8Array(32),
    parents: [],
    releases: [{ datanetId: 1n, number: 1 }],
    fees: {
      contributorBasisPoints: 3000,
      providerBasisPoints: 2000,
      royaltyBasisPoints: 0,
      pricePerCall: 1n,
      pricePerInputToken: 0n,
      pricePerOutputToken: 0n,
    },
    height: 2n,
    time: 0n,
    eligibleRoot,
    eligibleReleases: 1,
    depth: 0,
    stage: 3,
    stageChanges: 1,
  };
}
