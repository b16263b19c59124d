import type { Committer } from "../lookups.js";
import { isSenior } from "../standing.js";
import { contextReach, type Committers, type Met } from "./committers.js";
import type { RuleFacts } from "./facts.js";
import type { RuledReceipt } from "./receipt.js";
import { NONE, type WindowTable } from "./windows.js";

/** Results for each distinct window of a receipt, by the window's number. */
export interface WindowVerdicts {
  /** Number of the committer that is paid for it, or NONE. */
  readonly payee: Int32Array;
  /** Number of its first committer, or NONE if no contribution stands for it or it is common. */
  readonly first: Int32Array;
  /** Whether anybody stands for it. */
  readonly held: Uint8Array;
  readonly common: Uint8Array;
}

/** Judges windows, each once. */
export interface WindowJudge extends WindowVerdicts {
  judge(id: number): void;
  /** Look-ups so far. */
  lookups(): number;
}

/**
 * The contribution that is paid for a window: the most senior one eligible by release, otherwise the most senior one by
 * context, otherwise none. None is paid for an echo or a common phrase. A distinct window costs one look-up; unless its
 * first committer is eligible by release, or no contribution may be paid, one more for each datanet of version and request:
 * at most 1 + 64 + 8.
 */
export function windowJudge(
  facts: RuleFacts,
  { datanets }: RuledReceipt,
  table: WindowTable,
  committers: Committers,
): WindowJudge {
  const { index, version } = facts;
  const { high, low } = table.distinct;
  const size = high.length;
  const [payee, first] = [new Int32Array(size).fill(NONE), new Int32Array(size).fill(NONE)];
  const [held, common, judged] = [new Uint8Array(size), new Uint8Array(size), new Uint8Array(size)];
  const payable = [...new Set([...version.datanets, ...datanets])];
  let lookups = 0;

  const placesOf = (id: number): readonly (Committer | undefined)[] => {
    lookups += payable.length;
    return payable.map((datanet) => index.place(datanet, high[id]!, low[id]!));
  };
  const throughContext = (id: number, { committer, byContext }: Met): boolean =>
    byContext === contextReach.itsMark
      ? table.marked(id, committer.datanet)
      : byContext === contextReach.anyText && table.inContext[id] === 1;
  const payeeOf = (id: number): number => {
    let [byRelease, byContext] = [NONE, NONE];
    for (const place of placesOf(id)) {
      if (place === undefined) continue;
      const number = committers.numberOf(place);
      const met = committers.all[number]!;
      if (met.byRelease) byRelease = seniorOf(committers, byRelease, number);
      else if (throughContext(id, met)) byContext = seniorOf(committers, byContext, number);
    }
    return byRelease === NONE ? byContext : byRelease;
  };

  return {
    payee,
    first,
    held,
    common,
    lookups: () => lookups,
    judge(id) {
      if (judged[id] === 1) return;
      judged[id] = 1;
      lookups++;
      if (facts.common(high[id]!, low[id]!)) {
        common[id] = 1;
        return;
      }
      const claim = index.senior(high[id]!, low[id]!);
      if (claim === undefined) return;
      held[id] = 1;
      const number = committers.numberOf(claim.committer);
      first[id] = number;
      if (table.own[id] === 1) return;
      const licensed = claim.placed && committers.all[number]!.byRelease;
      payee[id] = licensed ? number : payeeOf(id);
    },
  };
}

function seniorOf({ all }: Committers, a: number, b: number): number {
  return a === NONE || isSenior(all[b]!.committer, all[a]!.committer) ? b : a;
}
