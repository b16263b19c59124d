import { windowsOf, type Windows } from "../fingerprint.js";
import { groupEqual, type Groups } from "./group.js";
import { isContext, spanKinds, type RuledReceipt, type Span } from "./receipt.js";
import { tokenCount, unpack } from "./tokens.js";

/** No window starts here, no contribution is paid, no place: in all arrays of the rule. */
export const NONE = -1;

/**
 * Windows by the place at which they start. A place is a token of the answer, or one of the context: its spans one
 * after the other, with an empty place after each.
 */
export interface PlacedWindows {
  /** Number of the window that starts at a place, or NONE. */
  readonly ids: Int32Array;
  /** The place behind that window's last token; 0 where no window starts. */
  readonly ends: Uint32Array;
}

/** All windows of a receipt, equal ones under one number. */
export interface WindowTable {
  /** The distinct fingerprints. */
  readonly distinct: Groups;
  readonly answer: PlacedWindows;
  readonly context: PlacedWindows;
  /** Whether the user's own text holds a window, by its number. */
  readonly own: Uint8Array;
  /** Whether marked or added text holds it. */
  readonly inContext: Uint8Array;
  /** Whether a mark that names the datanet holds the window. */
  marked(id: number, datanet: bigint): boolean;
}

/** Tables the windows of a receipt. Work: one hash and sixteen steps a window; no walk is longer than the receipt. */
export function tableWindows({ spans, answer }: RuledReceipt): WindowTable {
  const read = spans.filter((span) => isContext(span) || span.kind === spanKinds.own);
  const texts = [answer, ...read.map(({ tokens }) => tokens)].map(windowsOf);
  const distinct = group(texts);
  const own = new Uint8Array(distinct.high.length);
  const inContext = new Uint8Array(distinct.high.length);
  const context = emptyPlaces(read.filter(isContext).reduce((sum, { tokens }) => sum + tokenCount(tokens) + 1, 0));
  const placed = emptyPlaces(tokenCount(answer));
  const marks = new Map<bigint, Uint8Array>(); // At most one entry a mark.

  let from = put(placed, 0, texts[0]!, distinct.ids, 0);
  let place = 0;
  for (const [i, span] of read.entries()) {
    const windows = texts[i + 1]!;
    const to = from + windows.ends.length;
    const holders = span.kind === spanKinds.own ? [own] : [inContext, ...markOf(marks, span, distinct.high.length)];
    for (const holds of holders) for (let at = from; at < to; at++) holds[distinct.ids[at]!] = 1;
    if (isContext(span)) {
      put(context, place, windows, distinct.ids, from);
      place += tokenCount(span.tokens) + 1;
    }
    from = to;
  }
  const marked = (id: number, datanet: bigint): boolean => marks.get(datanet)?.[id] === 1;
  return { distinct, answer: placed, context, own, inContext, marked };
}

function group(texts: readonly Windows[]): Groups {
  const count = texts.reduce((sum, { ends }) => sum + ends.length, 0);
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  let at = 0;
  for (const { fingerprints, ends } of texts) {
    unpack(fingerprints, high, low, at);
    at += ends.length;
  }
  return groupEqual(high, low);
}

function emptyPlaces(size: number): PlacedWindows {
  return { ids: new Int32Array(size).fill(NONE), ends: new Uint32Array(size) };
}

/** @returns the index behind the text's windows in the list of all */
function put({ ids, ends }: PlacedWindows, place: number, windows: Windows, all: Uint32Array, from: number): number {
  for (let i = 0; i < windows.ends.length; i++) {
    ids[place + i] = all[from + i]!;
    ends[place + i] = place + windows.ends[i]!;
  }
  return from + windows.ends.length;
}

function markOf(marks: Map<bigint, Uint8Array>, { datanet }: Span, size: number): Uint8Array[] {
  if (datanet === undefined) return [];
  const known = marks.get(datanet) ?? new Uint8Array(size);
  marks.set(datanet, known);
  return [known];
}
