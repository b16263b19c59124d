import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join, relative, sep } from "node:path";
import type { Bytes } from "#proto/bytes.js";
import { notFound, usage } from "../fault.js";

/** One contribution to be: a file and its records. */
export interface ContributionFile {
  readonly path: string;
  readonly title: string;
  readonly mediaType: string;
  readonly records: readonly Bytes[];
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".md": "text/markdown",
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".jsonl": "application/jsonl",
  ".xml": "application/xml",
};

export interface FileChoice {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** file: each file is one record; lines: each line that is not empty. */
  readonly records: "file" | "lines";
}

/** Files below the given paths, in the order of their names. Hidden files and folders are left out. */
export function findFiles(paths: readonly string[], choice: FileChoice): string[] {
  const found = paths.flatMap((path) => {
    const kind = statOf(path);
    if (!kind.isDirectory()) return [path];
    const below = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, readableName(entry.name)))
      .filter(
        (file) =>
          !relative(path, file)
            .split(sep)
            .some((part) => part.startsWith(".")),
      )
      .sort(byName);
    return below.filter((file) => wanted(relative(path, file).split(sep).join("/"), choice));
  });
  return [...new Set(found)];
}

export function readContribution(path: string, choice: FileChoice): ContributionFile {
  const bytes = readFileSync(path);
  const records = choice.records === "file" ? [bytes] : lines(bytes);
  if (records.length === 0 || bytes.length === 0) throw usage(`${path} is empty`);
  return {
    path,
    title: basename(path),
    mediaType: MEDIA_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
    records,
  };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw notFound(`${path} is not there`);
  }
}

/** What cannot be read as UTF-8 is read with U+FFFD in it: under that name nothing can be opened. */
function readableName(name: string): string {
  if (!name.includes("\uFFFD")) return name;
  throw usage(`the name of the file "${name}" is not UTF-8`, "rename it: convmv -f latin1 -t utf8 --notest <file>");
}

function wanted(name: string, { include, exclude }: FileChoice): boolean {
  const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => glob(pattern).test(name));
  return (include.length === 0 || matches(include)) && !matches(exclude);
}

/** "*" is any text without a slash, "**" with, "?" one character. A pattern without a slash matches the file's name. */
export function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*\/?|\*|\?/g, (wild) => (wild === "?" ? "[^/]" : wild === "*" ? "[^/]*" : ".*"));
  return new RegExp(pattern.includes("/") ? `^${source}$` : `(^|/)${source}$`);
}

function lines(bytes: Uint8Array): Bytes[] {
  const out: Bytes[] = [];
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== 0x0a) continue;
    const end = i > start && bytes[i - 1] === 0x0d ? i - 1 : i;
    if (end > start) out.push(bytes.slice(start, end));
    start = i + 1;
  }
  return out;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
