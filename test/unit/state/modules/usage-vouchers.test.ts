import assert from "node:assert/strict";
import { test } from "node:test";
import { poaErrors } from "#proto/attribution/errors.js";
import type { Issued } from "#proto/attribution/issue.js";
import type { Voucher } from "#proto/attribution/voucher.js";
import { usageErrors } from "#state/modules/usage/index.js";
import { attributionErrors } from "#state/modules/attribution/index.js";
import { useNatives } from "#node/runtime/natives.js";
import { Market, opening, priced, type MarketOptions, type Redeemed, type Signed } from "../market.js";
import { person, type Person } from "../world.js";
import { alice, grace, heidi, PREAMBLE, refuses, taken } from "./attribution-world.js";

useNatives();
const carol = person("carol");
const market = (options: Partial<MarketOptions> = {}): Market =>
  new Market({ works: [{ owner: alice, text: PREAMBLE }], ...options });
const ask = (m: Market, channel: bigint, fees: readonly bigint[]): void => {
  for (const fee of fees) m.ask(channel, fee, PREAMBLE);
};
const send = (m: Market, channel: bigint, signed: Signed, by: Person = m.bob) =>
  m.world.run(by, [m.redeemTx(channel, signed, by)], { gas: 20_000_000n, fee: 50_000n });

test("vouchers of two epochs: each batch has what its voucher added, and every receipt opens once", () => {
  const m = market();
  const channel = m.open(grace, 100_000n);
  ask(m, channel, [1_000n, 2_000n]);
  const first = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  ask(m, channel, [4_000n]);
  const second = m.redeem(channel, m.sign(channel, true));
  assert.deepEqual([second.voucher.auditCount, second.voucher.auditSum], [3n, 7_000n]);
  const { receipts, auditSum, fees } = m.batch(second.batchId);
  assert.deepEqual([receipts, auditSum, fees], [1n, 4_000n, 4_000n]);
  const [row] = m.vouchers(second.batchId);
  assert.deepEqual([row!.afterNonce, row!.afterAuditSum, row!.afterAuditCount, row!.fee], [2n, 3_000n, 2n, 4_000n]);
  m.endEpoch();
  for (const [redeemed, indexes] of [
    [first, [0n, 1n]],
    [second, [2n]],
  ] as const) {
    const wanted = m.wanted(redeemed.batchId, [redeemed]);
    assert.deepEqual(wanted.map(({ index }) => index), indexes); // prettier-ignore
    taken(m.openSample(m.bob, redeemed.batchId, wanted));
    taken(m.settle(heidi, redeemed.batchId));
    assert.equal(m.batch(redeemed.batchId).settlement?.forfeited, 0n);
  }
});

test("an earlier voucher is redeemed while a later one is being signed", () => {
  const m = market();
  const channel = m.open(grace, 100_000n);
  ask(m, channel, [1_000n]);
  const early = m.sign(channel, true);
  ask(m, channel, [2_000n]);
  const late = m.sign(channel, true);
  m.redeem(channel, early);
  m.redeem(channel, late);
  assert.equal(m.totals().fees, 3_000n);
});

test("vouchers of one epoch are one row: all its receipts open under the newest root, none under an older", () => {
  const m = market();
  const channel = m.open(grace, 100_000n);
  ask(m, channel, [1_000n, 2_000n]);
  const first = m.redeem(channel, m.sign(channel, true));
  ask(m, channel, [4_000n]);
  const second = m.redeem(channel, m.sign(channel, true));
  assert.deepEqual([second.batchId, second.voucherId], [first.batchId, first.voucherId]);
  const { vouchers, receipts, fees } = m.batch(first.batchId);
  assert.deepEqual([vouchers, receipts, fees], [1, 3n, 7_000n]);
  m.endEpoch();
  refuses(m.openSample(m.bob, first.batchId, [opening(first, 0)]), poaErrors.wrongPathLength, "path");
  const wanted = m.wanted(second.batchId, [first, second]);
  assert.deepEqual(wanted.map(({ index }) => index), [0n, 1n, 2n]); // prettier-ignore
  taken(m.openSample(m.bob, second.batchId, wanted));
});

test("how many vouchers an epoch has changes no sum of its batch", () => {
  const fees = [7n, 11n, 1_003n, 5n, 299n];
  const batches = [false, true].map((eachAlone) => {
    const m = market({ royalties: [1_234, 777] });
    const channel = m.open(grace, 100_000n);
    m.endEpoch();
    for (const [i, fee] of fees.entries()) {
      ask(m, channel, [fee]);
      if (eachAlone && i < fees.length - 1) send(m, channel, m.sign(channel, true));
    }
    // The last one is in the fifth block either way, so that all are in one epoch.
    if (!eachAlone) m.blocks(fees.length - 1);
    const { batchId } = m.redeem(channel, m.sign(channel, true, 100n));
    return m.batch(batchId);
  });
  assert.deepEqual(batches[1], batches[0]);
});

