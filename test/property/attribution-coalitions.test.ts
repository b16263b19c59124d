import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BILLIONTHS } from "#proto/amount.js";
import { auditedPool, auditedSplit, splitFee } from "#proto/attribution/fee.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import { tokenAt, tokenize } from "#proto/attribution/tokens.js";
import { useNatives } from "#node/runtime/natives.js";
import { changed, ownerOf, prose, Records, ruled, slice, wordsOf } from "#test/unit/proto/attribution/rule/world.js";
import { ok } from "#test/unit/proto/attribution/world.js";
import type { Talk, Work } from "#test/unit/proto/attribution/rule/world.js";

useNatives();

/**
 * Random games of a coalition against a script of honest texts, requests and answers. The coalition may do everything but
 * two things that the rule cannot see (README, "What it cannot do"): record a licensed text first, and write the words of
 * the answer itself.
 */
const CURATED = 1; // Licensed by the version.
const NAMED = 2; //   Curated; some requests name it.
const OPEN = 3; //    Anybody contributes; some requests name it.
const OTHER = 4; //   Neither.
const RUNS = Number(process.env["TRIBUTARY_RUNS"] ?? 150);
const FEE = 1_000_000n;
const SHARES = { contributorBasisPoints: 3_000n, providerBasisPoints: 1_500n, royalties: [] };
const COALITION = new Set(["x", "y"].map((name) => ownerOf(name).join()));

/** Look-alike letters of other scripts, and code points that are not seen: both make one text look like two. */
const disguises: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => word.replace("h", "\u04bb").replace("w", "\u051d"),
  (word) => `${word.slice(0, 1)}\u200b${word.slice(1)}`,
  (word) => word.toUpperCase(),
];
const profiled = (text: string): string => {
  const tokens = ok(tokenize(text));
  return Array.from({ length: tokens.count }, (_, at) => tokenAt(tokens, at)).join(" ");
};
const disguised = (text: string, kind: number): string => profiled(wordsOf(text).map(disguises[kind]!).join(" "));

const roles = ["provider", "owner", "consumer"] as const;
type Role = (typeof roles)[number];

/** Honest texts share no word with each other. */
const library = fc.array(fc.constantFrom(CURATED, CURATED, NAMED, OTHER), { minLength: 2, maxLength: 4 }).map((nets) =>
  nets.map((datanet, i): Work => ({
    id: i + 1,
    datanet,
    owner: "abcd"[i]!,
    texts: [profiled(prose(`h${i}w`, 48))],
    intent: 10 + i,
  })),
);

const cut = fc.record({ of: fc.nat(3), from: fc.nat(40), size: fc.integer({ min: 4, max: 40 }) });
type Cut = { readonly of: number; readonly from: number; readonly size: number };
const cutOf = (works: readonly Work[], { of, from, size }: Cut): string => {
  const text = works[of % works.length]!.texts[0]!;
  return slice(text, from % 36, (from % 36) + size);
};

/** A question with its passages, and an answer that quotes some of the texts. */
const exchange = fc.record({
  quotes: fc.array(cut, { minLength: 1, maxLength: 3 }),
  marked: fc.array(fc.tuple(cut, fc.constantFrom(CURATED, NAMED, OPEN, undefined)), { maxLength: 2 }),
  added: fc.array(cut, { maxLength: 1 }),
  own: fc.array(cut, { maxLength: 1 }),
  named: fc.subarray([NAMED, OPEN]),
});
type Exchange = {
  readonly quotes: readonly Cut[];
  readonly marked: readonly (readonly [Cut, number | undefined])[];
  readonly added: readonly Cut[];
  readonly own: readonly Cut[];
  readonly named: readonly number[];
};

const talkOf = (works: readonly Work[], { quotes, marked, added, own, named }: Exchange): Talk => ({
  answer: quotes.map((one, i) => `${cutOf(works, one)} f${i}`).join(" "),
  marked: marked.map(([one, datanet]) => [cutOf(works, one), datanet] as const),
  added: added.map((one) => cutOf(works, one)),
  own: own.map((one) => cutOf(works, one)),
  named,
});

/**
 * Copies of honest texts, whole, in parts, with every n-th word changed or in disguise: later, or earlier where they are
 * not eligible.
 */
