import { present } from "#proto/assert.js";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { evidenceErrors } from "#proto/evidence/errors.js";
import type { Offence } from "#proto/evidence/ground.js";
import { decodeEvidence, evidenceHeight } from "#proto/evidence/judge.js";
import { codespace, isRejection, reject, rejectionText, type Rejection } from "#proto/rejection.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import { Serial } from "../runtime/serial.js";
import type { EvidenceDeps } from "./deps.js";

/** Each piece proves the guilt of a validator that no other piece here does, so an honest majority never fills the pool. */
export const POOL_BYTES_MAX = 4 * 1024 * 1024;

export const poolErrors = codespace("evidence_pool", {
  known: 1, // the same bytes, or only validators that pending pieces name already
  full: 2, // { bytes, max }
});

interface Entry {
  readonly bytes: Bytes;
  readonly accused: readonly Bytes[];
}

/**
 * Evidence on its way into a block. What enters was judged by the chain, or is our own consensus' report of a height that
 * has no block yet: it waits, since its time is that of the block (E5). Everything here is on disk before anybody is told
 * of it: the write-ahead log that could report it again is dropped with its height.
 */
export class EvidencePool {
  readonly #deps: EvidenceDeps;
  readonly #pending = new Map<string, Entry>();
  #waiting: readonly Evidence[] = [];
  #listeners: readonly ((bytes: Bytes) => void)[] = [];
  /** One change at a time: a judgement must not be overtaken by the block that it does not know. */
  readonly #serial = new Serial();

  private constructor(deps: EvidenceDeps) {
    this.#deps = deps;
  }

  /** With what an earlier run kept and the chain still wants. */
  static async open(deps: EvidenceDeps): Promise<EvidencePool> {
    const pool = new EvidencePool(deps);
    const kept: Evidence[] = [];
    for (const bytes of await deps.kept.load()) {
      const piece = decodeEvidence(bytes);
      if (!isRejection(piece)) kept.push(piece);
    }
    pool.#waiting = kept;
    await pool.#change((added) => pool.#settle(added));
    return pool;
  }

  get size(): number {
    return this.#pending.size;
  }

  has(bytes: Bytes): boolean {
    return this.#pending.has(evidenceKey(bytes));
  }

  /** Judged evidence, oldest first. */
  pending(): readonly Bytes[] {
    return [...this.#pending.values()].map(({ bytes }) => bytes);
  }

  /** As much of it as fits. */
  reap(bytesMax: number): Bytes[] {
    const out: Bytes[] = [];
    let left = bytesMax;
    for (const bytes of this.pending()) {
      if (bytes.length > left) continue;
      out.push(bytes);
      left -= bytes.length;
    }
    return out;
  }

  /** Told of every piece that enters, after it is on disk. */
  onAdded(listener: (bytes: Bytes) => void): void {
    this.#listeners = [...this.#listeners, listener];
  }

  /** From our own consensus, its time still open. Resolves when it will not be forgotten. */
  report(piece: Evidence): Promise<void> {
    return this.#change(async (added) => {
      const bytes = evidenceCodec.encode(piece);
      if (this.#waiting.some((other) => equalBytes(evidenceCodec.encode(other), bytes))) return; // Said again by a replay.
      this.#waiting = [...this.#waiting, piece];
      if (this.#deps.chain.blockTime(evidenceHeight(piece)) !== undefined) await this.#settle(added);
    });
  }

  /** From a peer or a client. Undefined when it was taken in. */
  submit(bytes: Bytes): Promise<Rejection | undefined> {
    return this.#change(async (added) => {
      if (this.has(bytes)) return reject(poolErrors.known);
      const piece = decodeEvidence(bytes);
      if (isRejection(piece)) return piece;
      const [verdict] = await this.#deps.chain.judgeEvidence([bytes]);
      return this.#admit(bytes, present(verdict, "one piece was asked, one is judged"), added);
    });
  }

  /** A height is on disk: what it punished or made too old goes, what waited for its time is judged. */
  async committed(): Promise<void> {
    if (this.#pending.size === 0 && this.#waiting.length === 0) return;
    await this.#change(async (added) => {
      const entries = [...this.#pending];
      const verdicts = await this.#deps.chain.judgeEvidence(entries.map(([, { bytes }]) => bytes));
      for (const [i, [key]] of entries.entries()) if (isRejection(verdicts[i])) this.#pending.delete(key);
      await this.#settle(added);
    });
  }

  /** Gives the waiting ones their time where it is known, and lets them in. */
  async #settle(added: Bytes[]): Promise<void> {
    const waiting = this.#waiting;
    const timed = waiting.map((piece) => {
      const time = this.#deps.chain.blockTime(evidenceHeight(piece)) ?? piece.time;
      return evidenceCodec.encode({ ...piece, time });
    });
    const verdicts = await this.#deps.chain.judgeEvidence(timed);
    this.#waiting = waiting.filter((piece, i) => {
      const verdict = present(verdicts[i], "as many are judged as were asked");
      if (isRejection(verdict) && verdict.code === evidenceErrors.notYet.code) return true;
      const refused = this.#admit(timed[i]!, verdict, added);
      if (refused !== undefined) this.#refused(piece, refused);
      return false;
    });
  }

  #admit(bytes: Bytes, verdict: readonly Offence[] | Rejection, added: Bytes[]): Rejection | undefined {
    if (isRejection(verdict)) return verdict;
    const accused = verdict.map(({ validator }) => validator);
    const entries = [...this.#pending.values()];
    const isNamed = (validator: Bytes): boolean =>
      entries.some((entry) => entry.accused.some((other) => equalBytes(other, validator)));
    if (accused.every(isNamed)) return reject(poolErrors.known);
    const size = entries.reduce((sum, entry) => sum + entry.bytes.length, bytes.length);
    if (size > POOL_BYTES_MAX) return reject(poolErrors.full, { bytes: size, max: POOL_BYTES_MAX });
    this.#pending.set(evidenceKey(bytes), { bytes, accused });
    added.push(bytes);
    return undefined;
  }

  #refused(piece: Evidence, why: Rejection): void {
    if (why.codespace === poolErrors.known.codespace || why.code === evidenceErrors.punished.code) return;
    this.#deps.log.warn("own evidence is not valid", { height: evidenceHeight(piece), reason: rejectionText(why) });
  }

  /** Carries a change out: on disk first, then told. */
  #change<T>(work: (added: Bytes[]) => Promise<T>): Promise<T> {
    return this.#serial.run(async () => {
      const added: Bytes[] = [];
      const before = this.#contents();
      const result = await work(added);
      const after = this.#contents();
      const same = before.length === after.length && before.every((bytes, i) => equalBytes(bytes, after[i]!));
      if (!same) await this.#deps.kept.save(after);
      for (const bytes of added) for (const listener of this.#listeners) listener(bytes);
      return result;
    });
  }

  #contents(): readonly Bytes[] {
    return [...this.#waiting.map((piece) => evidenceCodec.encode(piece)), ...this.pending()];
  }
}

/** Bytes are canonical, so equal evidence has equal bytes. */
export const evidenceKey = (bytes: Bytes): string => toHex(sha256(bytes));
