// Collects two unrelated sources of each language from the manual pages of a Debian machine: those of one project each. Usage:
//   node scripts/eval/languages.mjs > test/eval/data/languages.jsonl && gzip -9n test/eval/data/languages.jsonl
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const MANUAL = "/usr/share/man";
const BYTES = { least: 12_000, most: 40_000 };

/** Projects whose pages are translated most, in order of preference, with the packages that hold them. */
const projects = [
  { source: "man-db", licence: "GPL-2.0-or-later", packages: ["man-db"] },
  { source: "xz", licence: "LicenseRef-public-domain", packages: ["xz-utils"] },
  { source: "apt", licence: "GPL-2.0-or-later", packages: ["apt"] },
  { source: "procps", licence: "GPL-2.0-or-later", packages: ["procps"] },
  { source: "dpkg", licence: "GPL-2.0-or-later", packages: ["dpkg"] },
  { source: "shadow", licence: "BSD-3-Clause", packages: ["passwd", "login"] },
];
const languages = [
  "en",
  "de",
  "es",
  "fr",
  "it",
  "ja",
  "ko",
  "nl",
  "pl",
  "pt_BR",
  "ro",
  "ru",
  "sv",
  "tr",
  "uk",
  "zh_CN",
];

/** Lines of a translation without a letter of its script were not translated. */
const scripts = {
  ja: /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u,
  ko: /\p{sc=Hang}/u,
  ru: /\p{sc=Cyrl}/u,
  uk: /\p{sc=Cyrl}/u,
  zh_CN: /\p{sc=Han}/u,
};

/** Macros whose words a reader sees. */
const SHOWN = /^\.(SH|SS|TP|B|I|BR|BI|RB|RI|IR|IB|IP|Nm|Nd|Sh)\b/;

/** The words of a page without its roff. */
function wordsOf(roff) {
  return roff
    .split("\n")
    .filter((line) => !line.startsWith(".") || SHOWN.test(line))
    .filter((line) => !line.startsWith("'"))
    .map((line) => line.replace(/^\.[A-Za-z]+ ?/, ""))
    .join("\n")
    .replace(/\\f(\[[^\]]*\]|\(..|.)/g, "")
    .replace(/\\m\[[^\]]*\]/g, "")
    .replace(/\\\((lq|rq|aq|cq|oq|dq|Fo|Fc|bu|co|em|en)/g, " ")
    .replace(/\\\[[^\]]*\]|\\s[-+]?\d|\\[&|^/,:%]/g, "")
    .replace(/\\-/g, "-")
    .replace(/\\./g, " ")
    .replace(/[ \t]+/g, " ");
}

const filesOf = new Map();
for (const { packages } of projects) {
  for (const name of packages) {
    try {
      filesOf.set(name, execFileSync("dpkg", ["-L", name], { encoding: "utf8" }).split("\n"));
    } catch {
      filesOf.set(name, []); // Not installed on this machine.
    }
  }
}

function textOf(language, packages) {
  const folder = language === "en" ? `${MANUAL}/man` : `${MANUAL}/${language}/man`;
  const pages = packages
    .flatMap((name) => filesOf.get(name))
    .filter((path) => path.startsWith(folder) && path.endsWith(".gz") && existsSync(path) && statSync(path).size > 200);
  let text = "";
  for (const path of pages) {
    const lines = wordsOf(gunzipSync(readFileSync(path)).toString("utf8")).split("\n");
    const words = lines.filter((line) => scripts[language]?.test(line) ?? true).join("\n");
    if (Buffer.byteLength(text) + Buffer.byteLength(words) <= BYTES.most) text += `${words}\n`;
  }
  return text;
}

for (const language of languages) {
  const sources = projects
    .map(({ source, licence, packages }) => ({ language, source, licence, text: textOf(language, packages) }))
    .filter(({ text }) => Buffer.byteLength(text) >= BYTES.least);
  if (sources.length >= 2) for (const line of sources.slice(0, 2)) process.stdout.write(`${JSON.stringify(line)}\n`);
}
