// Writes proto/unicode/tables.ts: the Unicode 15.0 data that the text profile needs. `--check` only compares, and fails on a difference.
//
// Classes and case folding come from @unicode/unicode-15.0.0. That package has no decompositions and no combining classes;
// they are read off this engine's own normalisation, for code points assigned in 15.0 only. The normalisation stability
// policy fixes those for every engine of Unicode 15.0 or later, so any such engine writes the same bytes.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { lookalikes } from "./unicode/lookalikes.mjs";

const file = join(import.meta.dirname, "../proto/unicode/tables.ts");
const require = createRequire(import.meta.url);
const property = async (path) =>
  (await import(pathToFileURL(require.resolve(`@unicode/unicode-15.0.0/${path}/code-points.mjs`)).href)).default;

if (Number(process.versions.unicode.split(".")[0]) < 15) throw new Error("this engine is older than Unicode 15.0");

const base36 = (value) => value.toString(36);
const ascending = (a, b) => a - b;
const codePoints = (text) => Array.from(text, (symbol) => symbol.codePointAt(0));
const text = (...points) => String.fromCodePoint(...points);
const isHangulSyllable = (point) => point >= 0xac00 && point <= 0xd7a3;

/** Ranges as alternating "gap length", base 36, both counted from the end of the range before. */
function encodeRanges(points) {
  const out = [];
  let end = 0;
  const sorted = [...new Set(points)].sort(ascending);
  for (let i = 0; i < sorted.length;) {
    const start = sorted[i];
    let next = start;
    while (sorted[i] === next) (next++, i++);
    out.push(base36(start - end), base36(next - start));
    end = next;
  }
  return out.join(" ");
}

/** Rows of numbers, base 36, rows split by ",": the first number of a row is the distance from the row before. */
function encodeRows(rows) {
  let previous = 0;
  const out = [];
  for (const [key, ...values] of rows.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    out.push([key - previous, ...values].map(base36).join(" "));
    previous = key;
  }
  return out.join(",");
}

// One mark of each canonical combining class. Two marks keep their order in both orders only when their classes are equal.
const CLASS_MARKS = [
  ...[
    [1, 0x334],
    [6, 0x16ff0],
    [7, 0x93c],
    [8, 0x3099],
    [9, 0x94d],
    [10, 0x5b0],
    [11, 0x5b1],
    [12, 0x5b2],
    [13, 0x5b3],
  ],
  ...[
    [14, 0x5b4],
    [15, 0x5b5],
    [16, 0x5b6],
    [17, 0x5b7],
    [18, 0x5b8],
    [19, 0x5b9],
    [20, 0x5bb],
    [21, 0x5bc],
    [22, 0x5bd],
  ],
  ...[
    [23, 0x5bf],
    [24, 0x5c1],
    [25, 0x5c2],
    [26, 0xfb1e],
    [27, 0x64b],
    [28, 0x64c],
    [29, 0x64d],
    [30, 0x618],
    [31, 0x619],
  ],
  ...[
    [32, 0x61a],
    [33, 0x651],
    [34, 0x652],
    [35, 0x670],
    [36, 0x711],
    [84, 0xc55],
    [91, 0xc56],
    [103, 0xe38],
    [107, 0xe48],
  ],
  ...[
    [118, 0xeb8],
    [122, 0xec8],
    [129, 0xf71],
    [130, 0xf72],
    [132, 0xf74],
    [202, 0x321],
    [214, 0x1dce],
    [216, 0x31b],
  ],
  ...[
    [218, 0x1dfa],
    [220, 0x316],
    [222, 0x59a],
    [224, 0x302e],
    [226, 0x1d16d],
    [228, 0x5ae],
    [230, 0x300],
    [232, 0x315],
  ],
  ...[
    [233, 0x35c],
    [234, 0x35d],
    [240, 0x345],
  ],
];
const keepsOrder = (a, b) => text(a, b).normalize("NFD") === text(a, b);

function combiningClass(point) {
  if (keepsOrder(point, 0x334) && keepsOrder(0x345, point)) return 0; // A mark would move past one of the extremes.
  const row = CLASS_MARKS.find(([, mark]) => keepsOrder(point, mark) && keepsOrder(mark, point));
  if (row === undefined) throw new Error(`no combining class for ${point.toString(16)}`);
  return row[0];
}

/** Scripts that are written without spaces, by the weight of one code point (proto/attribution/README.md). */
const WEIGHT_2_SCRIPTS = ["Han", "Hangul"];
const WEIGHT_1_SCRIPTS = ["Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"];

async function union(kind, names) {
  const lists = await Promise.all(names.map((name) => property(`${kind}/${name}`)));
  return lists.flat();
}

/** Code points of scripts, also by extension: signs that several scripts share have no script of their own. */
async function inScripts(names) {
  return new Set([...(await union("Script", names)), ...(await union("Script_Extensions", names))]);
}

/**
 * The code points that are a token each, by weight. What looks alike has one weight: that of its lightest member where
 * most of the class are a token each, and else none does (a Burmese letter is taken for the Latin o, and is a part of words).
 */
