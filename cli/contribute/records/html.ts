import { Parser } from "htmlparser2";
import type { FileRecords, Reader } from "./reader.js";
import { RecordList, checkDepth, decoded, withoutMark } from "./record-list.js";

/** Elements that a reader does not see. */
const HIDDEN = new Set(["script", "style", "template", "noscript", "title"]);

/** Elements that end a word before and behind them. */
const BREAKS = new Set(
  (
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer " +
    "form h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li main menu nav object ol optgroup option p pre " +
    "search section select summary table tbody td textarea tfoot th thead tr ul video audio"
  ).split(" "),
);

interface Dialect {
  readonly xml: boolean;
  readonly hides: (element: string) => boolean;
  readonly breaks: (element: string) => boolean;
}

const HTML: Dialect = { xml: false, hides: (name) => HIDDEN.has(name), breaks: (name) => BREAKS.has(name) };
/** Of an unknown vocabulary it is unknown which elements stand inside words. */
const XML: Dialect = { xml: true, hides: () => false, breaks: () => true };

export const readHtml: Reader = ({ path, bytes }) => page(textOfHtml(decoded(withoutMark(bytes), path), path), path);
export const readXml: Reader = ({ path, bytes }) => page(textOf(decoded(withoutMark(bytes), path), XML, path), path);

/** The text of a page, without tags, comments and what is not shown. @throws CliFault(usage) for a page that is too deep */
export function textOfHtml(html: string, place: string): string {
  return textOf(html, HTML, place);
}

function textOf(source: string, { xml, hides, breaks }: Dialect, place: string): string {
  const parts: string[] = [];
  let [depth, hidden] = [0, 0];
  const parser = new Parser(
    {
      onopentagname(name) {
        checkDepth(++depth, place);
        if (hides(name)) hidden++;
        if (breaks(name)) parts.push("\n");
      },
      ontext(text) {
        if (hidden === 0) parts.push(text);
      },
      onclosetag(name) {
        depth--;
        if (hides(name)) hidden--;
        if (breaks(name)) parts.push("\n");
      },
    },
    { xmlMode: xml, decodeEntities: true },
  );
  parser.end(source);
  return parts.join("");
}

/** A whole document is one record. */
export function page(text: string, path: string): FileRecords {
  const list = new RecordList();
  list.add(text, path);
  return { records: list.records, fields: [], empty: list.empty };
}
