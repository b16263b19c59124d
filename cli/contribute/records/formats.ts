import { extname } from "node:path";
import { readCsv, readTsv } from "./csv.js";
import { readHtml, readXml } from "./html.js";
import { readJson } from "./json.js";
import { readJsonLines } from "./jsonl.js";
import { readMarkdown } from "./markdown.js";
import type { Reader } from "./reader.js";
import { readText } from "./text.js";

interface Format {
  readonly mediaType: string;
  /** Of files' names. */
  readonly endings: readonly string[];
  /** Whether records have fields, of which --field chooses. */
  readonly fields: boolean;
  readonly read: Reader;
}

/** How a file is divided into records, and what of it is text. */
export const formats = {
  text: { mediaType: "text/plain", endings: [".txt"], fields: false, read: readText },
  markdown: { mediaType: "text/markdown", endings: [".md", ".markdown"], fields: false, read: readMarkdown },
  html: { mediaType: "text/html", endings: [".html", ".htm"], fields: false, read: readHtml },
  xml: { mediaType: "application/xml", endings: [".xml"], fields: false, read: readXml },
  json: { mediaType: "application/json", endings: [".json"], fields: true, read: readJson },
  jsonl: { mediaType: "application/jsonl", endings: [".jsonl", ".ndjson"], fields: true, read: readJsonLines },
  csv: { mediaType: "text/csv", endings: [".csv"], fields: true, read: readCsv },
  tsv: { mediaType: "text/tab-separated-values", endings: [".tsv"], fields: true, read: readTsv },
} satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as readonly FormatName[];

/** By the name's ending; undefined for one that no format has. */
export function formatOfName(path: string): FormatName | undefined {
  const ending = extname(path).toLowerCase();
  return formatNames.find((name) => (formats[name] as Format).endings.includes(ending));
}

export function formatOfMediaType(mediaType: string): FormatName | undefined {
  return formatNames.find((name) => formats[name].mediaType === mediaType);
}