async function singles(rows) {
  const lettersMarks = await union("General_Category", ["Letter", "Mark"]);
  const lettersMarksNumbers = [...lettersMarks, ...(await property("General_Category/Number"))];
  const [twos, ones] = [await inScripts(WEIGHT_2_SCRIPTS), await inScripts(WEIGHT_1_SCRIPTS)];
  const weight2 = new Set(lettersMarksNumbers.filter((point) => twos.has(point)));
  const weight1 = new Set(lettersMarks.filter((point) => ones.has(point) && !weight2.has(point)));
  const classes = new Map(rows.map(([, least]) => [least, [least]]));
  for (const [point, least] of rows) classes.get(least).push(point);
  for (const [least, members] of classes) {
    const light = members.filter((point) => weight1.has(point)).length;
    const single = light + members.filter((point) => weight2.has(point)).length;
    for (const point of members) [weight1, weight2].forEach((set) => set.delete(point));
    if (2 * single > members.length) (light > 0 ? weight1 : weight2).add(least);
  }
  return { weight2: [...weight2], weight1: [...weight1] };
}

async function tables() {
  const assigned = (await property("Binary_Property/Assigned")).filter((point) => point < 0xd800 || point > 0xdfff);
  const letters = await union("General_Category", ["Letter", "Decimal_Number"]);
  const ignorable = new Set(await property("Binary_Property/Default_Ignorable_Code_Point"));
  const folds = [...(await property("Case_Folding/C")), ...(await property("Case_Folding/S"))];
  const stable = letters.filter((point) => text(point).normalize("NFKC") === text(point) && !ignorable.has(point));
  const rows = lookalikes(stable.sort(ascending), folds);
  const { weight2, weight1 } = await singles(rows);
  const excluded = new Set(await property("Binary_Property/Full_Composition_Exclusion"));
  const classes = (await property("General_Category/Mark"))
    .filter((point) => text(point).normalize("NFD") === text(point)) // Others are decomposed before classes matter.
    .map((point) => [point, combiningClass(point)])
    .filter(([, value]) => value !== 0);

  const decompositions = [];
  const compositions = [];
  for (const point of assigned.filter((candidate) => !isHangulSyllable(candidate))) {
    const compatible = codePoints(text(point).normalize("NFKD"));
    if (!ignorable.has(point) && compatible.some((part) => ignorable.has(part))) {
      throw new Error(`${point.toString(16)} decomposes to what is ignored`); // It is deleted before NFKC, not after.
    }
    if (compatible.length > 1 || compatible[0] !== point) decompositions.push([point, ...compatible]);
    const canonical = codePoints(text(point).normalize("NFD"));
    if (canonical.length > 1 && !excluded.has(point)) {
      const second = canonical.pop();
      const first = codePoints(text(...canonical).normalize("NFC"));
      if (first.length !== 1 || text(first[0], second).normalize("NFC") !== text(point)) {
        throw new Error(`${point.toString(16)} is no composition of two`);
      }
      compositions.push([first[0], second, point]);
    }
  }
  return {
    ASSIGNED: encodeRanges(assigned),
    IGNORABLE: encodeRanges([...ignorable]),
    LETTERS: encodeRanges(letters),
    MARKS: encodeRanges(await property("General_Category/Mark")),
    WEIGHT_2: encodeRanges(weight2),
    WEIGHT_1: encodeRanges(weight1),
    LOOKALIKES: encodeRows(rows),
    COMBINING_CLASSES: encodeRows(classes),
    DECOMPOSITIONS: encodeRows(decompositions),
    COMPOSITIONS: encodeRows(compositions),
  };
}

const DOCS = {
  ASSIGNED: "Ranges of code points with a general category other than Cn and Cs.",
  IGNORABLE: "Ranges of default-ignorable code points, assigned or not.",
  LETTERS: "Ranges of letters and decimal digits (L, Nd).",
  MARKS: "Ranges of marks (M).",
  WEIGHT_2: "Ranges of code points that are one token of weight 2 each: Han, Hangul.",
  WEIGHT_1: "Ranges of code points that are one token of weight 1 each: kana, Thai, Lao, Khmer, Myanmar.",
  LOOKALIKES: "Letters and digits that look like a lesser one or are its other case: code point, least of the class.",
  COMBINING_CLASSES: "Canonical combining classes other than 0: code point, class.",
  DECOMPOSITIONS: "Full compatibility decompositions: code point, then its code points.",
  COMPOSITIONS: "Primary composites: first code point, second, composite.",
};

/** The whole source file. */
export async function generate() {
  const digest = createHash("sha256");
  const lines = ["// Generated by scripts/unicode.mjs from Unicode 15.0. Do not edit."];
  for (const [name, value] of Object.entries(await tables())) {
    digest.update(`${name}\n${value}\n`);
    lines.push("", `/** ${DOCS[name]} */`, `export const ${name} = [`);
    for (let at = 0; at < value.length; at += 116) lines.push(`  ${JSON.stringify(value.slice(at, at + 116))},`);
    lines.push('].join("");');
  }
  lines.push("", '/** SHA-256 over "name LF table LF" of the tables above, in their order. Genesis carries it. */');
  lines.push(`export const UNICODE_TABLES_HASH = "${digest.digest("hex")}";`, "");
  return lines.join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const source = await generate();
  if (!process.argv.includes("--check")) writeFileSync(file, source);
  else if (readFileSync(file, "utf8") !== source) {
    process.stderr.write(
      "proto/unicode/tables.ts is not what scripts/unicode.mjs writes; run it and commit the result\n",
    );
    process.exitCode = 1;
  }
}
