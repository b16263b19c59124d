import { utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import { TEXT_BYTES_MAX } from "#proto/attribution/limits.js";
import { FINGERPRINTS_PER_CONTRIBUTION_MAX } from "#proto/limits.js";
import { usage } from "../../fault.js";

/** Of more records, some could have no fingerprint of their own. */
const RECORDS_MAX = FINGERPRINTS_PER_CONTRIBUTION_MAX;
/** Pages and data of people nest a few dozen levels. Beyond that parsers take quadratic time, or the whole stack. */
const DEPTH_MAX = 256;

/** Records as they are found. */
export class RecordList {
  readonly records: Bytes[] = [];
  empty = 0;

  /** @param place file and line, for errors */
  add(text: string, place: string): void {
    if (/\p{Cs}/u.test(text)) {
      throw usage(`${place}: half of a surrogate pair`, "only Unicode text can be fingerprinted");
    }
    if (text.trim() === "") this.empty++;
    else this.addBytes(utf8(text), place);
  }

  addBytes(record: Bytes, place: string): void {
    checkSize(record.length, place);
    if (this.records.length === RECORDS_MAX) {
      throw usage(`${place}: a contribution has at most ${RECORDS_MAX} records`, "split the file");
    }
    this.records.push(record);
  }
}

/** The text of bytes that are known to be few enough. */
export function decoded(bytes: Bytes, place: string, most = TEXT_BYTES_MAX): string {
  checkSize(bytes.length, place, most);
  const text = utf8Text(bytes);
  if (text === undefined) throw usage(`${place}: not UTF-8`, "convert it first: iconv -f latin1 -t utf8");
  return text;
}

export function checkSize(bytes: number, place: string, most = TEXT_BYTES_MAX): void {
  if (bytes <= most) return;
  throw usage(`${place}: ${bytes} bytes in one record, and at most ${most} can be fingerprinted`, "split it");
}

/** @param depth levels of elements, lists or objects around the present one */
export function checkDepth(depth: number, place: string, most = DEPTH_MAX): void {
  if (depth > most) throw usage(`${place}: nested more than ${most} levels deep`);
}

/** Without the mark that some programs write before UTF-8. */
export function withoutMark(bytes: Bytes): Bytes {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
