import { styleText } from "node:util";

export interface Tone {
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const plain = (text: string): string => text;
const PLAIN: Tone = { strong: plain, dim: plain, good: plain, bad: plain, warn: plain };
const COLOURED: Tone = {
  strong: (text) => styleText("bold", text),
  dim: (text) => styleText("dim", text),
  good: (text) => styleText("green", text),
  bad: (text) => styleText("red", text),
  warn: (text) => styleText("yellow", text),
};

/** NO_COLOR wins, then FORCE_COLOR; else colour only on a terminal that is not dumb (no-color.org, clig.dev). */
export function wantsColour(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && environment["TERM"] !== "dumb";
}

export function tone(coloured: boolean): Tone {
  return coloured ? COLOURED : PLAIN;
}
