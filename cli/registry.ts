import type { AnyCommand } from "./command.js";

/** A file of commands, and the words that all their paths begin with. It is loaded when one of them runs or is described. */
export interface CommandFile {
  readonly words: string;
  readonly load: () => Promise<{ readonly default: AnyCommand | readonly AnyCommand[] }>;
}

const commandsOf = async ({ load }: CommandFile): Promise<AnyCommand[]> => [(await load()).default].flat();

/** Whether `path` is `words` or lies below them; everything lies below no words. */
const isBelow = (path: string, words: string): boolean =>
  words === "" || path === words || path.startsWith(`${words} `);

export async function allCommands(files: readonly CommandFile[]): Promise<AnyCommand[]> {
  return (await Promise.all(files.map(commandsOf))).flat();
}

/** The command of exactly this path. */
export async function commandAt(files: readonly CommandFile[], path: string): Promise<AnyCommand | undefined> {
  const near = files.filter(({ words }) => isBelow(path, words));
  return (await allCommands(near)).find((command) => command.path === path);
}

/** The words that can follow `path`, in the order of help. Files of other groups are not loaded. */
export async function wordsAfter(files: readonly CommandFile[], path: string): Promise<string[]> {
  const paths: string[] = [];
  for (const file of files) {
    if (isBelow(path, file.words)) paths.push(...(await commandsOf(file)).map((command) => command.path));
    else if (isBelow(file.words, path)) paths.push(file.words);
  }
  const start = path === "" ? 0 : path.length + 1;
  const words = paths.filter((known) => known !== path && isBelow(known, path));
  return [...new Set(words.map((known) => known.slice(start).split(" ")[0]!))];
}
