/** Hangul syllables decompose and compose by arithmetic (The Unicode Standard, section 3.12). */
const S_BASE = 0xac00;
const L_BASE = 0x1100;
const V_BASE = 0x1161;
const T_BASE = 0x11a7;
const L_COUNT = 19;
const V_COUNT = 21;
const T_COUNT = 28;
const S_COUNT = L_COUNT * V_COUNT * T_COUNT;

/** Start and end (exclusive) of the syllables, and of what may follow in one. */
export const HANGUL = [
  [S_BASE, S_BASE + S_COUNT],
  [V_BASE, V_BASE + V_COUNT],
  [T_BASE + 1, T_BASE + T_COUNT],
] as const;

const within = (point: number, base: number, count: number): boolean => point >= base && point < base + count;

/** Whether the code point is a precomposed Hangul syllable. */
export function isSyllable(point: number): boolean {
  return within(point, S_BASE, S_COUNT);
}

/** A vowel or a final consonant: it may compose with what stands before. */
export function mayFollow(point: number): boolean {
  return within(point, V_BASE, V_COUNT) || within(point, T_BASE + 1, T_COUNT - 1);
}

/** The two or three jamo of a syllable. Needs `isSyllable`. */
export function decomposeSyllable(point: number): number[] {
  const index = point - S_BASE;
  const final = index % T_COUNT;
  const vowel = ((index - final) / T_COUNT) % V_COUNT;
  const lead = (index - final - vowel * T_COUNT) / (T_COUNT * V_COUNT);
  const parts = [L_BASE + lead, V_BASE + vowel];
  return final === 0 ? parts : [...parts, T_BASE + final];
}

/** The syllable of two code points (L and V, or LV and T); undefined if they do not compose. */
export function composeSyllable(first: number, second: number): number | undefined {
  if (within(first, L_BASE, L_COUNT) && within(second, V_BASE, V_COUNT)) {
    return S_BASE + ((first - L_BASE) * V_COUNT + (second - V_BASE)) * T_COUNT;
  }
  const openSyllable = isSyllable(first) && (first - S_BASE) % T_COUNT === 0;
  return openSyllable && within(second, T_BASE + 1, T_COUNT - 1) ? first + (second - T_BASE) : undefined;
}
