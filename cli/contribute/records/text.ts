import { linesOf } from "./lines.js";
import type { FileRecords, Source } from "./reader.js";
import { RecordList, checkSize } from "./record-list.js";

/** The bytes as they are: the whole file is a record, or each line that is not empty. */
export function readText({ path, bytes, lines }: Source): FileRecords {
  const list = new RecordList();
  if (lines) {
    for (const line of linesOf(bytes)) {
      if (line.bytes.length > 0) list.addBytes(line.bytes.slice(), `${path}, line ${line.number}`);
    }
  } else {
    checkSize(bytes.length, path);
    if (bytes.length > 0) list.addBytes(bytes, path);
  }
  return { records: list.records, fields: [], empty: list.empty };
}
