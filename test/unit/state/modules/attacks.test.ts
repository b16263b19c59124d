import assert from "node:assert/strict";
import { test } from "node:test";
import { BILLIONTHS } from "#proto/amount.js";
import type { Opening } from "#proto/attribution/opening.js";
import { takenFingerprints } from "#state/modules/datanet/keys.js";
import { useNatives } from "#node/runtime/natives.js";
import { Market, partsOf, type Redeemed } from "../market.js";
import { person, type Person } from "../world.js";
import { alice, grace, PREAMBLE, taken } from "./attribution-world.js";
import { commit, createDatanet, bring, DatanetWorld, piece, withdraw, type Piece } from "./datanet-world.js";

useNatives();

/**
 * Attacks that need the state: on openings, audits, deposits and small fees. Those on the rule alone are in
 * proto/attribution/rule/attacks.ts. Amounts are base units, without transaction fees.
 */
interface Attack {
  readonly name: string;
  readonly before: () => Balance;
  readonly after: () => Balance;
  /** What who attacks has more than without, what others lose. Negative: it loses. */
  readonly gain: number;
  readonly taken: number;
}
interface Balance {
  readonly coalition: bigint;
  readonly others: bigint;
}

/** Sells to grace what bob, who owns the version, answers with alice's text; `open` shows it. */
function sold(
  fees: readonly bigint[],
  how: {
    readonly openAll?: boolean;
    readonly unaudited?: boolean;
    readonly eachAlone?: boolean;
    readonly prompt?: string;
    readonly open?: (m: Market, redeemed: Redeemed, wanted: readonly Opening[]) => void;
  } = {},
): Market {
  const m = new Market({
    works: [{ owner: alice, text: PREAMBLE }],
    attribution: { window_blocks: "30" },
    payout: { payment_min: "1" },
  });
  const channel = m.open(grace, 10_000_000n);
  const vouchers: Redeemed[] = [];
  const { openAll = true, unaudited = false, eachAlone = false } = how;
  const total = fees.reduce((sum, fee) => sum + fee, 0n);
  if (unaudited) vouchers.push(m.redeem(channel, m.sign(channel, openAll, total)));
  else {
    for (const fee of fees) {
      m.ask(channel, fee, PREAMBLE, how.prompt);
      if (eachAlone) vouchers.push(m.redeem(channel, m.sign(channel, openAll)));
    }
  }
  if (!unaudited && !eachAlone) vouchers.push(m.redeem(channel, m.sign(channel, openAll)));
  m.endEpoch();
  if (!openAll) m.blocks(1);
  const open = how.open ?? ((market, { batchId }, wanted) => taken(market.openSample(market.bob, batchId, wanted)));
  for (const batchId of new Set(vouchers.map((each) => each.batchId))) {
    if (unaudited || m.batch(batchId).settlement !== undefined) continue;
    const own = vouchers.filter((each) => each.batchId === batchId);
    open(m, own[0]!, m.wanted(batchId, own));
  }
  m.world.invariantsEvery = 10n;
  m.blocks(60);
  return m;
}

/** What an owner has earned, in base units. */
const earned = (m: Market, who: Person): bigint => BigInt(m.statement(who).account?.matured ?? 0n) / BILLIONTHS;
/** The provider, which owns the version, against the contributor. */
const provider = (m: Market): Balance => ({ coalition: earned(m, m.bob), others: earned(m, alice) });
/** The consumer alone, who has nothing to win, against provider and contributor. */
const consumer = (m: Market): Balance => ({ coalition: 0n, others: earned(m, m.bob) + earned(m, alice) });

const long = Array.from({ length: 17_000 }, (_, i) => `p${i}`).join(" ");
const garbage = (part: Opening): Opening => ({
  ...part,
  pieces: part.pieces.map((bytes) => bytes.map((byte) => byte ^ 4)),
});

const mallory = person("mallory");
const many = (name: string, count: number): Piece => piece(name, ...Array.from({ length: count }, (_, i) => i + 1));
const PROOF_BLOCKS = 4n;

/** What mallory has left of its deposits, and how many fingerprints of the tier others can have. */
function tier(attack: (world: DatanetWorld, datanet: bigint) => number): Balance {
  const params = { fingerprints_max: "10000", proof_blocks: String(PROOF_BLOCKS) };
  const world = new DatanetWorld({ alice: 10n ** 10n, mallory: 10n ** 10n }, { datanet: { params } });
  const datanet = createDatanet(world, alice, { bond: "1" });
  const before = world.balance(mallory);
  const transactions = attack(world, datanet);
  for (let i = 0; i < 12; i++) world.block();
  const fees = 5_000n * BigInt(transactions);
  return {
    coalition: world.balance(mallory) - before + fees,
    others: 10_000n - (takenFingerprints.get(world.base, []) ?? 0n),
  };
}

