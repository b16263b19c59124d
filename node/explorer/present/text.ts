import { shown, shownLines } from "#proto/client/words/shown.js";

/** Longer names would be a page of their own. */
const LINE_MAX = 160;
const BLOCK_MAX = 20_000;

/** A stranger's name, title or memo as part of one line: what would turn or hide it is U+FFFD, and it has an end. */
export function lineOf(text: string, max = LINE_MAX): string {
  return cut(shown(cut(text, max + 1)), max);
}

/** A stranger's text of several lines. */
export function blockOf(text: string): string {
  return cut(shownLines(cut(text, BLOCK_MAX + 1)), BLOCK_MAX);
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text[max - 1]!) ? max - 1 : max; // Never half a character.
  return `${text.slice(0, end)}…`;
}

/** An address, key or hash by its ends. */
export function shortId(id: string): string {
  const line = lineOf(id);
  const prefix = /^[a-z]+1/.exec(line)?.[0].length ?? 0;
  return line.length <= prefix + 14 ? line : `${line.slice(0, prefix + 5)}…${line.slice(-5)}`;
}

/** "in-review" as "in review". */
export function wordsOf(name: string): string {
  return name.replaceAll("-", " ");
}

/** "1 contribution", "2 contributions". */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count} ${BigInt(count) === 1n ? one : many}`;
}
