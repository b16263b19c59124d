import { setImmediate as nextTurn } from "node:timers/promises";
import type { Exchange } from "#proto/exchange/provider.js";
import type { Problem } from "#proto/exchange/openai/problem.js";

/** How an answer ended: sealed in the book, or void there with what the client is told. */
export type AnswerEnd =
  { readonly kind: "sealed"; readonly row: Exchange } | { readonly kind: "void"; readonly problem: Problem };

/**
 * An answer that is being made, apart from who reads it: each reader gets it from its start. It holds the whole answer, which
 * the bound of one answer from a model's server bounds.
 */
export class RunningAnswer {
  /** The ceiling's id, hex. */
  readonly id: string;
  readonly isStream: boolean;
  readonly #cancel = new AbortController();
  readonly #aloneMs: number;
  readonly #pieces: string[] = [];
  #waiting: (() => void)[] = [];
  #end: AnswerEnd | undefined;
  #readers = 0;
  #alone: NodeJS.Timeout | undefined;

  /** @param aloneMs how long it goes on without a reader: a client that lost its connection comes again */
  constructor(id: string, isStream: boolean, aloneMs: number) {
    this.id = id;
    this.isStream = isStream;
    this.#aloneMs = aloneMs;
  }

  /** Aborted when nobody waits for the answer any more. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** The end, once it is there. */
  get end(): AnswerEnd | undefined {
    return this.#end;
  }

  /** All that was let out. */
  get text(): string {
    return this.#pieces.join("");
  }

  /** Lets a piece out. */
  push(piece: string): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  finish(end: AnswerEnd): void {
    this.#end = end;
    clearTimeout(this.#alone);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Cuts the answer: what was let out is sealed. */
  cancel(): void {
    this.#cancel.abort();
  }

  /** A reader came. @returns to be called once when it goes */
  join(): () => void {
    this.#readers++;
    clearTimeout(this.#alone);
    return () => {
      if (--this.#readers === 0 && this.#end === undefined) {
        this.#alone = setTimeout(() => this.cancel(), this.#aloneMs);
      }
    };
  }

  /**
   * What was let out from an index on, once there is something; undefined when the answer has ended before it. Pieces of one turn
   * of the event loop leave together: a write each would cost more than making them.
   */
  async from(index: number): Promise<{ readonly text: string; readonly next: number } | undefined> {
    while (this.#pieces.length <= index) {
      if (this.#end !== undefined) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    await nextTurn();
    return { text: this.#pieces.slice(index).join(""), next: this.#pieces.length };
  }

  /** The end, when it is there. */
  async ended(): Promise<AnswerEnd> {
    for (;;) {
      if (this.#end !== undefined) return this.#end;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