const attacks: readonly Attack[] = [
  {
    name: "provider and consumer pay without a receipt: the provider gives up what it would have earned by an audit",
    before: () => provider(sold([10_000n])),
    after: () => provider(sold([10_000n], { unaudited: true })),
    gain: -2_000,
    taken: 3_000,
  },
  {
    name: "the provider withholds every opening",
    before: () => provider(sold([10_000n, 10_000n])),
    after: () => provider(sold([10_000n, 10_000n], { open: () => undefined })),
    gain: -4_000,
    taken: 6_000,
  },
  {
    name: "it withholds one of two",
    before: () => provider(sold([10_000n, 10_000n])),
    after: () =>
      provider(
        sold([10_000n, 10_000n], { open: (m, { batchId }, [first]) => taken(m.openSample(m.bob, batchId, [first!])) }),
      ),
    gain: -2_000,
    taken: 3_000,
  },
  {
    name: "it withholds what a sample draws",
    before: () => provider(sold(Array<bigint>(8).fill(10_000n), { openAll: false })),
    after: () => provider(sold(Array<bigint>(8).fill(10_000n), { openAll: false, open: () => undefined })),
    gain: -16_000,
    taken: 24_000,
  },
  {
    name: "a consumer sends a prompt that no transaction holds: the provider opens it in parts",
    before: () => consumer(sold([10_000n])),
    after: () =>
      consumer(
        sold([10_000n], {
          prompt: long,
          open: (m, redeemed) => {
            const parts = partsOf(redeemed, 0, 100_000);
            assert.ok(parts.length > 1);
            for (const part of parts) taken(m.openSample(m.bob, redeemed.batchId, [part]));
          },
        }),
      ),
    gain: 0,
    taken: 0,
  },
  {
    name: "a consumer begins the provider's opening with garbage",
    before: () => consumer(sold([10_000n])),
    after: () =>
      consumer(
        sold([10_000n], {
          prompt: long,
          open: (m, redeemed) => {
            const parts = partsOf(redeemed, 0, 50_000);
            for (const part of parts) {
              m.openSample(grace, redeemed.batchId, [garbage(part)]);
              taken(m.openSample(m.bob, redeemed.batchId, [part]));
            }
          },
        }),
      ),
    gain: 0,
    taken: 0,
  },
  {
    name: "a fee of 60 is paid as twelve receipts of 5 under one voucher",
    before: () => provider(sold([60n])),
    after: () => provider(sold(Array<bigint>(12).fill(5n))),
    gain: 0,
    taken: 0,
  },
  {
    // A channel's fees of one epoch are split together: each division floors once an epoch, and the version's owner has the rest.
    name: "a fee of 60 is paid as twelve vouchers of 5",
    before: () => provider(sold([60n])),
    after: () => provider(sold(Array<bigint>(12).fill(5n), { eachAlone: true })),
    gain: 1,
    taken: 0,
  },
  {
    name: "the tier is filled with junk that is withdrawn: the deposit was locked, and the place is free",
    before: () => tier(() => 0),
    after: () =>
      tier((world, datanet) => {
        const id = bring(world, mallory, datanet, many("junk", 4_000));
        assert.equal(takenFingerprints.get(world.base, []), 4_000n);
        assert.ok(world.balance(mallory) <= 10n ** 10n - 100n * 4_000n);
        withdraw(world, mallory, id);
        return 3;
      }),
    gain: 0,
    taken: 0,
  },
  {
    name: "the tier is reserved by an intent that is never completed: a tenth of the deposit is lost",
    before: () => tier(() => 0),
    after: () =>
      tier((world) => {
        commit(world, mallory, many("intent", 4_000));
        world.height += 7_200n;
        return 1;
      }),
    gain: -40_000,
    taken: 0,
  },
  {
    name: "junk that stays keeps its deposit locked",
    before: () => tier(() => 0),
    after: () => tier((world, datanet) => (bring(world, mallory, datanet, many("junk", 4_000)), 2)),
    gain: -400_001, // With the bond.
    taken: 4_000, // Fingerprints of the tier, of 16.8 million.
  },
];

for (const { name, before, after, gain, taken: lost } of attacks) {
  test(`${name}: gains ${gain}, takes ${lost}`, () => {
    const [without, attacked] = [before(), after()];
    assert.deepEqual(
      [attacked.coalition - without.coalition, without.others - attacked.others],
      [BigInt(gain), BigInt(lost)],
    );
  });
}
