import { mayContest, type Committers } from "./committers.js";
import type { AnswerWindows } from "./cover.js";
import type { WindowVerdicts } from "./judge.js";
import { overPlace } from "./runs.js";
import { NONE, type PlacedWindows } from "./windows.js";

/** The data that determine whether a token is contested. */
export interface ContestFacts {
  readonly windows: AnswerWindows;
  readonly context: PlacedWindows;
  readonly verdicts: WindowVerdicts;
  readonly committers: Committers;
  readonly ranks: Uint32Array;
  /** By token: who is paid, or NONE. */
  readonly payee: Int32Array;
  /** By token: the place of the context through which it is paid, or NONE. */
  readonly place: Int32Array;
}

/**
 * By token: the number of the committer that contests it, or NONE. A token is contested if a window over it, in the
 * answer or in the text through which a run pays it, has a first committer that is older than who is paid for the token
 * and of another owner. Of several the most senior contests. At most 64 windows a token.
 */
export function contestTokens(facts: ContestFacts): Int32Array {
  const { windows, context, verdicts, payee, place } = facts;
  const contester = new Int32Array(payee.length).fill(NONE);
  let from = 0;
  for (let token = 0; token < payee.length; token++) {
    while (from < token && windows.ends[from]! <= token) from++;
    const paid = payee[token]!;
    if (paid === NONE) continue;
    let most = NONE;
    for (let at = from; at <= token; at++) {
      const id = windows.ids[at]!;
      if (id !== NONE) most = moreSenior(facts, most, verdicts.first[id]!, paid);
    }
    if (place[token] !== NONE) {
      overPlace(context.ends, place[token]!, (at) => {
        const id = context.ids[at]!;
        most = moreSenior(facts, most, verdicts.first[id]!, paid);
      });
    }
    contester[token] = most;
  }
  return contester;
}

/** The more senior of `most` and the window's first committer, if the latter contests. */
function moreSenior({ committers: { all }, ranks }: ContestFacts, most: number, first: number, paid: number): number {
  if (first === NONE || first === paid || (most !== NONE && ranks[first]! >= ranks[most]!)) return most;
  return mayContest(all[first]!.committer, all[paid]!.committer) ? first : most;
}
