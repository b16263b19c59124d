import type { Bytes } from "#proto/bytes.js";
import { usage } from "../../fault.js";
import { checkFields } from "./field-names.js";
import type { FileRecords, Reader, Source } from "./reader.js";
import { RecordList, decoded, withoutMark } from "./record-list.js";

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22];

interface Dialect {
  readonly delimiter: number;
  /** Whether a cell may stand in double quotes, with those inside written twice. */
  readonly quotes: boolean;
}

/** RFC 4180; and the registered form of tab-separated values, which has no quotes. */
export const readCsv: Reader = (source) => readRows(source, { delimiter: 0x2c, quotes: true });
export const readTsv: Reader = (source) => readRows(source, { delimiter: 0x09, quotes: false });

/** The first row names the fields; each further row is a record. */
function readRows({ path, bytes, fields: wanted }: Source, dialect: Dialect): FileRecords {
  const list = new RecordList();
  let names: readonly string[] | undefined;
  let columns: number[] = [];
  for (const { line, cells } of rowsOf(withoutMark(bytes), dialect, path)) {
    const place = `${path}, line ${line}`;
    if (names === undefined) {
      names = cells;
      checkFields(wanted, new Set(names), path);
      columns = wanted.length === 0 ? [...names.keys()] : wanted.flatMap((name) => placesOf(cells, name));
    } else if (cells.length === names.length) list.add(columns.map((column) => cells[column]!).join("\n"), place);
    else throw usage(`${place}: ${cells.length} fields, and the first line names ${names.length}`);
  }
  if (names !== undefined && list.records.length + list.empty === 0) {
    throw usage(`${path}: nothing behind the first line, which names the fields`, "--format text reads it as text");
  }
  return { records: list.records, fields: columns.map((column) => names![column]!), empty: list.empty };
}

function placesOf(names: readonly string[], name: string): number[] {
  return [...names.keys()].filter((place) => names[place] === name);
}

interface Row {
  /** Of its first cell, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Rows in order. Empty lines are skipped. */
function* rowsOf(bytes: Bytes, { delimiter, quotes }: Dialect, path: string): Generator<Row> {
  let [at, line] = [0, 1];
  const isEnd = (): boolean => at >= bytes.length || bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF);

  const quoted = (): string => {
    const place = `${path}, line ${line}`;
    let end = bytes.indexOf(QUOTE, at + 1);
    while (end !== -1 && bytes[end + 1] === QUOTE) end = bytes.indexOf(QUOTE, end + 2);
    if (end === -1) throw usage(`${place}: a quote that nothing closes`);
    const inside = bytes.subarray(at + 1, end);
    const cell = decoded(inside, place).replaceAll('""', '"');
    for (const byte of inside) if (byte === LF) line++;
    at = end + 1;
    if (!isEnd() && bytes[at] !== delimiter) throw usage(`${path}, line ${line}: text behind a closing quote`);
    return cell;
  };
  const bare = (): string => {
    const [from, place] = [at, `${path}, line ${line}`];
    while (!isEnd() && bytes[at] !== delimiter) {
      if (quotes && bytes[at] === QUOTE) throw usage(`${place}: a quote inside a cell that does not begin with one`);
      at++;
    }
    return decoded(bytes.subarray(from, at), place);
  };

  while (at < bytes.length) {
    const [first, cells] = [line, [] as string[]];
    for (;;) {
      cells.push(quotes && bytes[at] === QUOTE ? quoted() : bare());
      if (isEnd()) break;
      at++;
    }
    at += bytes[at] === CR ? 2 : 1;
    line++;
    if (cells.length > 1 || cells[0] !== "") yield { line: first, cells };
  }
}
