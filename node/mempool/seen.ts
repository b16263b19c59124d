/** The last `max` keys: who was refused or taken lately is not judged again at once. */
export class Seen {
  readonly #keys = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size > this.#max) {
      const [oldest] = this.#keys; // A Set keeps the order of insertion.
      this.#keys.delete(oldest!);
    }
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }
}
