import type { Message } from "#consensus/types.js";
import { toHex } from "#proto/bytes.js";

/**
 * Different messages of one validator that are accepted for one height, round and kind. Two prove an equivocation; a
 * correct node that needs another one gets it inside a certificate. Without a bound one key could fill logs and links.
 */
const DISTINCT_MAX = 4;

/** A correct validator's rounds last longer. A validator that invents rounds waits, and its latest message passes. */
export const FAR_EVERY_MS = 1_000;

/** The fields that the limiter reads of a message with one author: a proposal, a prevote or a precommit. */
export interface Statement {
  readonly height: bigint;
  readonly round: number;
  /** Its kind and its author. */
  readonly source: string;
}

/** Limits the messages that one validator can make others deliver and relay. */
export interface MessageLimiter {
  /**
   * Calls `pass` at once, later, or never. Up to the next round: for the first few of a height, round and source. Beyond
   * it: for the source's latest, once in FAR_EVERY_MS; a faster one waits for `release`, and gives way to a later round.
   */
  take(statement: Statement, currentRound: number, nowMs: number, pass: () => void): void;
  /** Calls `pass` of the statements that have waited long enough. */
  release(nowMs: number): void;
  dropBelow(height: bigint): void;
}

interface Far {
  /** The highest that passed or waits. */
  round: number;
  passedMs: number;
  waiting: (() => void) | undefined;
}

interface HeightLimits {
  readonly counts: Map<string, number>;
  readonly far: Map<string, Far>;
}

export const isFar = (round: number, currentRound: number): boolean => round > currentRound + 1;

export function createMessageLimiter(): MessageLimiter {
  const heights = new Map<bigint, HeightLimits>();

  function takeFar(far: Map<string, Far>, { source, round }: Statement, nowMs: number, pass: () => void): void {
    const known = far.get(source);
    if (known !== undefined && round <= known.round) return;
    if (known !== undefined && nowMs - known.passedMs < FAR_EVERY_MS) {
      far.set(source, { ...known, round, waiting: pass });
      return;
    }
    far.set(source, { round, passedMs: nowMs, waiting: undefined });
    pass();
  }

  return {
    take(statement, currentRound, nowMs, pass) {
      const { height, round, source } = statement;
      let at = heights.get(height);
      if (at === undefined) heights.set(height, (at = { counts: new Map(), far: new Map() }));
      if (isFar(round, currentRound)) return takeFar(at.far, statement, nowMs, pass);
      const place = `${source}/${round}`;
      const count = at.counts.get(place) ?? 0;
      at.counts.set(place, count + 1);
      if (count < DISTINCT_MAX) pass();
    },
    release(nowMs) {
      for (const { far } of heights.values()) {
        for (const [source, { round, passedMs, waiting }] of far) {
          if (waiting === undefined || nowMs - passedMs < FAR_EVERY_MS) continue;
          far.set(source, { round, passedMs: nowMs, waiting: undefined });
          waiting();
        }
      }
    },
    dropBelow(height) {
      for (const each of heights.keys()) if (each < height) heights.delete(each);
    },
  };
}

/** Undefined for a certificate, which has no single author. */
export function statementOf(message: Message): Statement | undefined {
  if (message.kind === "vote") {
    const { type, height, round, validator } = message.vote;
    return { height, round, source: `${type}/${toHex(validator)}` };
  }
  if (message.kind !== "proposal") return undefined;
  const { height, round, proposer } = message.proposal;
  return { height, round, source: `proposal/${toHex(proposer)}` };
}
