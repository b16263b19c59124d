import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { BILLIONTHS } from "#proto/amount.js";
import { toHex } from "#proto/bytes.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { attributionErrors } from "#state/modules/attribution/index.js";
import * as attribution from "#state/modules/attribution/keys.js";
import { balanceOf } from "#state/modules/bank/index.js";
import * as payout from "#state/modules/payout/keys.js";
import { useNatives } from "#node/runtime/natives.js";
import { CURATED, Market, opening, type MarketOptions, type Redeemed } from "../market.js";
import { person } from "../world.js";
import {
  alice,
  dave,
  formed,
  grace,
  heidi,
  openAndSettle,
  OTHER,
  PREAMBLE,
  refuses,
  SPEECH,
  taken,
  two,
  units,
} from "./attribution-world.js";

useNatives();
const erin = person("erin");
const bob = person("bob");

/** Everything that a settlement does: paid, contested, unlicensed, echoed, repeated and withheld text, royalties, a treasury. */
const rich: MarketOptions = {
  works: [
    { owner: heidi, text: PREAMBLE, datanet: CURATED },
    { owner: alice, text: PREAMBLE },
    { owner: dave, text: SPEECH },
    { owner: erin, text: OTHER, eligible: false },
  ],
  treasuryBasisPoints: 777,
  royalties: [1_234],
};

/** Two batches, one opened whole and one sampled, all but one receipt shown; everybody is paid long after. */
function busy(work: number): { m: Market; blocks: number } {
  const m = new Market({ ...rich, attribution: { settle_work_per_block: work } });
  const [whole, sampled] = [m.open(grace, 10_000_000n), m.open(heidi, 10_000_000n, dave)];
  const answers = [PREAMBLE, `${SPEECH} and ${OTHER}`, "short", `${PREAMBLE} ${PREAMBLE}`, OTHER, `${OTHER} ${SPEECH}`];
  for (const [i, answer] of answers.entries()) m.ask(whole, 9_001n + BigInt(i), answer, i === 5 ? SPEECH : "tell me");
  for (let i = 0; i < 24; i++) m.ask(sampled, 1_000n + BigInt(977 * (i % 5)), answers[i % 6]!);
  const first = m.redeem(whole, m.sign(whole, true, 777n));
  const second = m.redeem(sampled, m.sign(sampled, false));
  m.endEpoch();
  m.blocks(1);
  taken(m.openSample(m.bob, first.batchId, m.wanted(first.batchId, [first]).slice(0, -1)));
  taken(m.openSample(dave, second.batchId, m.wanted(second.batchId, [second]).slice(1)));
  const settledAt = m.world.height + 60n;
  let blocks = 0;
  m.world.invariantsEvery = 3n;
  while (m.world.height < settledAt) {
    m.blocks(1);
    if ([...attribution.settling.range(m.world.base)].length > 0) blocks++;
  }
  return { m, blocks };
}

/** Records without heights and times, and what everybody has. */
function outcome({ world }: Market): unknown {
  const { base } = world;
  const plain = (rows: Iterable<readonly [unknown, object]>): unknown[] =>
    [...rows].map(([, row]) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !/[hH]eight$|[tT]ime$/.test(name))),
    );
  const batches = [...attribution.batches.range(base)].map(([, batch]) => {
    const { height, time, ...settlement } = present(batch.settlement, "settled");
    assert.ok(height > 0n && time > 0n);
    return { ...batch, settlement };
  });
  return {
    batches,
    credits: plain(attribution.credits.range(base)),
    contests: plain(attribution.contests.range(base)),
    uses: plain(attribution.uses.range(base)),
    residuals: plain(attribution.residuals.range(base)),
    totals: attribution.totals.get(base, []),
    entries: plain(payout.entries.range(base)),
    accounts: plain(payout.accounts.range(base)),
    pairs: plain(payout.pairs.range(base)),
    ledger: payout.totals.get(base, []),
    balances: [alice, bob, dave, erin, grace, heidi, person("carol")].map((who) => world.balance(who)),
    modules: Object.values(moduleAccounts).map((address) => [toHex(address), balanceOf(base, address, "utrib")]),
    left: [attribution.progress, attribution.settling].map((table) => [...table.range(base)].length),
  };
}

test("a batch is settled to the same records and balances in one block and in many", () => {
  const [atOnce, inSteps, between] = [busy(1_000_000_000), busy(1), busy(3_000)];
  assert.deepEqual(outcome(inSteps.m), outcome(atOnce.m));
  assert.deepEqual(outcome(between.m), outcome(atOnce.m));
  assert.equal(atOnce.blocks, 0, "nothing is left for a further block");
  assert.ok(
    inSteps.blocks > 6 && between.blocks > 1 && between.blocks < inSteps.blocks,
    `${inSteps.blocks}, ${between.blocks}`,
  );
  const { credits, contests, uses } = outcome(atOnce.m) as Record<string, object[]>;
  assert.ok(credits!.length >= 3 && contests!.length >= 1 && uses!.length >= 2);
});

test("a batch is settled from the block in which any account asks for it; without all openings the request is refused", () => {
  const { m, redeemed, batchId } = formed({ attribution: { settle_work_per_block: 1 } }, [PREAMBLE, SPEECH, OTHER]);
  taken(m.openSample(m.bob, batchId, [opening(redeemed, 0), opening(redeemed, 1)]));
  refuses(m.settle(heidi, batchId), attributionErrors.stillMissing, "2");
  taken(m.openSample(m.bob, batchId, [opening(redeemed, 2)]));
  const asked = m.world.height + 1n;
  taken(m.settle(heidi, batchId));
  refuses(m.settle(heidi, batchId), attributionErrors.alreadySettling);
  assert.equal(m.batch(batchId).settlement, undefined);
  m.blocks(1);
  assert.equal(m.batch(batchId).settlement?.height, asked + 2n, "three receipts, three blocks");
  refuses(m.settle(heidi, batchId), attributionErrors.batchSettled);
  refuses(m.settle(heidi, 99n), attributionErrors.batchNotFound);
  const progress = (): unknown => attribution.progress.get(m.world.base, [batchId]);
  assert.equal(progress(), undefined, "both credits were booked meanwhile");
});

