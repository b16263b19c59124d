import type { PeerId } from "#p2p/host.js";
import { BLOCKS_PER_QUESTION_MAX } from "#proto/wire/blocks.js";

export interface Question {
  readonly peer: PeerId;
  readonly from: bigint;
  readonly count: number;
  /** Monotonic. */
  readonly sinceMs: number;
}

/** Blocks asked for beyond the chain. */
const AHEAD_MAX = 4n * BigInt(BLOCKS_PER_QUESTION_MAX);

const lastOf = ({ from, count }: Question): bigint => from + BigInt(count) - 1n;
const covers = (question: Question, height: bigint): boolean => question.from <= height && height <= lastOf(question);

/** Open requests. */
export class Questions {
  readonly #open = new Set<Question>();

  add(question: Question): void {
    this.#open.add(question);
  }

  delete(question: Question): void {
    this.#open.delete(question);
  }

  get size(): number {
    return this.#open.size;
  }

  countTo(peer: PeerId): number {
    let count = 0;
    for (const question of this.#open) if (question.peer === peer) count++;
    return count;
  }

  for(height: bigint): readonly Question[] {
    return [...this.#open].filter((question) => covers(question, height));
  }

  /** The last height of the question that covers this one; undefined when none does. */
  lastFor(height: bigint): bigint | undefined {
    for (const question of this.#open) if (covers(question, height)) return lastOf(question);
    return undefined;
  }
}

export interface Wanted {
  readonly from: bigint;
  readonly count: number;
  readonly peer: PeerId;
}

/**
 * The first range beyond the chain that is worth a question: a full one, one that fills a gap, or all that the peer still
 * has. A window that moves on by one block a commit is no reason to ask for one block.
 * @param height of the chain
 * @param isInHand whether a block waits here
 * @param holder who may be asked for a height, and up to which it has blocks
 */
export function nextRange(
  height: bigint,
  questions: Questions,
  isInHand: (height: bigint) => boolean,
  holder: (height: bigint) => { readonly peer: PeerId; readonly height: bigint } | undefined,
): Wanted | undefined {
  const top = height + AHEAD_MAX;
  const coveredTo = (at: bigint): bigint | undefined => (isInHand(at) ? at : questions.lastFor(at));
  for (let from = height + 1n; from <= top;) {
    const covered = coveredTo(from);
    if (covered !== undefined) {
      from = covered + 1n;
      continue;
    }
    const held = holder(from);
    if (held === undefined) return undefined;
    let last = from;
    const full = from + BigInt(BLOCKS_PER_QUESTION_MAX) - 1n;
    while (last < full && last < top && last < held.height && coveredTo(last + 1n) === undefined) last++;
    if (last === top && last < full && last < held.height) return undefined; // More of it is free soon.
    return { from, count: Number(last - from) + 1, peer: held.peer };
  }
  return undefined;
}
