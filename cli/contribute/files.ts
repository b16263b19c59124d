import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { utf8, type Bytes } from "#proto/bytes.js";
import { TITLE_BYTES_MAX } from "#proto/limits.js";
import { osError } from "#node/runtime/os-error.js";
import { CliFault, notFound, usage } from "../fault.js";
import { notText } from "./not-text.js";
import { formatNames, formatOfMediaType, formatOfName, formats, type FormatName } from "./records/formats.js";

/** One contribution to be: a file and its records. */
export interface ContributionFile {
  readonly path: string;
  readonly title: string;
  readonly mediaType: string;
  readonly format: FormatName;
  readonly records: readonly Bytes[];
  /** Fields that the text came from, in the order in which a record holds them; empty where a format has none. */
  readonly fields: readonly string[];
  /** Records without text, which are left out. */
  readonly emptyRecords: number;
}

export interface FileChoice {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** In the place of the file's name. */
  readonly title?: string | undefined;
  /** In the place of the ending's. */
  readonly mediaType?: string | undefined;
  /** How files are read; auto: by their ending, else by the media type, else as text. */
  readonly format: FormatName | "auto";
  /** Of a text, file: the whole is one record; lines: each line that is not empty. */
  readonly records: "file" | "lines";
  /** Fields of records that are text, in this order; none: all. */
  readonly field: readonly string[];
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
  const format = formatOf(path, choice);
  const { records, fields, empty } = formats[format].read({
    path,
    bytes,
    fields: choice.field,
    lines: choice.records === "lines",
  });
  if (records.length === 0) throw usage(empty === 0 ? `${path} is empty` : `${path}: none of its records has text`);
  const title = choice.title ?? basename(path);
  if (utf8(title).length > TITLE_BYTES_MAX) {
    throw usage(`${path}: a title has at most ${TITLE_BYTES_MAX} bytes: ${title}`, "--title gives another");
  }
  return { path, title, mediaType: mediaTypeOf(path, choice), format, records, fields, emptyRecords: empty };
}

/** @throws CliFault(usage) for an option that the file's format does not know */
function formatOf(path: string, { format, mediaType = "", records, field }: FileChoice): FormatName {
  const name = format === "auto" ? (formatOfName(path) ?? formatOfMediaType(mediaType) ?? "text") : format;
  if (records === "lines" && name !== "text") {
    throw usage(`${path} is read as ${name}, and --records is for text`, "--format text reads it as text");
  }
  if (field.length > 0 && !formats[name].fields) {
    const known = formatNames.filter((other) => formats[other].fields).join(", ");
    throw usage(
      `${path} is read as ${name}, which has no fields`,
      `--field is for ${known}: --format says which it is`,
    );
  }
  return name;
}

function mediaTypeOf(path: string, { format, mediaType }: FileChoice): string {
  const name = format === "auto" ? formatOfName(path) : format;
  return mediaType ?? (name === undefined ? "application/octet-stream" : formats[name].mediaType);
}

/** Bytes read into memory at once. */
const FILE_BYTES_MAX = 1024 * 1024 * 1024;

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw notFound(`${path} is not there`);
  }
}

/** A name that is not UTF-8 is read with U+FFFD in it; under that name no file can be opened. */
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

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
