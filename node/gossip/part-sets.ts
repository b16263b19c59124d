import type { Bytes } from "#proto/bytes.js";
import { joinParts, partBelongs, partsMax, type BlockPart } from "#proto/types/parts.js";
import { partsKey, type PartSetHeader } from "#proto/types/block-id.js";
import { hasBit, packBits } from "#proto/wire/bits.js";
import { STATUS_PARTS_MAX, type PartsKnowledge } from "#proto/wire/consensus.js";

/** Blocks on their way, in parts. A set exists only for a header that a judged message named; parts of no set are dropped. */
export interface PartSet {
  readonly height: bigint;
  readonly header: PartSetHeader;
  readonly parts: Map<number, BlockPart>;
}

export type PartVerdict = "unknown" | "known" | "wrong" | "new" | "complete";

export interface PartSets {
  /** Opens a set. False when the header announces more than a block may have; nothing is allocated for it. */
  open(height: bigint, header: PartSetHeader, blockBytesMax: number): boolean;
  /** These are not given up for others, however many are opened. */
  protect(headers: readonly PartSetHeader[]): void;
  /** A block that this node has whole. */
  hold(height: bigint, header: PartSetHeader, parts: readonly BlockPart[]): void;
  add(header: PartSetHeader, part: BlockPart): PartVerdict;
  get(header: PartSetHeader): PartSet | undefined;
  /** The bytes, when all parts are here. */
  bytes(header: PartSetHeader): Bytes | undefined;
  knowledge(): PartsKnowledge[];
  /** Parts that we have and the peer lacks, beginning anywhere so that several peers send different ones. */
  lacking(known: PartsKnowledge, startAt: number, max: number): readonly BlockPart[];
  /** Forgets everything below a height. The height before the current one is kept for those who lag. */
  dropBelow(height: bigint): void;
}

export function createPartSets(): PartSets {
  const sets = new Map<string, PartSet>(); // In the order in which they were opened.
  let wanted: ReadonlySet<string> = new Set();
  const isWhole = (set: PartSet): boolean => set.parts.size === set.header.total;

  function insert(height: bigint, header: PartSetHeader): PartSet {
    const found = sets.get(partsKey(header));
    if (found !== undefined) return found;
    if (sets.size >= STATUS_PARTS_MAX) sets.delete(leastNeeded());
    const set: PartSet = { height, header, parts: new Map() };
    sets.set(partsKey(header), set);
    return set;
  }

  /** A proposer who signs proposal upon proposal pushes out the oldest unfinished one; whole and wanted blocks stay. */
  function leastNeeded(): string {
    const free = [...sets].filter(([name]) => !wanted.has(name));
    return (free.find(([, set]) => !isWhole(set)) ?? free[0] ?? [...sets][0]!)[0];
  }

  return {
    open(height, header, blockBytesMax) {
      if (header.total > partsMax(blockBytesMax)) return false;
      insert(height, header);
      return true;
    },
    protect: (headers) => void (wanted = new Set(headers.map(partsKey))),
    hold(height, header, parts) {
      const set = insert(height, header);
      for (const part of parts) set.parts.set(part.index, part);
    },
    add(header, part) {
      const set = sets.get(partsKey(header));
      if (set === undefined) return "unknown";
      if (set.parts.has(part.index)) return "known";
      if (!partBelongs(set.header, part)) return "wrong";
      set.parts.set(part.index, part);
      return isWhole(set) ? "complete" : "new";
    },
    get: (header) => sets.get(partsKey(header)),
    bytes(header) {
      const set = sets.get(partsKey(header));
      if (set === undefined || !isWhole(set)) return undefined;
      return joinParts(Array.from({ length: header.total }, (_, i) => set.parts.get(i)!));
    },
    knowledge: () => [...sets.values()].map(({ header, parts }) => ({ parts: header, have: packBits(parts.keys()) })),
    lacking(known, startAt, max) {
      const set = known.parts === undefined ? undefined : sets.get(partsKey(known.parts));
      if (set === undefined) return [];
      const found: BlockPart[] = [];
      for (let i = 0; i < set.header.total && found.length < max; i++) {
        const part = set.parts.get((startAt + i) % set.header.total);
        if (part !== undefined && !hasBit(known.have, part.index)) found.push(part);
      }
      return found;
    },
    dropBelow(height) {
      for (const [name, set] of sets) if (set.height < height) sets.delete(name);
    },
  };
}
