import { reject, type Rejection } from "../../rejection.js";
import { consumerErrors } from "./errors.js";

/** The owner's caps over many requests. Amounts are base units; a day is one of UTC. */
export interface Caps {
  readonly day: bigint;
  /** By version id, a day; a version without an entry has only the others. */
  readonly versions: ReadonlyMap<bigint, bigint>;
}

const DAY_MS = 86_400_000;

/** The day of a time, counted from 1970. @param time Unix milliseconds */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** What was spent today, and what requests under way may still cost. One number a version. */
export class Budget {
  readonly #caps: Caps;
  #day = 0;
  #spent = new Map<bigint, bigint>();
  readonly #reserved = new Map<bigint, bigint>();

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  /** Spent before a restart, today. @param time Unix milliseconds */
  restore(time: number, spent: ReadonlyMap<bigint, bigint>): void {
    this.#day = dayOf(time);
    this.#spent = new Map(spent);
  }

  /** Keeps room for one request. Rejects consumer/overCap with the cap. @param time Unix milliseconds */
  reserve(versionId: bigint, feeMax: bigint, time: number): Rejection | undefined {
    this.#turn(time);
    const of = (version: bigint): bigint => (this.#spent.get(version) ?? 0n) + (this.#reserved.get(version) ?? 0n);
    const all = [...new Set([...this.#spent.keys(), ...this.#reserved.keys()])].reduce((sum, id) => sum + of(id), 0n);
    const { day, versions } = this.#caps;
    const version = versions.get(versionId);
    if (version !== undefined && of(versionId) + feeMax > version) {
      return reject(consumerErrors.overCap, {
        cap: `version ${versionId} a day`,
        have: version,
        need: of(versionId) + feeMax,
      });
    }
    if (all + feeMax > day) return reject(consumerErrors.overCap, { cap: "day", have: day, need: all + feeMax });
    this.keep(versionId, feeMax, time);
    return undefined;
  }

  /** Room for a request that was asked before a restart, whatever the caps are now. @param time Unix milliseconds */
  keep(versionId: bigint, feeMax: bigint, time: number): void {
    this.#turn(time);
    this.#reserved.set(versionId, (this.#reserved.get(versionId) ?? 0n) + feeMax);
  }

  /** The request has ended. @param fee 0 if nothing is owed @param time Unix milliseconds */
  end(versionId: bigint, feeMax: bigint, fee: bigint, time: number): void {
    this.#turn(time);
    this.#reserved.set(versionId, (this.#reserved.get(versionId) ?? 0n) - feeMax);
    this.#spent.set(versionId, (this.#spent.get(versionId) ?? 0n) + fee);
  }

  /** Spent today, by version. @param time Unix milliseconds */
  spent(time: number): ReadonlyMap<bigint, bigint> {
    this.#turn(time);
    return this.#spent;
  }

  #turn(time: number): void {
    const day = dayOf(time);
    if (day === this.#day) return;
    this.#day = day;
    this.#spent = new Map();
  }
}
