import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkTexts } from "#cli/gateway/retrieval/check.js";
import { cutText, searchable } from "#cli/gateway/retrieval/passages.js";
import { prepareContribution } from "#proto/attribution/contribution.js";
import { countedTokens } from "#proto/attribution/counted.js";
import { utf8 } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { ok } from "#test/unit/proto/attribution/world.js";

const folder = mkdtempSync(join(tmpdir(), "gateway-texts-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = (word: string): string => `${word} the harbour of Nantes was quiet that morning, and no ship had come in.`;

test("texts whose content the release has are kept; each other file is named with the reason", async () => {
  const contents = { "held.txt": text("Then"), "later.txt": text("Now"), "changed.txt": text("Never") };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "picture.png"), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255));
  const rootOf = (content: string) => ok(prepareContribution([utf8(content)])).contentRoot;
  const contributions = [
    { id: 5n, contentRoot: rootOf(contents["held.txt"]) },
    { id: 6n, contentRoot: rootOf(contents["later.txt"]) },
    { id: 7n, contentRoot: rootOf("another text") },
  ];
  const answers: Record<string, (request: { contributionId: bigint }) => unknown> = {
    "tributary.datanet.v1.Query/Release": () => ({ release: { datanetId: 4n, number: 2 } }),
    "tributary.datanet.v1.Query/Contributions": () => ({ contributions, pagination: undefined }),
    "tributary.datanet.v1.Query/ReleaseMember": ({ contributionId }) => ({ member: contributionId === 5n }),
  };
  const node = {
    query: (name: string, request: { contributionId: bigint }) => Promise.resolve(answers[name]!(request)),
  } as unknown as Client;
  const { release, held, leftOut } = await checkTexts({ datanetId: 4n, release: 0, folder }, node);
  assert.deepEqual([release, held.map(({ contributionId }) => contributionId)], [2, [5n]]);
  assert.equal(leftOut.length, 3);
  for (const why of [
    /changed\.txt: datanet 4 has no contribution/,
    /later\.txt: contribution 6 is not in release 2/,
    /picture/,
  ]) {
    assert.ok(
      leftOut.some((line) => why.test(line)),
      `${why} in ${leftOut.join("; ")}`,
    );
  }
});

test("a text is cut into its paragraphs, and long ones between words; no word is lost", () => {
  const long = Array.from({ length: 250 }, (_, i) => `w${i}`).join(" ");
  const passages = cutText(`One line\nof two.\n\n\n${long}\n \n`);
  assert.deepEqual(
    passages.map((each) => each.split(" ").length),
    [4, 120, 120, 10],
  );
  assert.equal(passages.slice(1).join(" "), long);
  assert.deepEqual(cutText(" \n\n "), []);
});

test("the best passages come first, within number and tokens", () => {
  const texts = [text("Then"), "Bread rises.", ...Array.from({ length: 9 }, (_, i) => `Ships ${i} left the harbour.`)];
  const { find } = searchable(texts, [4n]);
  const found = find("Which ships left the harbour?", 1_000);
  assert.equal(found.split("\n\n").length, 4);
  assert.ok(!found.includes("Bread"));
  for (const most of [0, 3, 9, 20]) {
    assert.ok(ok(countedTokens([], [], find("harbour ships", most))).output <= BigInt(most));
  }
  assert.equal(find("", 100), "");
  assert.equal(find("zebra", 100), "");
});
