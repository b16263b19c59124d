import type { Client } from "#proto/client/index.js";
import type { SignedVoucher } from "#proto/exchange/provider.js";
import { ownAny } from "#proto/tx/build.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { wantedOpenings, type OpeningSource } from "../../book/openings.js";
import { dueFor, type Due, type Redeemable, type RedeemPolicy } from "./policy.js";

/** Phase of a batch whose receipts can be shown, as the query numbers them. */
const OPENING = 3;
const SETTLED = 5;
/** Redemptions of one transaction. */
const REDEMPTIONS_PER_TX = 16;
const PAGE = 20n;

/** A channel with its newest voucher. */
export interface SettledChannel extends Redeemable {
  readonly voucher: SignedVoucher;
}

/** What settlement needs of the rest of the gateway. */
export interface SettleDeps {
  readonly node: Client;
  /** Of the provider. */
  readonly address: string;
  readonly policy: RedeemPolicy;
  readonly source: OpeningSource;
  /** Channels with a voucher that the chain may not have redeemed. */
  channels(): readonly SettledChannel[];
  /** Signs with the provider's key, sends, and waits for the block. @throws CliFault if the chain refuses */
  send(messages: readonly AnyMessage[]): Promise<void>;
  /** What was done, and what failed and is tried again. */
  report(event: SettleEvent): void;
  /** Unix milliseconds. */
  now(): number;
}

/** What settlement reports. */
export type SettleEvent =
  | { readonly kind: "redeemed"; readonly channels: readonly bigint[]; readonly amount: bigint; readonly due: Due }
  | { readonly kind: "opened"; readonly batchId: bigint; readonly receipts: number; readonly deadline: bigint }
  | { readonly kind: "settled"; readonly batchId: bigint }
  | { readonly kind: "failed"; readonly what: string; readonly error: unknown };

/**
 * The provider's settlement, which runs by itself: redeems what is due, shows what was drawn, has batches settled. A step that
 * fails is reported and tried again at the next height; nothing is lost by a restart, because the chain says what is left.
 */
export class Settler {
  readonly #deps: SettleDeps;
  /** Batches of ours that are not settled, as far as they were seen. */
  readonly #batches = new Set<bigint>();
  #lastSeen = 0n;
  #isRunning = false;

  constructor(deps: SettleDeps) {
    this.#deps = deps;
  }

  /** Openings that are due: batches in their window. */
  get unsettled(): ReadonlySet<bigint> {
    return this.#batches;
  }

  /** One round at a height. Rounds do not overlap: a height that comes during one is passed over. */
  async round(height: bigint, epochBlocks: bigint): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#redeem({ height, epochBlocks, now: this.#deps.now() });
      await this.#findBatches();
      for (const batchId of this.#batches) await this.#advance(batchId);
    } catch (error) {
      this.#deps.report({ kind: "failed", what: "settlement", error });
    } finally {
      this.#isRunning = false;
    }
  }

  async #redeem(clock: Parameters<typeof dueFor>[2]): Promise<void> {
    const { channels, policy } = this.#deps;
    const byDue = new Map<Due, SettledChannel[]>();
    for (const channel of channels()) {
      const due = dueFor(channel, policy, clock);
      if (due !== undefined) byDue.set(due, [...(byDue.get(due) ?? []), channel]);
    }
    for (const due of ["closing", "amount", "age", "epoch"] as const) {
      await this.#redeemThese(byDue.get(due) ?? [], due);
    }
  }

  async #redeemThese(channels: readonly SettledChannel[], due: Due): Promise<void> {
    for (let at = 0; at < channels.length; at += REDEMPTIONS_PER_TX) {
      const group = channels.slice(at, at + REDEMPTIONS_PER_TX);
      if (await this.#redeemGroup(group, due)) continue;
      // One bad redemption must not hold up the others: each goes alone.
      for (const one of group.length > 1 ? group : []) await this.#redeemGroup([one], due);
    }
  }

  async #redeemGroup(group: readonly SettledChannel[], due: Due): Promise<boolean> {
    const { address: signer, send, report } = this.#deps;
    const ids = group.map(({ channelId }) => channelId);
    try {
      await send(group.map(({ voucher }) => ownAny("tributary.usage.v1.MsgRedeemVoucher", { signer, ...voucher })));
    } catch (error) {
      report({ kind: "failed", what: `redemption of channels ${ids.join(", ")}`, error });
      return false;
    }
    const amount = group.reduce((sum, { signed, redeemed }) => sum + signed - redeemed, 0n);
    report({ kind: "redeemed", channels: ids, amount, due });
    return true;
  }

  /** Newest first, until a whole page is known or settled: batches settle in the order of their deadlines. */
  async #findBatches(): Promise<void> {
    const { node, address: provider } = this.#deps;
    let newest = this.#lastSeen;
    for (let offset = 0n; ; offset += PAGE) {
      const pagination = { key: new Uint8Array(0), offset, limit: PAGE, countTotal: false, reverse: true };
      const { batches } = await node.query("tributary.attribution.v1.Query/Batches", { provider, pagination });
      const open = batches.filter(({ id, settlement }) => settlement === undefined && id > this.#lastSeen);
      for (const { id } of open) {
        this.#batches.add(id);
        if (id > newest) newest = id;
      }
      if (open.length < Number(PAGE)) break;
    }
    this.#lastSeen = newest;
  }

  async #advance(batchId: bigint): Promise<void> {
    const { node, address: signer, source, send, report } = this.#deps;
    const { phase, epoch, batch, progress } = await node.query("tributary.attribution.v1.Query/Batch", { batchId });
    if (phase === SETTLED) {
      this.#batches.delete(batchId);
      report({ kind: "settled", batchId });
      return;
    }
    if (phase !== OPENING || batch === undefined || progress !== undefined) return;
    try {
      const lists = await wantedOpenings(node, batchId, source);
      for (const openings of lists) {
        await send([ownAny("tributary.attribution.v1.MsgOpenSample", { signer, batchId, openings })]);
      }
      const receipts = lists.flat().filter(({ head }) => head !== undefined).length;
      if (receipts > 0) report({ kind: "opened", batchId, receipts, deadline: epoch?.deadline ?? 0n });
      await send([ownAny("tributary.attribution.v1.MsgSettleBatch", { signer, batchId })]);
    } catch (error) {
      report({ kind: "failed", what: `opening of batch ${batchId}`, error });
    }
  }
}
