import { BoundedSet } from "#proto/bounded.js";
import { toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Admission, Judge } from "./deps.js";
import { Serial } from "../runtime/serial.js";
import { Heap } from "./heap.js";
import { Refused } from "./refused.js";

export interface MempoolLimits {
  /** Transactions; 5,000 are several full blocks. */
  readonly txsMax: number;
  /** Bytes of all transactions together. */
  readonly bytesMax: number;
  /** Hashes remembered, so that gossip does not judge a tx twice. */
  readonly seenMax: number;
  /** Refusals for good that are remembered: 10,000 of at most 300 characters are a few megabytes. */
  readonly refusedMax: number;
}

export const MEMPOOL_LIMITS: MempoolLimits = {
  txsMax: 5_000,
  bytesMax: 64 * 1024 * 1024,
  seenMax: 10_000,
  refusedMax: 10_000,
};

/** Transactions of clients and peers that wait for their check: the chain's thread needs seconds for them. */
const WAITING_TXS_MAX = 10_000;
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
/** Transactions in one call to the chain's thread, which serves consensus between calls. */
const CHECKED_AT_ONCE = 100;

/** Tag and length of a transaction in its block. */
const FRAMING_BYTES = 5;

interface Pending extends Admission {
  readonly key: string;
  readonly bytes: Bytes;
  /** The sender, in hex. */
  readonly from: string;
  /** Order of arrival: ties between senders. */
  readonly arrival: number;
}

/** A transaction on its way into the pool, and who waits for the answer. */
interface Submission {
  readonly key: string;
  readonly bytes: Bytes;
  answer(verdict: Admission | Rejection): void;
  fail(error: unknown): void;
}

/** Waiting transactions of one sender, by sequence; those before `at` are in the block. */
interface Chain {
  readonly txs: Pending[];
  at: number;
}

/**
 * What waits for a block: a chain of consecutive sequences for each sender. There is one structure, a map by hash in
 * order of arrival; bytes and seen hashes follow it and cannot disagree with it (CVE-2023-34451).
 */
export class Mempool {
  readonly #pending = new Map<string, Pending>();
  /** Refused or admitted lately: not judged again at once. */
  readonly #seen: BoundedSet<string>;
  readonly #refused: Refused;
  readonly #judge: Judge;
  readonly #limits: MempoolLimits;
  /** A tx is never admitted between what a block took and the judgement of the rest. */
  readonly #serial = new Serial();
  /** In order of arrival; those of one question to the judge are still among them until it answers. */
  readonly #submissions: Submission[] = [];
  #bytes = 0;
  #waitingBytes = 0;
  #arrivals = 0;
  #listeners: ((tx: Bytes) => void)[] = [];

  constructor(judge: Judge, limits: MempoolLimits = MEMPOOL_LIMITS) {
    this.#judge = judge;
    this.#limits = limits;
    this.#seen = new BoundedSet(limits.seenMax);
    this.#refused = new Refused(limits.refusedMax);
  }

  get size(): number {
    return this.#pending.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(tx: Bytes): boolean {
    return this.#pending.has(toHex(sha256(tx)));
  }

  /** Called with each tx that was taken in: gossip passes it on. */
  onAdmit(listener: (tx: Bytes) => void): void {
    this.#listeners.push(listener);
  }

  /** Asks in the order of cost: refused for good, full, seen, then the state machine. Returns the answer for the submitter. */
  async admit(tx: Bytes): Promise<Admission | Rejection> {
    const key = toHex(sha256(tx));
    const before = this.#refused.get(key);
    if (before !== undefined) return before; // At once: it needs no turn.
    const waitingTxs = this.#submissions.length;
    if (waitingTxs >= WAITING_TXS_MAX || this.#waitingBytes + tx.length > WAITING_BYTES_MAX) {
      const waiting = `${waitingTxs} transactions (${this.#waitingBytes} bytes)`;
      return reject(sdkErrors.mempoolIsFull, { log: `mempool is full: ${waiting} wait for their check; try again` });
    }
    return new Promise((answer, fail) => {
      this.#waitingBytes += tx.length;
      this.#submissions.push({ key, bytes: tx, answer, fail });
      // Those that come while the judge answers are its next question.
      if (waitingTxs === 0) void this.#serial.run(() => this.#admitWaiting());
    });
  }

