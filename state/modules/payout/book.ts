import { present } from "#proto/assert.js";
import { addAmount } from "#proto/amount.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { expect, raiseTotals } from "./accounts.js";
import { entries, held } from "./keys.js";
import { paramsOf } from "./params.js";
import { accrues, kinds, type Entry } from "./types.js";

/** What a settled batch owes. Amounts in base units of the bond denomination. */
export interface BatchPay {
  readonly batchId: bigint;
  readonly versionId: bigint;
  readonly provider: string;
  readonly providerShare: bigint;
  readonly credits: readonly {
    readonly contributionId: bigint;
    readonly owner: string;
    readonly datanetId: bigint;
    readonly positions: bigint;
    readonly receipts: bigint;
    readonly amount: bigint;
    /** Part of the amount that is the datanet's. */
    readonly treasury: bigint;
    /** Why some of its positions paid nobody; a contribution may have nothing else. */
    readonly unpaid: Entry["unpaid"];
  }[];
  readonly royalties: readonly { readonly versionId: bigint; readonly amount: bigint }[];
  readonly ownerShare: bigint;
}

/** Takes over what a batch owes: the coins from the account `attribution`, and one entry for each who earned. */
export function bookBatch(context: Context, pay: BatchPay): void {
  const { view, block, address } = context;
  const dueTime = block.time + paramsOf(view).holdBackMs;
  let booked = 0n;
  for (const entry of entriesOf(pay, dueTime)) {
    if (entry.amount === 0n && entry.kind !== kinds.contribution) continue;
    const { batchId, kind, subject } = entry;
    entries.put(view, [batchId, kind, subject], entry);
    held.put(view, [dueTime, batchId, kind, subject], true);
    if (!accrues(entry)) expect(view, present(address.parse(entry.owner), "an owner was checked"), entry);
    booked = addAmount(booked, entry.amount);
  }
  mustMove(context, moduleAccounts.attribution, moduleAccounts.payout, chainConfig(view).bondDenom, booked);
  raiseTotals(view, { booked, pending: booked });
  context.emit("payout.batch_booked", {
    batch_id: pay.batchId.toString(),
    amount: booked.toString(),
    due_time: dueTime.toString(),
  });
}

function* entriesOf(pay: BatchPay, dueTime: bigint): Iterable<Entry> {
  const { batchId, versionId } = pay;
  const entry = (kind: number, subject: bigint, amount: bigint): Entry => ({
    batchId,
    kind,
    subject,
    owner: "",
    versionId,
    amount,
    treasury: 0n,
    datanetId: 0n,
    positions: 0n,
    receipts: 0n,
    dueTime,
    matured: false,
    maturedHeight: 0n,
    released: 0n,
    unpaid: [],
  });
  for (const credit of pay.credits) {
    const { contributionId, owner, datanetId, positions, receipts, amount, treasury, unpaid } = credit;
    const use = { owner, datanetId, positions, receipts, treasury, unpaid };
    yield { ...entry(kinds.contribution, contributionId, amount), ...use };
  }
  yield { ...entry(kinds.provider, 0n, pay.providerShare), owner: pay.provider };
  for (const royalty of pay.royalties) yield entry(kinds.royalty, royalty.versionId, royalty.amount);
  yield entry(kinds.revenue, versionId, pay.ownerShare);
}
