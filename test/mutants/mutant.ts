/** One rule, broken in one place of the compiled program. */
export interface Mutant {
  /** Unique, lower-case words. */
  readonly name: string;
  /** As consensus/README.md, node/signer and proto number them: T7, L75, W2, P1, V3, E1. */
  readonly rule: string;
  /** Below dist. */
  readonly file: string;
  /** Stands in the file exactly once, or the mutant is an error. Blanks at the beginning of lines do not count. */
  readonly from: string;
  readonly to: string;
}

export class StaleMutant extends Error {}

/** @throws StaleMutant when the text is not there exactly once, or the change changes nothing */
export function mutated(text: string, { name, from, to }: Mutant): string {
  const flat = text.replace(/^[ \t]+/gm, "");
  const found = flat.split(from).length - 1;
  if (found !== 1) throw new StaleMutant(`${name}: its text is there ${found} times`);
  if (from === to) throw new StaleMutant(`${name}: changes nothing`);
  return flat.replace(from, () => to);
}
