import { mayContest, type Committers } from "./committers.js";
import type { AnswerWindows } from "./cover.js";
import type { WindowVerdicts } from "./judge.js";
import { overPlace } from "./runs.js";
import { NONE, type PlacedWindows } from "./windows.js";

/** What decides whether a token is contested. */
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
 * and of another owner; for a window that is paid to a third, older than the third and of another owner as well. Of
 * several the most senior contests. At most 64 windows a token.
 */
export function contestTokens(facts: ContestFacts): Int32Array {
  const { windows, context, verdicts, payee, place } = facts;
  const contester = new Int32Array(payee.length).fill(NONE);
  let from = 0;
  let last = NONE; // The last window so far whose first committer is not who is paid for it.
  for (let token = 0; token < payee.length; token++) {
    while (from < token && windows.ends[from]! <= token) from++;
    const window = windows.ids[token]!;
    if (window !== NONE && verdicts.first[window] !== windows.payee[token]) last = token;
    const paid = payee[token]!;
    if (paid === NONE) continue;
    let most = NONE;
    for (let at = from; at <= last; at++) {
      const id = windows.ids[at]!;
      if (id !== NONE) most = moreSenior(facts, most, verdicts.first[id]!, windows.payee[at]!, paid);
    }
    if (place[token] !== NONE) {
      overPlace(context.ends, place[token]!, (at) => {
        const id = context.ids[at]!;
        most = moreSenior(facts, most, verdicts.first[id]!, verdicts.payee[id]!, paid);
      });
    }
    contester[token] = most;
  }
  return contester;
}

/** The more senior of `most` and the window's first committer, if the latter contests. */
function moreSenior(
  { committers: { all }, ranks }: ContestFacts,
  most: number,
  first: number,
  ofWindow: number,
  paid: number,
): number {
  if (first === NONE || first === ofWindow || first === paid || first === most) return most;
  if (most !== NONE && ranks[first]! > ranks[most]!) return most;
  const claims = (against: number): boolean => mayContest(all[first]!.committer, all[against]!.committer);
  return claims(paid) && (ofWindow === NONE || claims(ofWindow)) ? first : most;
}