test("reordered: after a later voucher an earlier one adds nothing, and nothing was lost", () => {
  const m = market();
  const channel = m.open(grace, 100_000n);
  ask(m, channel, [1_000n]);
  const early = m.sign(channel, true);
  ask(m, channel, [2_000n]);
  const late = m.sign(channel, true);
  m.redeem(channel, late);
  for (const old of [early, late]) refuses(send(m, channel, old), usageErrors.voucherReplayed, "nonce");
  assert.equal(m.totals().fees, 3_000n);
});

const shrunk: readonly (readonly [name: string, change: Partial<Voucher>, field: string])[] = [
  ["amount", { amount: 2_999n }, "amount"],
  ["audited sum", { auditSum: 2_999n }, "audit_sum"],
  ["number of receipts", { auditCount: 1n }, "audit_count"],
  ["number of receipts by all", { auditRoot: new Uint8Array(32), auditSum: 0n, auditCount: 0n }, "audit_sum"],
  ["root, with the same receipts", { auditRoot: new Uint8Array(32), auditSum: 3_000n, auditCount: 2n }, "audit_root"],
];
for (const [name, change, field] of shrunk) {
  test(`shrunk: a later voucher with less or another ${name} is refused, even signed`, () => {
    const m = market();
    const channel = m.open(grace, 100_000n);
    ask(m, channel, [1_000n, 2_000n]);
    m.redeem(channel, m.sign(channel, true));
    ask(m, channel, [4_000n]);
    const next = m.sign(channel, true);
    refuses(send(m, channel, m.signOver(channel, next.sold, change)), poaErrors.wrongVoucher, field);
    m.redeem(channel, next);
  });
}

test("another channel's: a voucher of the same consumer and provider is worth nothing on their other channel", () => {
  const m = market();
  const [channel, other] = [m.open(grace, 100_000n), m.open(grace, 100_000n)];
  ask(m, channel, [1_000n]);
  const signed = m.sign(channel, true);
  const moved = { ...signed, voucher: { ...signed.voucher, channelId: other } };
  refuses(send(m, other, moved), poaErrors.badSignature);
});

/**
 * Provider and consumer are one: the first voucher is over two receipts, redeemed in one batch; the second one's tree does not
 * go on from it. What of it can be opened?
 */
function forked(make: (sold: readonly Issued[]) => readonly Issued[], amount: bigint) {
  const m = market({ attribution: { window_blocks: "12" } });
  const channel = m.open(grace, 100_000n);
  ask(m, channel, [1_000n, 2_000n]);
  const first = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  ask(m, channel, [4_000n]);
  const { sold } = m.sign(channel, true);
  const second = m.redeem(channel, m.signOver(channel, make(sold), { amount }));
  m.endEpoch();
  const open = (redeemed: Redeemed, index: number) => m.openSample(m.bob, redeemed.batchId, [opening(redeemed, index)]);
  return { m, first, second, open };
}

test("forked: receipts of the first tree do not open under the second, nor the second's under the first", () => {
  const { m, first, second, open } = forked(([a, b, c]) => [priced(a!, 1_500n), priced(b!, 1_500n), c!], 7_000n);
  const under = (batch: Redeemed, tree: Redeemed, index: number) =>
    m.openSample(m.bob, batch.batchId, [{ ...opening(tree, index), voucherId: batch.voucherId }]);
  refuses(under(first, second, 0), poaErrors.wrongPathLength, "path");
  refuses(under(second, first, 0), poaErrors.wrongReceipt, "index");
  refuses(open(second, 0), poaErrors.wrongReceipt, "index");
  taken(open(first, 0));
  taken(open(first, 1));
  taken(open(second, 2));
});

test("forked: a receipt moved over from the first batch is refused by its nonce", () => {
  const { open, second } = forked(([a, b]) => [priced(a!, 2_000n), a!, b!].map(ascending), 5_000n);
  refuses(open(second, 2), poaErrors.wrongReceipt, "nonce");
});

/** Nonces that the tree takes: the last one is still of the first batch. */
function ascending(issued: Issued, index: number): Issued {
  const receipt = { ...issued.receipt, nonce: BigInt(index) };
  return { ...issued, receipt, head: { ...issued.head, receipt } };
}

