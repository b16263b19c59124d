import type { WindowVerdicts } from "./judge.js";
import { visitHeaviest, type TokenMatch } from "./match.js";
import { rangeMin } from "./range-min.js";
import { NONE, type PlacedWindows } from "./windows.js";

/** Where the runs of an answer are in the context. */
export interface RunScan {
  /** 1 for a place that is in the heaviest run of a token. */
  readonly inRun: Uint8Array;
  /** Pairs of equal tokens that were compared. */
  readonly pairs: number;
}

/** First pass: finds the runs; nothing is known yet about who is paid. */
export function scanRuns(match: TokenMatch): RunScan {
  const depth = new Int32Array(match.sums.length);
  const pairs = visitHeaviest(match, (_, place, end) => {
    depth[place]!++;
    depth[end]!--;
  });
  const inRun = new Uint8Array(depth.length);
  let open = 0;
  for (let place = 0; place < depth.length; place++) {
    open += depth[place]!;
    inRun[place] = open > 0 ? 1 : 0;
  }
  return { inRun, pairs };
}

/** Calls `visit` with each window over a place that is in a run. A place has at most 32 windows. */
export function windowsInRuns({ ids, ends }: PlacedWindows, inRun: Uint8Array, visit: (id: number) => void): void {
  for (let place = 0; place < ids.length; place++) {
    if (inRun[place] === 0) continue;
    overPlace(ends, place, (at) => visit(ids[at]!));
  }
}

/** Calls `visit` with the place of each window over a place of the context, the last one first. */
export function overPlace(ends: Uint32Array, place: number, visit: (at: number) => void): void {
  for (let at = place; at >= 0 && at > place - WINDOW_TOKENS_MAX; at--) if (ends[at]! > place) visit(at);
}

/** Tokens of a window: it weighs 32 at its last token, and a token weighs at least 1. */
const WINDOW_TOKENS_MAX = 32;

/**
 * The payee of each place of the context: the most senior of the payees of the windows over it. Places outside all runs
 * are left at NONE.
 */
export function placePayees(
  { ids, ends }: PlacedWindows,
  { payee }: WindowVerdicts,
  inRun: Uint8Array,
  ranks: Uint32Array,
): Int32Array {
  const payees = new Int32Array(ids.length + 1).fill(NONE);
  for (let place = 0; place < ids.length; place++) {
    if (inRun[place] === 0) continue;
    let best = NONE;
    overPlace(ends, place, (at) => {
      const number = payee[ids[at]!]!;
      if (number !== NONE && (best === NONE || ranks[number]! < ranks[best]!)) best = number;
    });
    payees[place] = best;
  }
  return payees;
}

const NOBODY = 0xffff_ffff;

/** One run: tokens of the answer from `token` on, the places from `place` to `end`. */
interface Run {
  readonly token: number;
  readonly place: number;
  readonly end: number;
  readonly weight: number;
  /** Place of its most senior payee in the order of seniority. */
  readonly rank: number;
}

/**
 * Gives tokens to the places of their runs. Each token of the answer begins one candidate: its heaviest run, of equals
 * the one with the most senior payee, then the earliest in the context. Candidates are taken in the same order, the
 * heaviest first, then the more senior payee's, then the earliest in the answer; each takes those of its pairs whose token
 * and place no other took. Work: the pairs once more, and at most tokens of the answer x length of its longest run.
 * @returns by token: its place, or NONE
 */
export function takeRuns(match: TokenMatch, payees: Int32Array, ranks: Uint32Array): Int32Array {
  const runs = candidates(match, payees, ranks);
  const places = new Int32Array(match.tokens.length).fill(NONE);
  const used = new Uint8Array(match.sums.length);
  for (const { token, place, end } of runs) {
    for (let at = place; at < end; at++) {
      const taken = token + at - place;
      if (places[taken] !== NONE || used[at] === 1) continue;
      places[taken] = at;
      used[at] = 1;
    }
  }
  return places;
}

function candidates(match: TokenMatch, payees: Int32Array, ranks: Uint32Array): Run[] {
  const size = match.tokens.length;
  const place = new Int32Array(size).fill(NONE);
  const [end, weight, rank] = [new Uint32Array(size), new Uint32Array(size), new Uint32Array(size)];
  const rankAt = Uint32Array.from(payees, (number) => (number === NONE ? NOBODY : ranks[number]!));
  const mostSenior = rangeMin(rankAt);
  visitHeaviest(match, (token, at, behind, heaviest) => {
    const senior = mostSenior(at, behind);
    if (place[token] !== NONE && senior >= rank[token]!) return;
    place[token] = at;
    end[token] = behind;
    weight[token] = heaviest;
    rank[token] = senior;
  });

  const runs: Run[] = [];
  for (let token = 0; token < size; token++) {
    if (place[token] === NONE) continue;
    // The rest of the run that begins one token before: that one is heavier, and takes all of it.
    if (token > 0 && place[token - 1] !== NONE && place[token - 1]! + 1 === place[token]) continue;
    runs.push({ token, place: place[token]!, end: end[token]!, weight: weight[token]!, rank: rank[token]! });
  }
  return runs.sort((a, b) => b.weight - a.weight || a.rank - b.rank || a.token - b.token);
}
