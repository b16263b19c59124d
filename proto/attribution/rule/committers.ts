import { equalBytes } from "../../bytes.js";
import type { Committer } from "../lookups.js";
import { isSenior } from "../standing.js";
import type { RuleFacts } from "./facts.js";
import type { RuledReceipt } from "./receipt.js";

/** Through which context a contribution may be paid. */
export const contextReach = {
  none: 0, //     not a datanet of version or request, or accepted too late
  anyText: 1, //  any marked or added text
  itsMark: 2, //  a mark that names its datanet: anybody can contribute to it
} as const;
/** Code of a reach. */
export type ContextReach = (typeof contextReach)[keyof typeof contextReach];

/** A committer that a receipt has met, by a small number: arrays of the rule hold numbers. */
export interface Met {
  readonly committer: Committer;
  /** Eligible by release: in a release of the version or its ancestors, with an intent before the version. */
  readonly byRelease: boolean;
  readonly byContext: ContextReach;
}

/** The committers that one receipt has met. */
export interface Committers {
  readonly all: readonly Met[];
  /** The number of a committer, the next one if it is new. */
  numberOf(committer: Committer): number;
}

/** Whether a may contest what b is paid: older, and of another owner. */
export function mayContest(a: Committer, b: Committer): boolean {
  return isSenior(a, b) && !equalBytes(a.owner, b.owner);
}

/** Decides for each committer once through what it is eligible. */
export function meetCommitters({ version, admitsAnybody }: RuleFacts, { time, datanets }: RuledReceipt): Committers {
  const all: Met[] = [];
  const numbers = new Map<bigint, number>();
  const payable = new Set([...version.datanets, ...datanets]);
  const meet = (committer: Committer): Met => {
    const { contribution, datanet, intentHeight, acceptedHeight } = committer;
    const byRelease = intentHeight < version.height && version.released(contribution);
    const inTime = acceptedHeight !== undefined && acceptedHeight < time && payable.has(datanet);
    const reach = admitsAnybody(datanet) ? contextReach.itsMark : contextReach.anyText;
    return { committer, byRelease, byContext: inTime ? reach : contextReach.none };
  };
  let last = { committer: undefined as Committer | undefined, number: 0 };
  return {
    all,
    numberOf(committer) {
      if (last.committer === committer) return last.number; // Neighbouring windows mostly have one committer.
      let number = numbers.get(committer.contribution);
      if (number === undefined) {
        number = all.length;
        numbers.set(committer.contribution, number);
        all.push(meet(committer));
      }
      last = { committer, number };
      return number;
    },
  };
}

/** rank[number] is the place of a committer in the order of seniority, 0 the most senior. */
export function ranksOf(all: readonly Met[]): Uint32Array {
  const order = all.map((_, number) => number);
  order.sort((a, b) => (isSenior(all[a]!.committer, all[b]!.committer) ? -1 : 1));
  const ranks = new Uint32Array(all.length);
  for (const [rank, number] of order.entries()) ranks[number] = rank;
  return ranks;
}
