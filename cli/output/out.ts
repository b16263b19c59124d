import { toJson } from "./json.js";
import { toTable, type Column } from "./table.js";
import { toText } from "./text.js";
import { tone, wantsColour, type Tone } from "./style.js";

/** Where text goes. A process has stdout and stderr; a test has two arrays. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export type Format = "text" | "json";

export interface OutOptions {
  readonly format: Format;
  readonly quiet: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Data go to stdout and nothing else does; everything said to a person goes to stderr. */
export interface Out {
  readonly format: Format;
  readonly quiet: boolean;
  /** Colours of stderr. */
  readonly tone: Tone;
  /** Whether stdout shows colours. */
  readonly isColoured: boolean;
  /** One value: `render` makes the text form, else "key: value" lines; one JSON line with -o json. */
  data<T>(value: T, render?: (value: T) => string): void;
  /** A list: a table for people; with -o json the answer that it is from, or else an array. */
  rows<T>(rows: readonly T[], columns: readonly Column<T>[], answer?: unknown): void;
  /** A document that is JSON in either format: status, genesis, a tx. Indented for people. */
  document(value: unknown): void;
  /** One line of plain data, the same in either format: an address, an id. */
  line(text: string): void;
  note(text: string): void;
  warn(text: string): void;
}

export function makeOut(stdout: Sink, stderr: Sink, options: OutOptions): Out {
  const colours = tone(wantsColour(options.environment, stderr.isTTY === true));
  const print = (text: string): void => void stdout.write(`${text}\n`);
  const json = options.format === "json";
  return {
    format: options.format,
    quiet: options.quiet,
    tone: colours,
    isColoured: wantsColour(options.environment, stdout.isTTY === true),
    data: (value, render = toText) => print(json ? toJson(value) : render(value)),
    rows: (rows, columns, answer = rows) => print(json ? toJson(answer) : toTable(rows, columns)),
    document: (value) => print(toJson(value, json ? undefined : 2)),
    line: print,
    note: (text) => {
      if (!options.quiet) stderr.write(`${text}\n`);
    },
    warn: (text) => void stderr.write(`${colours.warn("warning:")} ${text}\n`),
  };
}
