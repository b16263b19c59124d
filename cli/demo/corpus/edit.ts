const WORDS_PER_EDIT = 40;

/** A copy with one word in forty left out: reads the same, hashes differently, shares most of its phrases. */
export function lightlyEdited(text: string): string {
  return text
    .split(" ")
    .filter((_, at) => at % WORDS_PER_EDIT !== WORDS_PER_EDIT - 1)
    .join(" ");
}
