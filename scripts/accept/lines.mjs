// Every command line that help, README and docs show, with where it stands.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { built, root } from "../docs/markdown.mjs";

/** Pages whose shell blocks a reader types. docs/reference/cli.md repeats the examples of help. */
export const pages = [
  "README.md",
  ...["docs", "docs/reference"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md") && name !== "cli.md")
      .map((name) => `${folder}/${name}`),
  ),
];

export async function helpLines() {
  const [{ commandFiles }, { allCommands }] = await Promise.all(["cli/table", "cli/registry"].map(built));
  const commands = await allCommands(commandFiles);
  return commands.flatMap(({ path, example }) =>
    example.map((line) => ({ source: `tribd ${path} --help`, line: `tribd ${line}` })),
  );
}

export function pageLines(page) {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block]) => block.replace(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.replace(/(^|\s+)# .*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => ({ source: page, line }));
}

/** The programs of a page, whole: each is written to a file and run. */
export function programs(page) {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```(js|python)\n([\s\S]*?)^```/gm)].map(([, language, program], at) => ({
    source: `${page}, program ${at + 1}`,
    ...(language === "js" ? { run: "node", ending: "mjs" } : { run: "python3", ending: "py" }),
    program,
  }));
}

/** The pages whose programs are run from the installed package. */
export const PROGRAM_PAGES = ["docs/consumer.md", "proto/client/README.md"];
