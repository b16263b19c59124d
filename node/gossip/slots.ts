import type { Message } from "#consensus/types.js";
import { toHex } from "#proto/bytes.js";

/**
 * How many different statements of one validator for one height, round and kind are taken. Two prove the crime; a correct
 * node that needs another one gets it inside a certificate. Without a bound one key could fill logs and links.
 */
const DISTINCT_MAX = 4;

/** A correct validator's rounds last longer: only who makes them up waits, and the newest of what it said goes on. */
export const FAR_EVERY_MS = 1_000;

/** One validator's word of one kind: a proposal, a prevote or a precommit. */
export interface Statement {
  readonly height: bigint;
  readonly round: number;
  /** Its kind and its author. */
  readonly slot: string;
}

export interface Slots {
  /**
   * Passes a statement on at once, later, or never. Near ones: the first few of their place. Beyond the next round: the
   * validator's latest, once in FAR_EVERY_MS; what comes faster waits for `release`, and gives way to a later round.
   */
  take(statement: Statement, currentRound: number, nowMs: number, pass: () => void): void;
  /** Passes on what has waited long enough. */
  release(nowMs: number): void;
  dropBelow(height: bigint): void;
}

interface Far {
  /** The highest that passed or waits. */
  round: number;
  passedMs: number;
  waiting: (() => void) | undefined;
}

interface HeightSlots {
  readonly counts: Map<string, number>;
  readonly far: Map<string, Far>;
}

export const isFar = (round: number, currentRound: number): boolean => round > currentRound + 1;

export function slots(): Slots {
  const heights = new Map<bigint, HeightSlots>();

  function takeFar(far: Map<string, Far>, { slot, round }: Statement, nowMs: number, pass: () => void): void {
    const known = far.get(slot);
    if (known !== undefined && round <= known.round) return;
    if (known !== undefined && nowMs - known.passedMs < FAR_EVERY_MS) {
      far.set(slot, { ...known, round, waiting: pass });
      return;
    }
    far.set(slot, { round, passedMs: nowMs, waiting: undefined });
    pass();
  }

  return {
    take(statement, currentRound, nowMs, pass) {
      const { height, round, slot } = statement;
      let at = heights.get(height);
      if (at === undefined) heights.set(height, (at = { counts: new Map(), far: new Map() }));
      if (isFar(round, currentRound)) return takeFar(at.far, statement, nowMs, pass);
      const place = `${slot}/${round}`;
      const count = at.counts.get(place) ?? 0;
      at.counts.set(place, count + 1);
      if (count < DISTINCT_MAX) pass();
    },
    release(nowMs) {
      for (const { far } of heights.values()) {
        for (const [slot, { round, passedMs, waiting }] of far) {
          if (waiting === undefined || nowMs - passedMs < FAR_EVERY_MS) continue;
          far.set(slot, { round, passedMs: nowMs, waiting: undefined });
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
    return { height, round, slot: `${type}/${toHex(validator)}` };
  }
  if (message.kind !== "proposal") return undefined;
  const { height, round, proposer } = message.proposal;
  return { height, round, slot: `proposal/${toHex(proposer)}` };
}