  /** The first of those that wait, then the next in a turn of its own: a commit goes between them. */
  async #admitWaiting(): Promise<void> {
    const { asked, taken } = this.#screen();
    try {
      const verdicts = asked.length === 0 ? [] : await this.#judge.check(asked.map(({ bytes }) => bytes));
      for (const [i, submission] of asked.entries()) this.#judged(submission, verdicts[i]);
    } catch (error) {
      for (const { fail } of asked) fail(error); // Those that are answered stay so.
    }
    for (const { bytes } of this.#submissions.splice(0, taken)) this.#waitingBytes -= bytes.length;
    if (this.#submissions.length > 0) void this.#serial.run(() => this.#admitWaiting());
  }

  /**
   * Answers those that need no judge. Stops where the answer hangs on one that is asked about: at its copy, and at a pool that
   * is full when all of them are taken in.
   */
  #screen(): { readonly asked: readonly Submission[]; readonly taken: number } {
    const asked = new Map<string, Submission>();
    let bytesAsked = 0;
    let taken = 0;
    for (const submission of this.#submissions) {
      const { key, bytes } = submission;
      if (asked.size === CHECKED_AT_ONCE || asked.has(key)) break;
      const isFull = this.#isFull(asked.size, bytesAsked + bytes.length);
      if (isFull && asked.size > 0) break;
      taken++;
      if (isFull) {
        submission.answer(reject(sdkErrors.mempoolIsFull, { txs: this.#pending.size, bytes: this.#bytes }));
      } else if (this.#seen.has(key)) {
        submission.answer(reject(sdkErrors.txInMempoolCache, { log: "tx already exists in cache" }));
      } else {
        const before = this.#refused.get(key); // Its copies may have come while it waited.
        if (before !== undefined) submission.answer(before);
        else {
          asked.set(key, submission);
          bytesAsked += bytes.length;
          this.#seen.add(key);
        }
      }
    }
    return { asked: [...asked.values()], taken };
  }

  #judged({ key, bytes, answer }: Submission, verdict: Admission | Rejection | undefined): void {
    if (verdict === undefined || isRejection(verdict)) {
      this.#seen.delete(key); // It may be right later: a sequence that is missing now can arrive.
      if (verdict !== undefined) this.#refused.add(key, verdict);
      return answer(verdict ?? reject(sdkErrors.invalidRequest));
    }
    const from = toHex(verdict.sender);
    this.#insert({ ...verdict, key, from, bytes, arrival: this.#arrivals++ });
    for (const listener of this.#listeners) listener(bytes);
    answer(verdict);
  }

  /**
   * For a block: by gas price between senders, by sequence within one; sums stay within both bounds. Walks the pool once,
   * then the chains of senders until nothing fits.
   */
  reap(bytesMax: number, gasMax: bigint): Bytes[] {
    const out: Bytes[] = [];
    const { chains, bytesLeast, gasLeast } = this.#bySender();
    const heads = new Heap<Chain>(comesFirst);
    for (const chain of chains) heads.push(chain);
    let bytesLeft = bytesMax;
    let gasLeft = gasMax;
    while (bytesLeft >= bytesLeast && gasLeft >= gasLeast) {
      const chain = heads.take();
      if (chain === undefined) break;
      const { bytes, gasWanted } = chain.txs[chain.at++]!;
      // What does not fit ends its sender's chain: later sequences cannot go first.
      if (bytes.length + FRAMING_BYTES > bytesLeft || gasWanted > gasLeft) continue;
      out.push(bytes);
      bytesLeft -= bytes.length + FRAMING_BYTES;
      gasLeft -= gasWanted;
      if (chain.at < chain.txs.length) heads.push(chain);
    }
    return out;
  }

  /** After a commit: what the block holds goes, the rest is judged again in order of arrival on the new state. */
  update(committed: readonly Bytes[]): Promise<void> {
    return this.#serial.runNext(() => this.#update(committed)); // Consensus waits for it: it goes before waiting submissions.
  }

  async #update(committed: readonly Bytes[]): Promise<void> {
    for (const tx of committed) {
      const key = toHex(sha256(tx));
      this.#seen.add(key);
      this.#remove(key);
    }
    const waiting = [...this.#pending.values()];
    for (const place of await this.#judge.recheck(waiting.map(({ bytes }) => bytes))) {
      this.#remove(waiting[place]!.key);
      this.#seen.delete(waiting[place]!.key);
    }
  }

  /** Transactions that made a block of ours invalid: out, and not judged again soon. */
  drop(txs: readonly Bytes[]): void {
    for (const tx of txs) this.#remove(toHex(sha256(tx)));
  }

  /** In order of arrival. */
  list(limit: number): Bytes[] {
    const out: Bytes[] = [];
    for (const { bytes } of this.#pending.values()) {
      if (out.length === limit) break;
      out.push(bytes);
    }
    return out;
  }

  /** @param more transactions that come before it, when they are admitted @param bytes of it and of them */
  #isFull(more: number, bytes: number): boolean {
    return this.#pending.size + more >= this.#limits.txsMax || this.#bytes + bytes > this.#limits.bytesMax;
  }

  #insert(pending: Pending): void {
    this.#pending.set(pending.key, pending);
    this.#bytes += pending.bytes.length;
  }

  #remove(key: string): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    this.#bytes -= pending.bytes.length;
  }

  /** The chains, and what the smallest tx needs. */
  #bySender(): { readonly chains: Iterable<Chain>; readonly bytesLeast: number; readonly gasLeast: bigint } {
    const chains = new Map<string, Chain>();
    let bytesLeast = Infinity;
    let gasLeast = this.#pending.values().next().value?.gasWanted ?? 0n;
    for (const pending of this.#pending.values()) {
      const chain = chains.get(pending.from);
      if (chain === undefined) chains.set(pending.from, { txs: [pending], at: 0 });
      else chain.txs.push(pending);
      bytesLeast = Math.min(bytesLeast, pending.bytes.length + FRAMING_BYTES);
      if (pending.gasWanted < gasLeast) gasLeast = pending.gasWanted;
    }
    return { chains: chains.values(), bytesLeast, gasLeast };
  }
}

/** The dearer head; among equals who came first. */
function comesFirst(a: Chain, b: Chain): boolean {
  const [headA, headB] = [a.txs[a.at]!, b.txs[b.at]!];
  if (headA.gasPrice !== headB.gasPrice) return headA.gasPrice > headB.gasPrice;
  return headA.arrival < headB.arrival;
}
