import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareContribution } from "#proto/attribution/contribution.js";
import { toHex, utf8 } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { formats, type FormatName } from "#cli/contribute/records/formats.js";
import type { FileRecords } from "#cli/contribute/records/reader.js";

/** A stanza of William Blake's (1794), with what each syntax must quote. */
const VERSES = [
  "Tyger Tyger, burning bright,",
  "In the forests of the night;",
  'What immortal hand or "eye",',
  "Could frame thy fearful symmetry & <soul>?",
];
const POEM = VERSES.join("\n");
const inHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function read(
  format: FormatName,
  content: string | Uint8Array,
  options: { fields?: string[]; lines?: boolean } = {},
): FileRecords {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return formats[format].read({
    path: `poem.${format}`,
    bytes,
    fields: options.fields ?? [],
    lines: options.lines ?? false,
  });
}

function texts({ records }: FileRecords): string[] {
  return records.map((record) => Buffer.from(record).toString());
}

function fingerprints(records: readonly Uint8Array[]): string {
  const prepared = prepareContribution(records);
  assert.ok(!isRejection(prepared));
  assert.ok(prepared.fpCount > 0);
  return toHex(prepared.fingerprints);
}

test("a poem has the same fingerprints in every format", () => {
  const csv = `"${POEM.replaceAll('"', '""')}"`;
  const page = `<html><head><title>A page</title><style>p { x: y }</style></head><body><!-- by Blake -->
    <p>${VERSES.map(inHtml).join("<br>")}</p><script>let tyger;</script></body></html>`;
  const forms: Readonly<Record<FormatName, string>> = {
    text: POEM,
    jsonl: `${JSON.stringify({ lines: 4, text: POEM })}\n\n`,
    json: JSON.stringify([{ text: POEM, year: 1794, of: null }], null, 2),
    csv: `text\r\n${csv}\r\n`,
    tsv: `text\n${VERSES.join(" ")}\n`,
    html: page,
    xml: `<?xml version="1.0"?><poem>${VERSES.map((verse) => `<l>${inHtml(verse)}</l>`).join("")}</poem>`,
    markdown: `${VERSES.map((verse, i) => (i === 1 ? `In the *forests* of [the night](http://a.example/b "c");` : verse.replace("<soul>", "\\<soul>"))).join("  \n")}\n\n***\n\n[x]: http://c.example\n`,
  };
  const expected = fingerprints([utf8(POEM)]);
  for (const [format, content] of Object.entries(forms) as [FormatName, string][]) {
    const { records } = read(format, content);
    assert.equal(fingerprints(records), expected, `${format}: ${texts({ records, fields: [], empty: 0 }).join("|")}`);
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8(content));
    assert.equal(fingerprints(read(format, marked).records), expected, `${format} with a byte order mark`);
  }
});

test("fields: all strings in the order of their names, or those that are chosen in the order given", () => {
  const lines = [
    '{"title":"T","meta":{"n":7,"by":"B"},"parts":[{"text":"P1"},{"text":"P2"}]}',
    '{"title":"U"}',
    '"bare"',
  ];
  const all = read("jsonl", lines.join("\n"));
  assert.deepEqual(texts(all), ["B\nP1\nP2\nT", "U", "bare"]);
  assert.deepEqual(all.fields, ["meta.by", "parts.text", "title"]);
  const some = read("jsonl", lines.join("\n"), { fields: ["title", "parts"] });
  assert.deepEqual(texts(some), ["T\nP1\nP2", "U"]);
  assert.equal(some.empty, 1);
  assert.deepEqual(some.fields, ["title", "parts"]);

  const rows = 'b,a\r\n1,"x, ""y"""\r\n\r\n2,\r\n';
  assert.deepEqual(texts(read("csv", rows)), ['1\nx, "y"', "2\n"]);
  assert.deepEqual(read("csv", rows).fields, ["b", "a"]);
  const chosen = read("csv", rows, { fields: ["a", "b"] });
  assert.deepEqual(texts(chosen), ['x, "y"\n1', "\n2"]);
  assert.deepEqual(texts(read("tsv", 'a\tb\n"x\ty\n')), ['"x\ny']);
  assert.deepEqual(texts(read("json", '{"a":"x","b":["y"]}')), ["x\ny"]);
  assert.deepEqual(texts(read("text", "one\r\n\n two\nthree", { lines: true })), ["one", " two", "three"]);
});

test("words of a page end where its blocks end, and nowhere else", () => {
  const words = (format: FormatName, content: string) => texts(read(format, content))[0]!.split(/\s+/).filter(Boolean);
  assert.deepEqual(words("html", "<p>o<b>n</b>e<p>two<table><tr><td>three<td>four</table>five<br>six"), [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
  ]);
  assert.deepEqual(words("html", "<template><p>no</p></template><noscript>no</noscript>yes"), ["yes"]);
  assert.deepEqual(
    words("markdown", "# one\ntw**o**\n- three\n- `four`\n\n|a|b|\n|-|-|\n|c|<i>d</i>|\n\n```js\ne\n```"),
    ["one", "two", "three", "four", "a", "b", "c", "d", "e"],
  );
});

