import type { Languages, Source } from "./corpus.js";
import { ratio } from "./coverage.js";
import { keysOfText } from "./text.js";

/** Share of the windows of a language's sources that another, unrelated source holds too, by language. */
export function sharingByLanguage(languages: Languages): Record<string, number> {
  return Object.fromEntries([...languages].map(([language, texts]) => [language, shared(texts.map((text) => [text]))]));
}

export interface Boilerplate {
  /** Share of windows that another owner of the same genre holds too. */
  readonly within: number;
  /** Share of windows that a text of another genre holds too. */
  readonly across: number;
}

/** @param genre texts of many owners; @param others texts of other genres */
export function boilerplate(genre: readonly Source[], others: readonly string[]): Boilerplate {
  const byOwner = new Map<string, string[]>();
  for (const { owner, text } of genre) byOwner.set(owner, [...(byOwner.get(owner) ?? []), text]);
  const foreign = new Set(others.flatMap((text) => [...keysOfText(text)]));
  let [held, all] = [0, 0];
  for (const { text } of genre) {
    const keys = keysOfText(text);
    all += keys.length;
    held += keys.filter((key) => foreign.has(key)).length;
  }
  return { within: shared([...byOwner.values()]), across: ratio(held, all) };
}

const SEVERAL = -1;

/** Share of all windows that more than one group of texts holds. */
function shared(groups: readonly (readonly string[])[]): number {
  const holder = new Map<number, number>();
  for (const [group, texts] of groups.entries()) {
    for (const key of texts.flatMap((text) => [...keysOfText(text)])) {
      const known = holder.get(key);
      if (known === undefined) holder.set(key, group);
      else if (known !== group) holder.set(key, SEVERAL);
    }
  }
  let [several, all] = [0, 0];
  for (const text of groups.flat()) {
    const keys = keysOfText(text);
    all += keys.length;
    several += keys.filter((key) => holder.get(key) === SEVERAL).length;
  }
  return ratio(several, all);
}