test("while a batch is settled and booked its account holds the unbooked rest, and no owner is paid twice", () => {
  const { m, redeemed, batchId } = formed({ attribution: { settle_work_per_block: 1 } }, [PREAMBLE, SPEECH]);
  taken(m.openSample(m.bob, batchId, m.wanted(batchId, [redeemed])));
  const received: bigint[] = [];
  taken(m.settle(heidi, batchId));
  for (let i = 0; i < 4; i++) {
    const { received: left } = present(payout.totals.get(m.world.base, []), "genesis has written it");
    received.push(BigInt(left) / BILLIONTHS);
    m.blocks(1);
  }
  // A block for each receipt, then one for each credit; the world checks the invariants after each.
  assert.deepEqual(received, [0n, 6_000n, 3_000n, 0n]);
  m.blocks(10);
  assert.deepEqual(
    [alice, dave].map((who) => m.statement(who).account?.paid),
    [units(3_000), units(3_000)],
  );
});

test("what is overdue is settled oldest first, within the work of a block, and what was asked for before it", () => {
  const m = new Market({ ...two, attribution: { settle_work_per_block: 1 } });
  const providers = [person("bob"), person("dave"), person("erin")];
  const ids = providers.map((provider) => {
    const channel = m.open(grace, 1_000_000n, provider);
    m.ask(channel, 1_000n, PREAMBLE);
    return m.sign(channel, true);
  });
  while (m.world.height % 5n !== 0n) m.world.block();
  const txs = ids.map((signed, i) =>
    m.world.tx(providers[i]!, [m.redeemTx(signed.voucher.channelId, signed)], { gas: 9_000_000n, fee: 50_000n }),
  );
  assert.ok(m.world.block(txs).results.every(({ code }) => code === 0));
  m.endEpoch();
  const open = (): number => [1n, 2n, 3n].filter((id) => m.batch(id).settlement === undefined).length;
  m.blocks(6);
  assert.equal(open(), 3);
  const left: number[] = [];
  for (let i = 0; i < 4; i++) {
    m.blocks(1);
    left.push(open());
  }
  assert.deepEqual(left, [2, 1, 0, 0], "nothing was opened: a batch a block");
  for (const id of [1n, 2n, 3n]) {
    const { settlement, providerShare } = m.batch(id);
    assert.equal(settlement?.forfeited, providerShare, "the provider's share is lost");
  }
});

/** A receipt of a fee whose answer is a fifth alice's. */
function sellFifth(m: Market, channel: bigint, fee: bigint): Redeemed {
  m.ask(channel, fee, `${PREAMBLE} ${Array.from({ length: 80 }, (_, i) => `q${i}`).join(" ")}`);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  openAndSettle(m, redeemed);
  return redeemed;
}

test("fees of five units earn billionths that add up to whole units over many batches", () => {
  const m = new Market({ works: [{ owner: alice, text: PREAMBLE }], payout: { payment_min: "1", hold_back_ms: "0" } });
  const channel = m.open(grace, 1_000n);
  const before = m.world.balance(alice);
  const seen: bigint[] = [];
  for (let i = 0; i < 12; i++) {
    const { batchId } = sellFifth(m, channel, 5n);
    assert.equal(m.batch(batchId).pool, 2n, "one and a half, rounded up");
    assert.equal(m.credits(batchId)[0]?.amount, "300000000");
    seen.push(m.world.balance(alice) - before);
  }
  assert.deepEqual(seen.slice(0, 3), [0n, 0n, 0n]);
  assert.equal(m.world.balance(alice) - before, 3n, "a fifth of eighteen");
  const { account } = m.statement(alice);
  assert.equal(BigInt(account!.matured), 12n * 300_000_000n);
  assert.equal(BigInt(account!.matured) - BigInt(account!.paid), 600_000_000n, "less than a unit stays owed");
});

test("the coins of a credit and the residual that share a unit: what is not the credit's is dust, less than a unit", () => {
  const m = new Market({ works: [{ owner: alice, text: PREAMBLE }] });
  const channel = m.open(grace, 1_000n);
  const dust = (): bigint => BigInt(present(payout.totals.get(m.world.base, []), "written").dust);
  const held = (): bigint => balanceOf(m.world.base, moduleAccounts.attribution, "utrib");
  const found: [bigint, bigint][] = [];
  for (let i = 0; i < 6; i++) {
    sellFifth(m, channel, 5n);
    found.push([dust(), held()]);
  }
  // Six times three tenths of a unit: the first unit comes over with the first credit, the second with the fourth.
  assert.deepEqual(found, [
    [700_000_000n, 1n],
    [400_000_000n, 3n],
    [100_000_000n, 5n],
    [800_000_000n, 6n],
    [500_000_000n, 8n],
    [200_000_000n, 10n],
  ]);
});

test("no row of the ledger says 0", () => {
  const { m } = busy(1_000_000_000);
  const rows = [...payout.entries.range(m.world.base)].map(([, { amount }]) => amount);
  assert.ok(rows.length > 5 && rows.every((amount) => amount !== "0"));
  // A fee of one unit: all parts except the pool round down to 0, and the answer was not opened.
  const free = formed({}, [PREAMBLE], true, 1n);
  free.m.blocks(12);
  assert.deepEqual([...payout.entries.range(free.m.world.base)], []);
});
