/**
 * Bytes that were written for readers and not yet taken by the system. When they are too many together, whoever has
 * held some for longest is dropped; so is who takes too long.
 */
export class Unsent<H extends object> {
  readonly #held = new Map<H, { bytes: number; readonly sinceMs: number }>();
  readonly #bytesMax: number;
  readonly #drop: (holder: H) => void;
  #total = 0;

  constructor(bytesMax: number, drop: (holder: H) => void) {
    this.#bytesMax = bytesMax;
    this.#drop = drop;
  }

  get total(): number {
    return this.#total;
  }

  add(holder: H, bytes: number, nowMs: number): void {
    const held = this.#held.get(holder);
    if (held === undefined) this.#held.set(holder, { bytes, sinceMs: nowMs });
    else held.bytes += bytes;
    this.#total += bytes;
    for (const [oldest] of this.#held) {
      if (this.#total <= this.#bytesMax) break;
      if (oldest !== holder) this.#cut(oldest); // One alone is served, however large.
    }
  }

  taken(holder: H, bytes: number): void {
    const held = this.#held.get(holder);
    if (held === undefined) return;
    held.bytes -= bytes;
    this.#total -= bytes;
    if (held.bytes <= 0) this.forget(holder);
  }

  forget(holder: H): void {
    this.#total -= this.#held.get(holder)?.bytes ?? 0;
    this.#held.delete(holder);
  }

  /** @param lateMs time that a reader may take for a given number of bytes */
  dropLate(nowMs: number, lateMs: (bytes: number) => number): void {
    for (const [holder, { bytes, sinceMs }] of this.#held) {
      if (nowMs - sinceMs > lateMs(bytes)) this.#cut(holder);
    }
  }

  #cut(holder: H): void {
    this.forget(holder);
    this.#drop(holder);
  }
}
