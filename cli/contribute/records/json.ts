import { JsonFields, parsed } from "./json-fields.js";
import type { FileRecords, Source } from "./reader.js";
import { RecordList, decoded, withoutMark } from "./record-list.js";

/** One JSON value: a record, or a list of them. */
export function readJson({ path, bytes, fields: wanted }: Source): FileRecords {
  const [fields, list] = [new JsonFields(wanted), new RecordList()];
  const value = parsed(decoded(withoutMark(bytes), path), path);
  for (const [i, record] of (Array.isArray(value) ? (value as unknown[]) : [value]).entries()) {
    list.add(fields.textOf(record), `${path}, record ${i + 1}`);
  }
  return { records: list.records, fields: fields.found(path), empty: list.empty };
}
