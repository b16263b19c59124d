import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join, relative, sep } from "node:path";
import { utf8, type Bytes } from "#proto/bytes.js";
import { TEXT_BYTES_MAX } from "#proto/attribution/limits.js";
import { TITLE_BYTES_MAX } from "#proto/limits.js";
import { osError } from "#node/runtime/os-error.js";
import { CliFault, notFound, usage } from "../fault.js";
import { notText } from "./not-text.js";

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
  /** In the place of the file's name. */
  readonly title?: string | undefined;
  /** file: each file is one record; lines: each line that is not empty. */
  readonly records: "file" | "lines";
}

export interface FoundFiles {
  /** Named by the person: what is wrong with one of them stops the command. */
  readonly named: readonly string[];
  /** Found below folders: what is wrong with one of them is said, and the others go on. */
  readonly below: readonly string[];
  /** A sentence for each that cannot be read. */
  readonly leftOut: readonly string[];
}

/** Files below the given paths, in the order of their names. Hidden files and folders are left out. */
export function findFiles(paths: readonly string[], choice: FileChoice): FoundFiles {
  const named = paths.filter((path) => !statOf(path).isDirectory());
  const leftOut: string[] = [];
  const below = paths
    .filter((path) => !named.includes(path))
    .flatMap((path) =>
      walk(path, leftOut)
        .filter((file) => wanted(relative(path, file).split(sep).join("/"), choice))
        .sort(byName),
    );
  return { named: [...new Set(named)], below: [...new Set(below)].filter((path) => !named.includes(path)), leftOut };
}

/** Links to files are followed; those to folders are named, since they may lead round in circles. */
function walk(folder: string, leftOut: string[]): string[] {
  const entries = orLeftOut(leftOut, () => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries.flatMap((entry): string[] => {
    if (entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    const kind = orLeftOut(leftOut, () => {
      readableName(entry.name);
      return entry.isSymbolicLink() ? statSync(path) : entry;
    });
    if (kind === undefined) return [];
    if (kind.isFile()) return [path];
    if (kind.isDirectory() && !entry.isSymbolicLink()) return walk(path, leftOut);
    leftOut.push(kind.isDirectory() ? `${path} is a link to a folder: name that folder itself` : `${path} is no file`);
    return [];
  });
}

/** Undefined when the file, and not the program, is at fault: the reason goes on the list. */
export function orLeftOut<T>(leftOut: string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const why = error instanceof CliFault ? error.message : osError(error)?.message;
    if (why === undefined) throw error;
    leftOut.push(why);
    return undefined;
  }
}

export function readContribution(path: string, choice: FileChoice): ContributionFile {
  const { size } = statSync(path);
  if (size > FILE_BYTES_MAX) throw usage(`${path}: ${size} bytes, and at most ${FILE_BYTES_MAX} are read`, "split it");
  const bytes = readFileSync(path);
  const kind = notText(bytes);
  if (kind !== undefined) throw usage(`${path} ${kind}`, "only text in UTF-8 can be fingerprinted: convert it first");
  const records = choice.records === "file" ? [bytes] : lines(bytes);
  const longest = records.reduce((most, { length }) => Math.max(most, length), 0);
  if (longest > TEXT_BYTES_MAX) throw tooLarge(path, longest, choice.records);
  if (records.length === 0 || bytes.length === 0) throw usage(`${path} is empty`);
  const title = choice.title ?? basename(path);
  if (utf8(title).length > TITLE_BYTES_MAX) {
    throw usage(`${path}: a title has at most ${TITLE_BYTES_MAX} bytes: ${title}`, "--title gives another");
  }
  return {
    path,
    title,
    mediaType: MEDIA_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
    records,
  };
}

/** What is read into memory at once, with records by the line. */
const FILE_BYTES_MAX = 1024 * 1024 * 1024;

function tooLarge(path: string, size: number, records: FileChoice["records"]): CliFault {
  return usage(
    `${path}: ${size} bytes in one record, and at most ${TEXT_BYTES_MAX} can be fingerprinted`,
    records === "file" ? "split it, or take each line as a record (--records lines)" : "split it",
  );
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
function readableName(name: string): void {
  if (!name.includes("\uFFFD")) return;
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
