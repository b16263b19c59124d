import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concat, fromHex, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { tokenHashes } from "#proto/attribution/token-hash.js";
import { TOKEN_WEIGHTS, tokenAt, tokenize } from "#proto/attribution/tokens.js";

/** Texts with their tokens and token weights. The file is ASCII, so that no editor normalises it. */
interface Case {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: string;
  readonly tokens?: readonly string[];
  readonly weights?: readonly number[];
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
    assert.deepEqual(
      Array.from(tokens.classes, (tokenClass) => TOKEN_WEIGHTS[tokenClass]),
      entry.weights,
    );
    if (entry.text !== undefined) assert.deepEqual(tokenize(utf8(entry.text)), tokens);
    return undefined;
  });
}

test("property 20, normalisation: all tokens of the golden file are frozen", () => {
  const streams = cases.flatMap((entry) => {
    const tokens = tokenize(inputOf(entry));
    return isRejection(tokens) ? [utf8(`${tokens.name}\n`)] : [tokenHashes(tokens), utf8("\n")];
  });
  assert.equal(toHex(sha256(concat(...streams))), "ddd474f838997a6d7f45dc08da8fdd876fb61d9dadaca4a9f7d181ff10200e88");
});
