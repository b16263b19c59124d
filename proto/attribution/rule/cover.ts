import type { WindowVerdicts } from "./judge.js";
import { residualReasons } from "./reasons.js";
import { NONE, type PlacedWindows, type WindowTable } from "./windows.js";

/** The windows of the answer, by the place at which they start. */
export interface AnswerWindows extends PlacedWindows {
  /** Number of the committer that is paid for the window here: a window is paid at its first place in the answer. */
  readonly payee: Int32Array;
  /** 1 at the second and each further place of a window. */
  readonly repeated: Uint8Array;
}

/** The windows of the answer with who is paid for them. */
export function answerWindows(table: WindowTable, verdicts: WindowVerdicts): AnswerWindows {
  const { ids, ends } = table.answer;
  const payee = new Int32Array(ids.length).fill(NONE);
  const repeated = new Uint8Array(ids.length);
  const seen = new Uint8Array(verdicts.payee.length);
  for (let place = 0; place < ids.length; place++) {
    const id = ids[place]!;
    if (id === NONE) continue;
    if (seen[id] === 1) repeated[place] = 1;
    else payee[place] = verdicts.payee[id]!;
    seen[id] = 1;
  }
  return { ids, ends, payee, repeated };
}

/** The contribution that is paid for each token through windows, and the reasons of unpaid tokens. */
export interface Cover {
  /** By token: number of the committer, or NONE. */
  readonly payee: Int32Array;
  /** By token: code of the reason; 0 where somebody is paid. */
  readonly reason: Uint8Array;
  /** Tokens that runs may pay: unmatched, or held by those alone who are not eligible. */
  readonly open: number;
}

/**
 * A token belongs to the contribution that is paid for most of the windows over it. In a tie the most senior gets it. At
 * most 32 windows are over a token: a window reaches weight 32 with its last token, and each token weighs at least 1.
 */
export function coverTokens(
  windows: AnswerWindows,
  table: WindowTable,
  verdicts: WindowVerdicts,
  ranks: Uint32Array,
): Cover {
  const { ids, ends } = windows;
  const payee = new Int32Array(ids.length).fill(NONE);
  const reason = new Uint8Array(ids.length);
  const counts = new Uint32Array(ranks.length); // By committer: its windows over the token.
  let [from, distinct, open] = [0, 0, 0];
  for (let token = 0; token < ids.length; token++) {
    const enters = windows.payee[token]!;
    if (enters !== NONE && counts[enters]!++ === 0) distinct++;
    for (; from < token && ends[from]! <= token; from++) {
      const leaves = windows.payee[from]!;
      if (leaves !== NONE && --counts[leaves]! === 0) distinct--;
    }
    if (distinct > 0) {
      payee[token] = mostOf(windows.payee, [from, token], distinct, counts, ranks);
      continue;
    }
    const why = reasonOf(windows, table, verdicts, from, token);
    reason[token] = why;
    if (isOpen(why)) open++;
  }
  return { payee, reason, open };
}

/** Whether a run may pay a token that no window pays for this reason. */
export function isOpen(reason: number): boolean {
  return reason === residualReasons.unmatched || reason === residualReasons.notEligible;
}

/** The contribution that is paid for most of the windows that begin at `from` to `to`. @param distinct how many are paid for one of them */
function mostOf(
  payee: Int32Array,
  [from, to]: readonly [number, number],
  distinct: number,
  counts: Uint32Array,
  ranks: Uint32Array,
): number {
  let best = NONE;
  for (let at = to; at >= from; at--) {
    const number = payee[at]!;
    if (number === NONE || number === best) continue;
    if (distinct === 1) return number;
    const more = best === NONE ? 1 : counts[number]! - counts[best]!;
    if (more > 0 || (more === 0 && ranks[number]! < ranks[best]!)) best = number;
  }
  return best;
}

/** Why no window at `from` to `to` pays: the first of echo, common, repeated and not eligible that is true of one. */
function reasonOf(
  { ids, repeated }: AnswerWindows,
  { own }: WindowTable,
  { common, held }: WindowVerdicts,
  from: number,
  to: number,
): number {
  let reason: number = residualReasons.unmatched;
  const lower = (other: number): void => {
    if (other < reason || reason === residualReasons.unmatched) reason = other;
  };
  for (let at = from; at <= to; at++) {
    const id = ids[at]!;
    if (id === NONE) continue;
    if (own[id] === 1) return residualReasons.promptEcho;
    if (common[id] === 1) lower(residualReasons.common);
    else if (repeated[at] === 1) lower(residualReasons.repeated);
    else if (held[id] === 1) lower(residualReasons.notEligible);
  }
  return reason;
}
