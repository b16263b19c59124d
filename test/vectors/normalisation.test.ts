import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concat, fromHex, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { tokenAt, tokenize } from "#proto/attribution/text.js";

/** Texts and their tokens under the text profile. The file is ASCII: whoever reads it must not normalise it. */
interface Case {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: string;
  readonly tokens?: readonly string[];
  readonly rejection?: string;
}
const cases = JSON.parse(readFileSync("test/vectors/normalisation.json", "utf8")) as readonly Case[];
const inputOf = ({ text, bytes }: Case): Bytes | string => text ?? fromHex(bytes ?? "")!;

for (const entry of cases) {
  test(`property 20, normalisation: ${entry.name}`, () => {
    const tokens = tokenize(inputOf(entry));
    if (isRejection(tokens)) return assert.equal(tokens.name, entry.rejection);
    const have = Array.from({ length: tokens.count }, (_, i) => tokenAt(tokens, i));
    assert.deepEqual(have, entry.tokens);
    if (entry.text !== undefined) assert.deepEqual(tokenize(utf8(entry.text)), tokens);
    return undefined;
  });
}

test("property 20, normalisation: all tokens of the golden file are frozen", () => {
  const streams = cases.flatMap((entry) => {
    const tokens = tokenize(inputOf(entry));
    return isRejection(tokens) ? [utf8(`${tokens.name}\n`)] : [tokens.bytes, utf8("\n")];
  });
  assert.equal(toHex(sha256(concat(...streams))), "daaef30c2072b88d940771df95596f6ebafbf21f6fb0b1d9255ab1d6064b1fe8");
});
