import type { Comparison, Condition } from "#proto/rpc/query-grammar.js";

export interface Heights {
  readonly first: bigint;
  readonly last: bigint;
}

type Narrow = (floor: bigint, exact: boolean) => { first?: bigint; last?: bigint };

/** The heights that one comparison with `floor` (cut off, or exact) leaves. */
const NARROW: Readonly<Record<Comparison, Narrow>> = {
  "=": (floor, exact) => (exact ? { first: floor, last: floor } : { first: 1n, last: 0n }),
  "<": (floor, exact) => ({ last: exact ? floor - 1n : floor }),
  "<=": (floor) => ({ last: floor }),
  ">": (floor) => ({ first: floor + 1n }),
  ">=": (floor, exact) => ({ first: exact ? floor : floor + 1n }),
};

/** The heights that conditions on a height leave to be looked at; the conditions themselves are still checked. */
export function heightBounds(conditions: readonly Condition[], heights: Heights): Heights {
  let { first, last } = heights;
  for (const condition of conditions) {
    if (condition.op === "EXISTS" || condition.op === "CONTAINS" || condition.operand.kind !== "number") continue;
    const { whole, fraction } = condition.operand;
    const narrow = NARROW[condition.op](whole, fraction === "");
    if (narrow.first !== undefined && narrow.first > first) first = narrow.first;
    if (narrow.last !== undefined && narrow.last < last) last = narrow.last;
  }
  return { first, last };
}
