import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** One after the other for everybody who is paid. Red is left to what is wrong, grey to what is not paid. */
const PAID = ["green", "cyan", "magenta", "yellow", "blue"] as const;
const UNPAID = "gray";

/** Number of paid contributions that have colours of their own. */
export const COLOURS = PAID.length;

/** How words are shown: the place of the paid contribution in the list of all; undefined if unpaid. */
export interface Look {
  readonly place: number | undefined;
  readonly isContested: boolean;
}

/** Words in the colour of who is paid, underlined where it is contested. */
export function painted(text: string, { place, isContested }: Look): string {
  const colour = place === undefined ? UNPAID : PAID[place % PAID.length]!;
  const format: Format = isContested ? [colour, "underline"] : colour;
  return styleText(format, text, { validateStream: false });
}
