/** Words of a text as they stand there, with case and punctuation: an answer reads like its source. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Stands before the first and after the last word of a text. */
export const BOUNDARY = 0;

/** Words and their numbers, in the order of first appearance; number 0 is the boundary between texts. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [""];

  get size(): number {
    return this.#words.length;
  }

  /** The word's number; a new word gets the next one. */
  add(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }

  number(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /** Empty for the boundary. */
  word(number: number): string {
    return this.#words[number]!;
  }

  words(): readonly string[] {
    return this.#words;
  }
}
