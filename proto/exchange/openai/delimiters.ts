import type { RequestText } from "../../attribution/issue.js";
import { U64_MAX } from "../../attribution/limits.js";
import { DATANET_PLACE, type Marking } from "../http-request.js";

type Delimiter = Marking["delimiters"][number];

/** An opening delimiter in a text. */
interface Opening {
  readonly at: number;
  /** Behind it. */
  readonly end: number;
  readonly datanet: bigint | undefined;
}

const NUMBER = /[1-9][0-9]{0,19}/y;

/**
 * Splits a user's text: what stands between a pair of delimiters is marked, the delimiters themselves belong to the own
 * text around it, so that every character is in one part. Goes from left to right; where two begin at one place the first
 * of the list counts. A delimiter that is not closed is own text. Delimiters do not nest.
 * Work: a look at each character for each end of a delimiter, of which there are at most 16 (checkMarking).
 * @param partsMax stops behind this many parts: the caller refuses more
 */
export function markedParts(text: string, delimiters: readonly Delimiter[], partsMax: number): RequestText[] {
  const parts: RequestText[] = [];
  const scans = delimiters.map((delimiter) => new Scan(text, delimiter));
  let from = 0; // Of the own text that has not been given out.
  let at = 0;
  while (parts.length <= partsMax) {
    const first = earliest(scans, at);
    if (first === undefined) break;
    const { opening, close } = first;
    parts.push({ kind: "own", text: text.slice(from, opening.end), datanet: undefined });
    parts.push({ kind: "marked", text: text.slice(opening.end, close), datanet: opening.datanet });
    from = close;
    at = close + first.closeLength;
  }
  parts.push({ kind: "own", text: text.slice(from), datanet: undefined });
  return parts;
}

interface Found {
  readonly opening: Opening;
  /** Where the closing delimiter begins. */
  readonly close: number;
  readonly closeLength: number;
}

/** The first closed pair from `at` on. */
function earliest(scans: readonly Scan[], at: number): Found | undefined {
  let found: Found | undefined;
  for (const scan of scans) {
    const next = scan.next(at);
    if (next !== undefined && (found === undefined || next.opening.at < found.opening.at)) found = next;
  }
  return found;
}

/** The places of one delimiter in a text, asked for from left to right. */
class Scan {
  readonly #text: string;
  readonly #head: string;
  /** Behind the number; undefined for an opening without one. */
  readonly #tail: string | undefined;
  readonly #close: string;
  /** The next closed pair; undefined before the first search and after the last pair. */
  #found: Found | undefined;
  #isDone = false;
  /** The first closing delimiter behind the last opening that was looked at: found once, however many openings precede it. */
  #closeAt = 0;

  constructor(text: string, { open, close }: Delimiter) {
    const place = open.indexOf(DATANET_PLACE);
    this.#text = text;
    this.#head = place < 0 ? open : open.slice(0, place);
    this.#tail = place < 0 ? undefined : open.slice(place + DATANET_PLACE.length);
    this.#close = close;
  }

  next(at: number): Found | undefined {
    if (this.#isDone || (this.#found !== undefined && this.#found.opening.at >= at)) return this.#found;
    this.#found = this.#search(at);
    this.#isDone = this.#found === undefined;
    return this.#found;
  }

  #search(from: number): Found | undefined {
    const opening = this.#opening(from);
    if (opening === undefined) return undefined;
    if (this.#closeAt < opening.end) this.#closeAt = this.#text.indexOf(this.#close, opening.end);
    // If no closing delimiter follows this opening, none follows a later opening either.
    return this.#closeAt < 0 ? undefined : { opening, close: this.#closeAt, closeLength: this.#close.length };
  }

  #opening(from: number): Opening | undefined {
    const [text, head, tail] = [this.#text, this.#head, this.#tail];
    for (let at = text.indexOf(head, from); at >= 0 && at < text.length; at = text.indexOf(head, at + 1)) {
      const end = at + head.length;
      if (tail === undefined) return { at, end, datanet: undefined };
      NUMBER.lastIndex = end;
      const digits = NUMBER.exec(text)?.[0];
      if (digits === undefined || !text.startsWith(tail, end + digits.length)) continue;
      const datanet = BigInt(digits);
      if (datanet <= U64_MAX) return { at, end: end + digits.length + tail.length, datanet };
    }
    return undefined;
  }
}
