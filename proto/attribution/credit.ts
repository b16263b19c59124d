import { assert } from "../assert.js";
import type { Bytes } from "../bytes.js";
import { fingerprintAt, fingerprintCount } from "./packed.js";

/**
 * The rule rho (README, "Sample and credit") decides who is paid for one opened receipt. It uses integers only; every unit
 * of a draw's pool becomes a credit or, with a reason, part of the residual.
 */

/** An active, complete contribution that holds a fingerprint. Seniority is the order of (intentHeight, intentIndex). */
export interface Holder {
  readonly contribution: bigint;
  readonly intentHeight: bigint;
  readonly intentIndex: number;
}

/** The state that the rule reads, as of the height at which the batch was formed. */
export interface CreditLookups {
  /** All active, complete contributions that hold the fingerprint, of any datanet of the tier; in any order, each once. */
  holders(fingerprint: bigint): readonly Holder[];
  /** Whether the fingerprint is in the list of common phrases. */
  common(fingerprint: bigint): boolean;
  /** Whether the contribution is in a release of the version or of one of its ancestors. */
  licensed(contribution: bigint): boolean;
  /** Height of the version's publication. Through a release only earlier intents are eligible. */
  readonly versionHeight: bigint;
}

/** A verified opening. Fingerprint lists are packed, in position order. */
export interface OpenedReceipt {
  readonly fingerprints: Bytes;
  readonly promptFingerprints: Bytes;
  /**
   * Contributions of the declared context chunks. They make contributions eligible but do not change the first
   * committer.
   */
  readonly context: readonly bigint[];
}

/** One draw: its part of the pool, and the opened receipt, or undefined if it was withheld. */
export interface Draw {
  /** Number of the draw in the sample, or of the receipt in a batch that is opened whole. */
  readonly draw: number;
  readonly pool: bigint;
  readonly opened: OpenedReceipt | undefined;
}

/** Why a position, or a whole pool, was paid to nobody. Codes are permanent; events and statements contain them. */
export const residualReasons = {
  promptEcho: 1, //  the user's own prompt holds the phrase
  common: 2, //      enlisted as a common phrase
  repeated: 3, //    it was paid REPEAT_MAX times in this batch
  unmatched: 4, //   no active contribution holds it
  notEligible: 5, // only contributions outside the version's releases and the declared context hold it
  noPositions: 6, // the answer is shorter than k tokens
  withheld: 7, //    the drawn receipt was not opened
  rounding: 8, //    what the division by the number of positions cut off
  notAudited: 9, //  the fee was paid, but no audited receipt stands for it
} as const;
/** Name of a residual reason. */
export type ResidualReason = keyof typeof residualReasons;

/** Positions and base units that one reason explains. A draw without positions counts as one position. */
export interface ResidualCount {
  readonly count: number;
  readonly amount: bigint;
}
/** The residual of a batch, by reason. */
export type Residual = Readonly<Record<ResidualReason, ResidualCount>>;

/** One paid position: a leaf of the batch's credit tree. */
export interface Credit {
  readonly contribution: bigint;
  readonly draw: number;
  readonly position: number;
  readonly amount: bigint;
}

/** The credits of one contribution in one batch: paid positions, and base units. */
export interface ContributionCredit {
  readonly contribution: bigint;
  readonly positions: number;
  readonly amount: bigint;
}

/** Positions that this contribution committed first and that were not paid, for one reason. */
export interface UnpaidUse {
  readonly contribution: bigint;
  readonly reason: ResidualReason;
  readonly positions: number;
  readonly amount: bigint;
}

/** The outcome of one draw in base units. `unit` is the pay per position; credited + residual is its pool. */
export interface DrawResult {
  readonly draw: number;
  readonly unit: bigint;
  readonly credited: bigint;
  readonly residual: bigint;
}

/** The outcome of a batch. */
export interface BatchCredits {
  /** In order of draw and position. */
  readonly credits: readonly Credit[];
  /** The same, summed by contribution, in ascending order of contribution. */
  readonly contributions: readonly ContributionCredit[];
  /** Unpaid uses, ascending by contribution, then by the code of the reason. */
  readonly unpaid: readonly UnpaidUse[];
  readonly draws: readonly DrawResult[];
  readonly credited: bigint;
  /** credited + residual is the sum of the draws' pools, always. */
  readonly residual: bigint;
  readonly reasons: Residual;
}

/**
 * M: the number of times that one fingerprint is paid in the sample of one batch. Bounds what fixed suffixes and
 * planted boilerplate can earn.
 */
export const REPEAT_MAX = 16;

/**
 * Applies the rule to the draws of one batch, in their order. Conserves: credited + residual equals the sum of the
 * pools, which must not be negative.
 */
export function creditBatch(draws: readonly Draw[], lookups: CreditLookups): BatchCredits {
  const ledger = newLedger();
  const results: DrawResult[] = [];
  for (const draw of draws) {
    assert(draw.pool >= 0n, "the pool of a draw is negative");
    results.push(creditDraw(ledger, draw, lookups));
  }
  let credited = 0n;
  let residual = 0n;
  for (const result of results) {
    credited += result.credited;
    residual += result.residual;
  }
  const { credits, reasons } = ledger;
  const contributions = byContribution(credits);
  return { credits, contributions, unpaid: unpaidUses(ledger), draws: results, credited, residual, reasons };
}