test("what is malformed is named with its file and line", () => {
  const cases: readonly (readonly [FormatName, string | Uint8Array, string[], RegExp])[] = [
    ["jsonl", '{"a":"b"}\n{"a":\n', [], /^poem\.jsonl, line 2: not JSON$/],
    ["jsonl", Uint8Array.of(...utf8('"a"\n"'), 0xfc, 0x22), [], /^poem\.jsonl, line 2: not UTF-8$/],
    ["jsonl", '"a"\n"\\ud800"', [], /^poem\.jsonl, line 2: half of a surrogate pair$/],
    ["jsonl", '{"a":"b"}', ["text"], /^poem\.jsonl: no text in a field "text"$/],
    ["json", '["a", "\\udfff"]', [], /^poem\.json, record 2: half of a surrogate pair$/],
    ["json", "{'a': 1}", [], /^poem\.json: not JSON$/],
    ["csv", "a,b\n1,2\n3\n", [], /^poem\.csv, line 3: 1 fields, and the first line names 2$/],
    ["csv", 'a,b\n"1\n\n",2\n3,4,5', [], /^poem\.csv, line 5: 3 fields/],
    ["csv", 'a\n"1\n2', [], /^poem\.csv, line 2: a quote that nothing closes$/],
    ["csv", 'a\n"1\n"2', [], /^poem\.csv, line 3: text behind a closing quote$/],
    ["csv", "a,b", [], /^poem\.csv: nothing behind the first line, which names the fields$/],
    ["csv", 'a\n5" pipe', [], /^poem\.csv, line 2: a quote inside a cell/],
    ["csv", "a,b\n1,2", ["c"], /^poem\.csv: no text in a field "c"$/],
    ["html", Uint8Array.of(0x3c, 0x70, 0x3e, 0xfc), [], /^poem\.html: not UTF-8$/],
  ];
  for (const [format, content, fields, message] of cases) {
    assert.throws(() => read(format, content, { fields }), { name: "CliFault", code: "usage", message });
  }
});

test("a bomb of records, bytes or levels is refused by name, and soon", () => {
  const MILLION = 1_000_000;
  const deep = /nested more than (256|64) levels deep$/;
  const cases: readonly (readonly [FormatName, string, RegExp])[] = [
    ["jsonl", '{"a":"b"}\n'.repeat(MILLION), /^poem\.jsonl, line 131073: a contribution has at most 131072 records$/],
    ["csv", `a\n${"b\n".repeat(MILLION)}`, /line 131074: a contribution has at most 131072 records$/],
    ["json", `[${'"a",'.repeat(MILLION)}"a"]`, /record 131073: a contribution has at most 131072 records$/],
    ["jsonl", `"a"\n{"a":"${"x ".repeat(25 * MILLION)}"}`, /^poem\.jsonl, line 2: 50000008 bytes in one record/],
    ["csv", `a\n${"x".repeat(17 * MILLION)}`, /^poem\.csv, line 2: 17000000 bytes in one record/],
    ["csv", `a\n"${"x\n".repeat(9 * MILLION)}"`, /^poem\.csv, line 2: 18000000 bytes in one record/],
    ["html", "x".repeat(17 * MILLION), /^poem\.html: 17000000 bytes in one record/],
    ["markdown", "x".repeat(3 * MILLION), /^poem\.markdown: 3000000 bytes in one record/],
    ["jsonl", "[".repeat(MILLION), deep],
    ["json", '{"a":'.repeat(MILLION), deep],
    ["html", "<b>".repeat(MILLION), deep],
    ["xml", "<b>".repeat(MILLION), deep],
    ["markdown", ">".repeat(MILLION / 10), deep],
    ["markdown", `${"- ".repeat(MILLION / 10)}x`, deep],
    ["markdown", `${"**".repeat(500)}a${"**".repeat(500)}`, deep],
  ];
  for (const [format, content, message] of cases) {
    const from = performance.now();
    assert.throws(() => read(format, content), { name: "CliFault", message }, `${format} ${content.slice(0, 12)}`);
    const took = performance.now() - from;
    assert.ok(took < 20_000, `${format} ${content.slice(0, 12)}: ${took} ms`);
  }
});

test("as many records as a contribution may have are one set", () => {
  const bytes = `${"{}\n".repeat(3)}${'"a"\n'.repeat(131_071)}${JSON.stringify(POEM)}`;
  const { records, empty } = read("jsonl", bytes);
  assert.equal(empty, 3);
  const prepared = prepareContribution(records);
  assert.ok(!isRejection(prepared));
  assert.equal(prepared.recordCount, 131_072);
  assert.equal(prepared.shortRecords, 131_071);
  assert.equal(toHex(prepared.fingerprints), fingerprints([utf8(POEM)]));
});

test("windows are counted with their repetitions", () => {
  const prepared = prepareContribution([utf8(POEM), utf8("three short words"), utf8(POEM)]);
  assert.ok(!isRejection(prepared));
  assert.equal(prepared.windowCount, 2 * prepared.fpCount);
  assert.equal(prepared.shortRecords, 1);
});
