/**
 * Controls (C0, DEL, C1) and what turns the direction of a line or ends it: a terminal obeys them, and names, titles and
 * memos come from strangers.
 */
const OBEYED = "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";
const IN_LINE = new RegExp(`[${OBEYED}]`, "g");
const IN_TEXT = new RegExp(`(?![\\t\\n])[${OBEYED}]`, "g");

/** A text as part of one line: what a terminal would obey is shown as U+FFFD. */
export function shown(text: string): string {
  return text.replace(IN_LINE, "\ufffd");
}

/** The same for a text of several lines: tabs and line feeds stay. */
export function shownLines(text: string): string {
  return text.replace(IN_TEXT, "\ufffd");
}

/** JSON whose text no terminal obeys: the same value, with these characters as escapes (RFC 8259, section 7). */
export function shownJson(json: string): string {
  return json.replace(IN_TEXT, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
