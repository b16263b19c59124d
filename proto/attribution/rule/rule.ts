import type { Committer } from "../lookups.js";
import { meetCommitters, ranksOf } from "./committers.js";
import { contestTokens } from "./contest.js";
import { answerWindows, coverTokens, isOpen } from "./cover.js";
import type { RuleFacts } from "./facts.js";
import { windowJudge } from "./judge.js";
import { matchTokens } from "./match.js";
import type { RuledReceipt } from "./receipt.js";
import { placePayees, scanRuns, takeRuns, windowsInRuns } from "./runs.js";
import { weightSums } from "./tokens.js";
import { unlicensedUses } from "./unlicensed.js";
import { NONE, tableWindows } from "./windows.js";

/**
 * The rule of PoA-2 (README, "Who is paid") for one receipt. It reads the receipt and the state as of the height at which
 * the batch was formed, and nothing else: no count runs from one receipt to the next. Integers only.
 */
export interface Ruling {
  /** Everybody that the receipt has met; the arrays below name them by their index. */
  readonly committers: readonly Committer[];
  /** By committer: its place in the order of seniority. */
  readonly ranks: Uint32Array;
  /** By token of the answer: who is paid, or NONE. */
  readonly payee: Int32Array;
  /** By token: code of the reason why it is unpaid; 0 where it is paid. */
  readonly reason: Uint8Array;
  /** By token: who contests the pay, or NONE. */
  readonly contester: Int32Array;
  /** By token: the place of the context through which a run pays it; NONE if windows of the answer pay it, or it is unpaid. */
  readonly place: Int32Array;
  /** By token that is unpaid because no contribution is eligible: the most senior first committer over it, or NONE. */
  readonly unlicensed: Int32Array;
  /** weights[i] is the weight of the first i tokens. */
  readonly weights: Uint32Array;
  /** Weight of the answer. */
  readonly weight: number;
  /** Look-ups in the index (judge.ts). */
  readonly lookups: number;
  /** Pairs of equal tokens that runs compared, at most RUN_PAIRS_MAX. */
  readonly pairs: number;
}

/**
 * Decides each token of an answer. Work, beside one hash a window: look-ups, at most 73 a distinct window of the
 * answer and of the context that runs touch; pairs, at most RUN_PAIRS_MAX, each twice; about 100 steps a token.
 * @param receipt one that `checkReceipt` takes
 */
export function ruleReceipt(receipt: RuledReceipt, facts: RuleFacts): Ruling {
  const table = tableWindows(receipt);
  const committers = meetCommitters(facts, receipt);
  const judge = windowJudge(facts, receipt, table, committers);
  for (const id of table.answer.ids) if (id !== NONE) judge.judge(id);
  const windows = answerWindows(table, judge);
  const cover = coverTokens(windows, table, judge, ranksOf(committers.all));

  const place = new Int32Array(cover.payee.length).fill(NONE);
  let pairs = 0;
  if (cover.open > 0 && table.context.ids.length > 0) {
    const match = matchTokens(receipt);
    const scan = scanRuns(match);
    pairs = scan.pairs;
    windowsInRuns(table.context, scan.inRun, (id) => judge.judge(id));
    const payees = placePayees(table.context, judge, scan.inRun, ranksOf(committers.all));
    const taken = takeRuns(match, payees, ranksOf(committers.all));
    for (let token = 0; token < place.length; token++) {
      const at = taken[token]!;
      if (at === NONE || payees[at] === NONE || !isOpen(cover.reason[token]!)) continue;
      cover.payee[token] = payees[at]!;
      cover.reason[token] = 0;
      place[token] = at;
    }
  }
  const ranks = ranksOf(committers.all);
  const { payee, reason } = cover;
  const contester = contestTokens({
    windows,
    context: table.context,
    verdicts: judge,
    committers,
    ranks,
    payee,
    place,
  });
  const weights = weightSums(receipt.answer);
  return {
    committers: committers.all.map(({ committer }) => committer),
    ranks,
    payee,
    reason,
    contester,
    place,
    unlicensed: unlicensedUses(windows, judge, ranks, reason),
    weights,
    weight: weights[weights.length - 1]!,
    lookups: judge.lookups(),
    pairs,
  };
}
