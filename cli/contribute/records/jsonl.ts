import { JsonFields, parsed } from "./json-fields.js";
import { linesOf } from "./lines.js";
import type { FileRecords, Source } from "./reader.js";
import { RecordList, decoded, withoutMark } from "./record-list.js";

/** One JSON value per line. Blank lines are skipped. */
export function readJsonLines({ path, bytes, fields: wanted }: Source): FileRecords {
  const [fields, list] = [new JsonFields(wanted), new RecordList()];
  for (const line of linesOf(withoutMark(bytes))) {
    const place = `${path}, line ${line.number}`;
    const text = decoded(line.bytes, place);
    if (text.trim() !== "") list.add(fields.textOf(parsed(text, place)), place);
  }
  return { records: list.records, fields: fields.found(path), empty: list.empty };
}