interface Ledger {
  readonly credits: Credit[];
  readonly reasons: Record<ResidualReason, { count: number; amount: bigint }>;
  /** How often each fingerprint was paid in this batch. */
  readonly paid: Map<bigint, number>;
  readonly unpaid: Map<bigint, Map<ResidualReason, { positions: number; amount: bigint }>>;
}

function newLedger(): Ledger {
  const none = (): { count: number; amount: bigint } => ({ count: 0, amount: 0n });
  return {
    credits: [],
    reasons: {
      promptEcho: none(),
      common: none(),
      repeated: none(),
      unmatched: none(),
      notEligible: none(),
      noPositions: none(),
      withheld: none(),
      rounding: none(),
      notAudited: none(),
    },
    paid: new Map(),
    unpaid: new Map(),
  };
}

function creditDraw(ledger: Ledger, { draw, pool, opened }: Draw, lookups: CreditLookups): DrawResult {
  const keep = (reason: ResidualReason, amount: bigint): void => {
    ledger.reasons[reason].count += 1;
    ledger.reasons[reason].amount += amount;
  };
  const positions = opened === undefined ? 0 : fingerprintCount(opened.fingerprints);
  if (opened === undefined || positions === 0) {
    keep(opened === undefined ? "withheld" : "noPositions", pool);
    return { draw, unit: 0n, credited: 0n, residual: pool };
  }
  const unit = pool / BigInt(positions);
  const rounding = pool - unit * BigInt(positions);
  if (rounding > 0n) keep("rounding", rounding);

  const judge = positionJudge(ledger.paid, opened, lookups);
  let credited = 0n;
  for (let position = 0; position < positions; position++) {
    const { owner, reason } = judge(fingerprintAt(opened.fingerprints, position));
    if (reason !== undefined) {
      keep(reason, unit);
      if (owner !== undefined) noteUnpaid(ledger, owner.contribution, reason, unit);
    } else {
      ledger.credits.push({ contribution: owner.contribution, draw, position, amount: unit });
      credited += unit;
    }
  }
  return { draw, unit, credited, residual: pool - credited };
}

/** The first committer of a position, and the reason if it is not paid. */
type Verdict =
  | { readonly owner: Holder; readonly reason: undefined }
  | { readonly owner: Holder | undefined; readonly reason: ResidualReason };

/** Decides each position of one receipt, and counts paid fingerprints in `paid`. */
function positionJudge(
  paid: Map<bigint, number>,
  opened: OpenedReceipt,
  lookups: CreditLookups,
): (fingerprint: bigint) => Verdict {
  const prompt = new Set<bigint>();
  for (let i = 0; i < fingerprintCount(opened.promptFingerprints); i++) {
    prompt.add(fingerprintAt(opened.promptFingerprints, i));
  }
  const context = new Set(opened.context);
  const eligible = ({ contribution, intentHeight }: Holder): boolean =>
    context.has(contribution) || (intentHeight < lookups.versionHeight && lookups.licensed(contribution));

  return (fingerprint) => {
    const holders = lookups.holders(fingerprint);
    const owner = firstCommitter(holders);
    const times = paid.get(fingerprint) ?? 0;
    if (prompt.has(fingerprint)) return { owner, reason: "promptEcho" };
    if (lookups.common(fingerprint)) return { owner, reason: "common" };
    if (times >= REPEAT_MAX) return { owner, reason: "repeated" };
    if (owner === undefined) return { owner, reason: "unmatched" };
    if (!holders.some(eligible)) return { owner, reason: "notEligible" };
    paid.set(fingerprint, times + 1);
    return { owner, reason: undefined };
  };
}

/**
 * The most senior of all holders, eligible or not: otherwise copying a text would pay. Undefined if there are no
 * holders.
 */
export function firstCommitter(holders: readonly Holder[]): Holder | undefined {
  let first: Holder | undefined;
  for (const holder of holders) if (first === undefined || isSenior(holder, first)) first = holder;
  return first;
}

function isSenior(a: Holder, b: Holder): boolean {
  return a.intentHeight === b.intentHeight ? a.intentIndex < b.intentIndex : a.intentHeight < b.intentHeight;
}

function noteUnpaid({ unpaid }: Ledger, contribution: bigint, reason: ResidualReason, amount: bigint): void {
  const reasons = unpaid.get(contribution) ?? new Map<ResidualReason, { positions: number; amount: bigint }>();
  const use = reasons.get(reason) ?? { positions: 0, amount: 0n };
  use.positions += 1;
  use.amount += amount;
  reasons.set(reason, use);
  unpaid.set(contribution, reasons);
}

function unpaidUses({ unpaid }: Ledger): UnpaidUse[] {
  const uses: UnpaidUse[] = [];
  for (const [contribution, reasons] of [...unpaid].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sorted = [...reasons].sort(([a], [b]) => residualReasons[a] - residualReasons[b]);
    for (const [reason, use] of sorted) uses.push({ contribution, reason, ...use });
  }
  return uses;
}

function byContribution(credits: readonly Credit[]): ContributionCredit[] {
  const sums = new Map<bigint, { contribution: bigint; positions: number; amount: bigint }>();
  for (const { contribution, amount } of credits) {
    const sum = sums.get(contribution) ?? { contribution, positions: 0, amount: 0n };
    sum.positions += 1;
    sum.amount += amount;
    sums.set(contribution, sum);
  }
  return [...sums.values()].sort((a, b) => (a.contribution < b.contribution ? -1 : 1));
}