test("forked: a receipt that begins before what was redeemed is refused, and costs the provider its share", () => {
  // 2,998 of its fee were paid in the first batch, where two other receipts stood for them.
  const { m, second, open } = forked(([a, b, c]) => [priced(a!, 1n), priced(b!, 1n), priced(c!, 6_998n)], 7_000n);
  refuses(open(second, 2), poaErrors.wrongReceipt, "interval");
  m.blocks(20);
  const { settlement, providerShare } = m.batch(second.batchId);
  assert.deepEqual([settlement!.opened, settlement!.credited, settlement!.forfeited], [0n, "0", providerShare]);
});

test("forked: fees moved to before the stretch stand for nothing that opens, and the batch pays what opens alone", () => {
  const { m, second, open } = forked(([a, b, c]) => [priced(a!, 6_000n), priced(b!, 500n), priced(c!, 500n)], 7_000n);
  refuses(open(second, 1), poaErrors.wrongReceipt, "index");
  taken(open(second, 2));
  m.blocks(20);
  const { settlement, auditSum, providerShare } = m.batch(second.batchId);
  assert.equal(auditSum, 4_000n);
  assert.equal(settlement!.credited, (150n * 1_000_000_000n).toString(), "30 % of the 500 that opened");
  assert.equal(settlement!.forfeited, providerShare - providerShare / 8n);
});

test("forked within an epoch: the newest tree alone counts, fixed before the beacon, for all that both vouchers paid", () => {
  const m = market();
  const channel = m.open(grace, 100_000n);
  ask(m, channel, [1_000n, 2_000n]);
  const first = m.redeem(channel, m.sign(channel, true));
  ask(m, channel, [4_000n]);
  const { sold } = m.sign(channel, true);
  const other = [priced(sold[0]!, 10n), priced(sold[1]!, 20n), priced(sold[2]!, 6_970n)];
  const second = m.redeem(channel, m.signOver(channel, other, { amount: 7_000n }));
  m.endEpoch();
  refuses(m.openSample(m.bob, first.batchId, [opening(first, 0)]), poaErrors.wrongPathLength, "path");
  taken(
    m.openSample(
      m.bob,
      second.batchId,
      [0, 1, 2].map((index) => opening(second, index)),
    ),
  );
  taken(m.settle(heidi, second.batchId));
  const { settlement } = m.batch(second.batchId);
  assert.equal(settlement!.credited, (2_100n * 1_000_000_000n).toString());
});

test("the gas of a voucher does not depend on the number of its receipts", () => {
  const used = [10n, 1_000n, 100_000n].map((count) => {
    const m = market();
    const channel = m.open(grace, 10_000_000n);
    const sums = { nonce: count, amount: 1_000_000n, auditSum: 1_000_000n, auditCount: count };
    const signed = m.signOver(channel, [], { ...sums, auditRoot: new Uint8Array(32).fill(1) });
    const result = send(m, channel, signed);
    taken(result);
    return result.gasUsed;
  });
  // A number of two more bytes stands in the transaction and in four records.
  assert.ok(used.every((gas) => gas - used[0]! < 1_000n), used.join(" ")); // prettier-ignore
});

test("a watchtower redeems an old voucher: the split is the same, and the provider redeems the rest", () => {
  const rest = (tower: boolean) => {
    const m = market({ royalties: [1_000] });
    const channel = m.open(grace, 100_000n);
    ask(m, channel, [1_001n]);
    const old = m.sign(channel, true);
    ask(m, channel, [2_003n]);
    const newest = m.sign(channel, true);
    const before = m.world.balance(carol);
    if (tower) taken(send(m, channel, old, carol));
    else m.blocks(1);
    const paid = before - m.world.balance(carol);
    const { batchId } = m.redeem(channel, newest);
    return { batch: m.batch(batchId), paid };
  };
  const [alone, helped] = [rest(false), rest(true)];
  assert.deepEqual(helped.batch, alone.batch);
  assert.equal(helped.paid, 50_000n, "the tower pays its transaction and earns nothing");
});

test("anybody can redeem, so others can fill a batch: a closing channel still finds a place in it", () => {
  const m = market({ attribution: { batch_vouchers_max: 2 } });
  const [first, second, open, closing] = [grace, heidi, heidi, grace].map((who) => m.open(who, 1_000n));
  const sign = (channel: bigint): Signed => {
    ask(m, channel, [100n]);
    return m.sign(channel, true);
  };
  m.endEpoch();
  for (const channel of [first!, second!]) taken(send(m, channel, sign(channel), carol));
  refuses(send(m, open!, sign(open!)), attributionErrors.batchFull, "next epoch");
  taken(m.send(grace, "tributary.usage.v1.MsgCloseChannel", { signer: grace.text, channelId: closing! }));
  taken(send(m, closing!, sign(closing!)));
});
