// Small pieces of Markdown, and where the repository is.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** A module of the built tree, by its path without extension. */
export const built = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);

export const source = (path) => readFileSync(join(root, path), "utf8");

/** Paths of the TypeScript below a folder, sorted. */
export function sourcesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts"))
    .sort();
}

export const code = (text) => `\`${text}\``;

/** One line, with nothing that ends a cell early. */
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");

export function table(titles, rows) {
  const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

export const shell = (lines) => ["```sh", ...lines, "```"].join("\n");

/** A page: its title, what it is, and its blocks. */
export const page = (title, ...blocks) => {
  const note = "<!-- Written by `npm run docs` from the tables of the program. A change here is lost. -->";
  return `${[`# ${title}`, note, ...blocks].join("\n\n")}\n`;
};
