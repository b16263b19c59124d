import { CliFault, usage } from "./fault.js";
import { environmentName, flagName, type Option, type Options } from "./option.js";
import type { Tokens } from "./tokens.js";

export interface Sources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** client.toml, as text by key; a key that the file does not set is absent. */
  readonly settings: Readonly<Record<string, string | undefined>>;
}

type AnyOption = Option<unknown>;

/** Gives each option its value: flag, then environment, then client.toml, then the default. */
export function resolveOptions(options: Options, tokens: Tokens, sources: Sources): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) values[name] = resolve(name, option, tokens, sources);
  return values;
}

function resolve(name: string, option: AnyOption, tokens: Tokens, sources: Sources): unknown {
  const typed = tokens.flags.get(name);
  if (typed !== undefined) {
    return option.list === true ? readList(name, option, typed) : read(`--${flagName(name)}`, option, typed.at(-1)!);
  }
  const variable = environmentName(name);
  const exported = sources.environment[variable];
  if (exported !== undefined && exported !== "") {
    if (option.list === true) return readList(variable, option, exported.split(","));
    return read(variable, option, exported);
  }
  const setting = option.setting === undefined ? undefined : sources.settings[option.setting];
  if (setting !== undefined && setting !== "") return read(`client.toml ${option.setting ?? ""}`, option, setting);
  if (option.required === true) throw usage(`--${flagName(name)} is required: ${option.help}`);
  return option.fallback;
}

function readList(where: string, option: AnyOption, texts: readonly string[]): unknown[] {
  return texts.map((text) => read(where, option, text));
}

function read(where: string, option: AnyOption, text: string): unknown {
  try {
    return option.read(text);
  } catch (error) {
    if (!(error instanceof CliFault)) throw error;
    throw new CliFault(error.code, `${where}: ${error.message}`, {
      exit: error.exit,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
    });
  }
}

/** Positional arguments in the order of the table. @throws CliFault(usage) when one is missing or too many are there */
export function resolveArguments(args: Options, positionals: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, arg] of Object.entries(args)) {
    if (arg.list === true) {
      const rest = positionals.slice(at);
      if (rest.length === 0 && arg.required === true) throw usage(`<${flagName(name)}> is missing: ${arg.help}`);
      values[name] = readList(`<${flagName(name)}>`, arg, rest);
      at = positionals.length;
      continue;
    }
    const text = positionals[at++];
    if (text === undefined) {
      if (arg.required === true) throw usage(`<${flagName(name)}> is missing: ${arg.help}`);
      values[name] = arg.fallback;
    } else values[name] = read(`<${flagName(name)}>`, arg, text);
  }
  const surplus = positionals[at];
  if (surplus !== undefined) throw usage(`unexpected argument "${surplus}"`);
  return values;
}
