import type { Remains } from "../simulation/machine.js";
import { seeded } from "../simulation/random.js";
import type { Moment, Operation } from "./disk-watch.js";

/** At most so much of what was not synced outlasts the crash, of each kind. */
export interface Left {
  readonly names: number;
  readonly bytes: number;
  readonly batches: number;
  /** The first of the surviving sectors never reached the disk. */
  readonly hole: boolean;
}

/** One place to crash at, and what the disk then holds. */
export interface Point {
  /** From 1; stays while code, seed and script of the counted run stay. */
  readonly number: number;
  readonly operation: Operation;
  readonly moment: Moment;
  readonly left: Left;
  /** Who loses power: the machine whose disk it is, or everybody at once. */
  readonly who: "one" | "all";
}

/** What a crash at this moment of the counted run would have put at risk. */
export interface Moments {
  readonly operation: Operation;
  readonly before: Unsynced;
  readonly after: Unsynced;
}

export interface Unsynced {
  readonly names: number;
  readonly bytes: readonly number[];
  readonly batches: number;
}

const SECTOR_BYTES = 512;
/** Cuts tried in one write; those of a larger write are drawn. */
const CUTS_MAX = 8;
/** All machines lose power at every n-th operation. */
const ALL_EVERY = 3;

const LOST: Left = { names: 0, bytes: 0, batches: 0, hole: false };
const KEPT: Left = { names: Infinity, bytes: Infinity, batches: Infinity, hole: false };

export function remainsOf({ names, bytes, batches, hole }: Left): Remains {
  return {
    names: (count) => Math.min(count, names),
    bytes: (count) => Math.min(count, bytes),
    batches: (count) => Math.min(count, batches),
    isHole: (sector) => hole && sector === 0,
  };
}

/** Every operation before, inside and after; outcomes that leave the same disk are tried once for each moment. */
export function pointsOf(moments: readonly Moments[], seed: bigint): Point[] {
  const points: Point[] = [];
  const random = seeded(seed);
  const add = (operation: Operation, moment: Moment, left: Left, who: Point["who"] = "one"): void =>
    void points.push({ number: points.length + 1, operation, moment, left, who });
  for (const { operation, before, after } of moments) {
    for (const left of whole(before)) add(operation, "before", left);
    const [moment, inside] = insides[operation.kind] ?? NO_INSIDE;
    for (const left of inside(operation, before, after, random.below)) add(operation, moment, left);
    for (const left of whole(after)) add(operation, "after", left);
    const turn = Math.floor(operation.number / ALL_EVERY);
    if (operation.number % ALL_EVERY === 0) {
      add(operation, turn % 4 < 2 ? "after" : "before", turn % 2 === 0 ? LOST : KEPT, "all");
    }
  }
  return points;
}

function whole({ names, bytes, batches }: Unsynced): Left[] {
  return names + bytes.length + batches === 0 ? [LOST] : [LOST, KEPT];
}

type Below = (limit: number) => number;
type Inside = (operation: Operation, before: Unsynced, after: Unsynced, below: Below) => readonly Left[];

const NO_INSIDE: readonly [Moment, Inside] = ["after", () => []];
const HOLED: Left = { ...KEPT, hole: true };

/**
 * Neither all of it nor nothing. A write is cut at the sectors, or its first sector is missing; of a sync some bytes or
 * names have lasted, of a batch the unsynced ones before it. A change of one name is there or not: before and after.
 */
const insides: Partial<Record<Operation["kind"], readonly [Moment, Inside]>> = {
  append: [
    "after",
    ({ bytes }, _before, after, below) => {
      const end = Math.max(...after.bytes);
      return [...cuts(end - bytes, end, below).map((cut): Left => ({ ...KEPT, bytes: cut })), HOLED];
    },
  ],
  sync: [
    "before",
    (_operation, before, _after, below) => {
      const end = Math.max(...before.bytes, 0);
      return end < 2 ? [] : [{ ...KEPT, bytes: 1 + below(end - 1) }, HOLED];
    },
  ],
  "sync directory": ["before", (_operation, before) => parts(before.names).map((names) => ({ ...KEPT, names }))],
  batch: ["before", (_operation, before) => parts(before.batches).map((batches) => ({ ...KEPT, batches }))],
  "synced batch": ["before", (_operation, before) => parts(before.batches).map((batches) => ({ ...KEPT, batches }))],
};

/** Where a write from `start` to `end` of a file's unsynced bytes is cut: the first byte, each sector, the last byte. */
function cuts(start: number, end: number, below: Below): number[] {
  const sectors: number[] = [];
  for (let at = (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES; at < end - 1; at += SECTOR_BYTES) {
    if (at > start + 1) sectors.push(at);
  }
  while (sectors.length > CUTS_MAX) sectors.splice(below(sectors.length), 1);
  return [...new Set([start + 1, ...sectors, end - 1])].filter((at) => at > start && at < end);
}

/** 1 to count - 1: more than nothing, and not all. */
const parts = (count: number): number[] => Array.from({ length: Math.max(count - 1, 0) }, (_, i) => i + 1);

/** For people: what happens at a point. */
export function pointText({ operation: { number, kind, path, bytes }, moment, left, who }: Point): string {
  const what = [kind, path, kind === "append" ? `(${bytes} bytes)` : ""].filter((word) => word !== "").join(" ");
  return `${who === "all" ? "all crash" : "crash"} ${moment} operation ${number}, ${what}, ${leftText(left)}`;
}

function leftText({ names, bytes, batches, hole }: Left): string {
  if (names === 0 && bytes === 0 && batches === 0) return "what is unsynced is lost";
  const of = (count: number, what: string): string[] => (count === Infinity ? [] : [`${count} unsynced ${what}`]);
  const limits = [...of(names, "names"), ...of(bytes, "bytes"), ...of(batches, "batches")];
  const kept = limits.length === 0 ? "what is unsynced is kept" : `${limits.join(", ")} kept`;
  return hole ? `${kept} but for the first sector` : kept;
}
