import { codespace, reject, type Rejection } from "#proto/rejection.js";

export const scanErrors = codespace("json_scan", { tooManyCalls: 1, tooManyValues: 2 });

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks at a text before it is parsed: how many calls its outer array holds, how many values there are in all. It reads no
 * further than the bound that is passed, and leaves all else to the parser.
 */
export function scanJson(
  text: string,
  max: { readonly calls: number; readonly values: number },
): Rejection | undefined {
  const isBatch = text.charCodeAt(text.search(/[^ \t\n\r]/)) === OPEN_LIST;
  let depth = 0;
  let values = 1;
  let calls = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    else if (code === OPEN_LIST || code === OPEN_OBJECT || code === COMMA) {
      if (code !== COMMA) depth++;
      else if (isBatch && depth === 1 && ++calls > max.calls) {
        return reject(scanErrors.tooManyCalls, { fix: `at most ${max.calls} in a batch` });
      }
      if (++values > max.values) return reject(scanErrors.tooManyValues, { fix: `at most ${max.values}` });
    }
  }
  return undefined;
}

/** The place of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ;) {
    const end = text.indexOf('"', from);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
    from = end + 1;
  }
}