const copies = fc.array(
  fc.record({
    of: fc.nat(3),
    every: fc.constantFrom(0, 0, 6, 9),
    parts: fc.constantFrom(1, 1, 3),
    disguise: fc.nat(disguises.length - 1),
    datanet: fc.constantFrom(CURATED, NAMED, OPEN, OTHER),
    isEarlier: fc.boolean(),
    accepted: fc.constantFrom(50, 60, 300, false as const),
    isWithdrawn: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

const tricks = fc.record({
  roles: fc.subarray([...roles]),
  copies,
  /** The provider adds, or the consumer marks, what the coalition contributed. */
  shown: fc.array(fc.tuple(fc.nat(3), fc.constantFrom(CURATED, NAMED, OPEN, undefined)), { maxLength: 2 }),
  names: fc.subarray([NAMED, OPEN]),
  freeReceipts: fc.nat(2),
  isWithheld: fc.boolean(),
  audited: fc.constantFrom(100n, 100n, 50n, 0n),
});

const game = fc.record({ works: library, exchanges: fc.array(exchange, { minLength: 1, maxLength: 2 }), tricks });
type Tricks = typeof tricks extends fc.Arbitrary<infer T> ? T : never;

interface Outcome {
  readonly coalition: bigint;
  readonly honest: bigint;
  readonly waiting: bigint;
}

/** Everybody's balance in billionths after the script, without the tricks or with them. */
function play(works: readonly Work[], exchanges: readonly Exchange[], trick: Tricks | undefined): Outcome {
  const coalitionRoles = new Set<Role>(trick?.roles ?? []);
  const made = trick === undefined ? [] : copiesOf(works, trick);
  const records = new Records([...works, ...made]);
  records.release(CURATED);
  for (const [i, work] of made.entries()) if (trick!.copies[i]!.isWithdrawn) records.withdraw(work.id);
  let [coalition, honest, waiting] = [0n, 0n, 0n];
  for (const one of exchanges) {
    const talks = [
      tricked(works, one, made, trick),
      ...Array.from({ length: trick?.freeReceipts ?? 0 }, () => undefined),
    ];
    for (const talk of talks) {
      const said = talk ?? talkOf(works, one);
      const fee = talk === undefined ? 0n : FEE;
      const split = splitFee(fee, SHARES);
      const isProvider = coalitionRoles.has("provider");
      // Both sides decide what is audited; the provider alone may withhold.
      const share = isProvider && coalitionRoles.has("consumer") ? (trick?.audited ?? 100n) : 100n;
      const auditSum = (fee * share) / 100n;
      const audited = auditedSplit(split, auditSum, fee);
      const pool = auditedPool(auditSum, Number(SHARES.contributorBasisPoints));
      const isWithheld = isProvider && trick?.isWithheld === true;
      const credits = isWithheld
        ? []
        : priceReceipt(ruled(said, { records, licensed: [CURATED], open: [OPEN] }), pool).credits;
      for (const { committer, amount, contested } of credits) {
        waiting += contested;
        if (COALITION.has(committer.owner.join())) coalition += amount - contested;
        else honest += amount - contested;
      }
      if (isProvider && !isWithheld) coalition += audited.provider * BILLIONTHS;
      if (coalitionRoles.has("owner")) coalition += split.owner * BILLIONTHS;
      if (coalitionRoles.has("consumer")) coalition -= fee * BILLIONTHS;
    }
  }
  return { coalition, honest, waiting };
}

function copiesOf(works: readonly Work[], { copies: list }: Tricks): Work[] {
  return list.map(({ of, every, parts, disguise, datanet, isEarlier, accepted }, i) => {
    const source = disguised(works[of % works.length]!.texts[0]!, disguise);
    const text = every === 0 ? source : changed(source, every, `c${i}c`);
    const size = Math.ceil(wordsOf(text).length / parts);
    const isFirst = isEarlier && (datanet === OTHER || accepted === false);
    // Who is first is paid for what it also licenses, by the same account: so squatters and copyists are two.
    const owner = isFirst ? "x" : "y";
    return {
      ...{ id: 50 + i, datanet, owner, accepted },
      texts: Array.from({ length: parts }, (_, part) => slice(text, part * size, (part + 1) * size)),
      intent: isFirst ? 1 + i : 40 + i,
    };
  });
}

function tricked(works: readonly Work[], one: Exchange, made: readonly Work[], trick: Tricks | undefined): Talk {
  const talk = talkOf(works, one);
  if (trick === undefined || made.length === 0) return talk;
  const shown = trick.shown.map(([of, datanet]) => [made[of % made.length]!.texts[0]!, datanet] as const);
  const isConsumer = trick.roles.includes("consumer");
  return {
    ...talk,
    marked: isConsumer ? [...(talk.marked ?? []), ...shown] : (talk.marked ?? []),
    added: trick.roles.includes("provider")
      ? [...(talk.added ?? []), ...shown.map(([text]) => text)]
      : (talk.added ?? []),
    named: isConsumer
      ? [...new Set([...(talk.named ?? []), ...trick.names])].sort((a, b) => a - b)
      : (talk.named ?? []),
  };
}

/** Base units: each receipt floors once a contribution. */
const ROUNDING = 100n;

test("no coalition gains, and what it takes from others for good is at most twice what it gives up", () => {
  fc.assert(
    fc.property(game, ({ works, exchanges, tricks: trick }) => {
      const roleOnly: Tricks = {
        ...{ roles: trick.roles, copies: [], shown: [], names: [] },
        ...{ freeReceipts: 0, isWithheld: false, audited: 100n },
      };
      const [before, after] = [play(works, exchanges, roleOnly), play(works, exchanges, trick)];
      const gain = after.coalition - before.coalition;
      assert.ok(gain <= ROUNDING, `gains ${gain}`);
      const taken = before.honest - after.honest - after.waiting;
      const given = gain < 0n ? -gain : 0n;
      assert.ok(taken <= 2n * given + ROUNDING, `takes ${taken} and gives up ${given}`);
      if (!trick.isWithheld && trick.audited === 100n) assert.ok(taken <= given + ROUNDING, `takes ${taken}`);
    }),
    { seed: Number(process.env["TRIBUTARY_SEED"] ?? 13), numRuns: RUNS },
  );
});
