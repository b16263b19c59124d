import { isIgnorable } from "../unicode/classes.js";
import { leastLookalike } from "../unicode/lookalikes.js";
import { normalizer, type Normalizer } from "../unicode/nfkc.js";

const APOSTROPHE = 0x27;
const RIGHT_QUOTE = 0x2019;

/**
 * Canonical text (README) as a stream: default-ignorable code points are deleted, NFKC, apostrophes are deleted, each letter
 * and digit becomes the least of its look-alikes. A letter may compose with its marks only now (a Cyrillic one with an
 * acute), so normalisation and look-alikes follow once more; a third time changes nothing.
 */
export function canonicalizer(emit: (point: number) => void): Normalizer {
  const second = normalizer((point) => emit(leastLookalike(point)));
  const first = normalizer((point) => {
    if (point !== APOSTROPHE && point !== RIGHT_QUOTE) second.push(leastLookalike(point));
  });
  return {
    push(point) {
      if (!isIgnorable(point)) first.push(point);
    },
    end() {
      first.end();
      second.end();
    },
  };
}

/** Canonical text of a whole well-formed string; for display and tests. */
export function canonicalText(text: string): string {
  const out: string[] = [];
  const canonical = canonicalizer((point) => out.push(String.fromCodePoint(point)));
  for (const symbol of text) canonical.push(symbol.codePointAt(0)!);
  canonical.end();
  return out.join("");
}
