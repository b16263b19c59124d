import type { ExitCode } from "./exit.js";
import type { Options, Values } from "./option.js";
import type { World } from "./world.js";

/** One command: help, completion and docs are made from this record; `run` gets its world. */
export interface Command<A extends Options = Options, O extends Options = Options> {
  /** The words a person types, as "tx bank send". */
  readonly path: string;
  /** One sentence, without an example. */
  readonly summary: string;
  /** Further paragraphs for --help. */
  readonly details?: string;
  /** Positional arguments in order; only the last may be a list. */
  readonly args?: A;
  readonly options?: O;
  /** Command lines without the program's name; help shows them first. */
  readonly example: readonly string[];
  /** @returns the exit code; undefined is EXIT.ok */
  run(values: Values<A> & Values<O>, world: World): Promise<ExitCode | undefined>;
}

type NoOptions = Readonly<Record<never, never>>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- The table holds commands of all types.
export type AnyCommand = Command<any, any>;

/** Infers the types of arguments and options for `run`. */
export function command<const A extends Options = NoOptions, const O extends Options = NoOptions>(
  record: Command<A, O>,
): Command<A, O> {
  return record;
}
