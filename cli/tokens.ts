import { usage } from "./fault.js";
import { flagName, type Options } from "./option.js";
import { habitOf } from "./habits.js";
import { closest } from "./suggest.js";

/** The typed words before interpretation: texts by option name (as in the table) and positionals in order. */
export interface Tokens {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** Underscores are dashes in flag names: Cosmos operators type --log_level. Dots stay: --rpc.laddr. */
const canonical = (flag: string): string => flag.replaceAll("_", "-");

/**
 * Splits a command line by a table of options: `--name value`, `--name=value`, `--switch`, `--no-switch`, `-o value`,
 * `-ojson`, `-yq`, and `--` which ends the flags.
 * @param path of the command, for flags that other chains have
 * @throws CliFault(usage) for an unknown flag or a missing value
 */
export function tokenize(argv: readonly string[], options: Options, path = ""): Tokens {
  const byFlag = new Map<string, string>();
  const byShort = new Map<string, string>();
  for (const [name, option] of Object.entries(options)) {
    byFlag.set(canonical(flagName(name)), name);
    if (option.short !== undefined) byShort.set(option.short, name);
  }
  const flags = new Map<string, string[]>();
  const positionals: string[] = [];
  const add = (name: string, text: string): void => {
    const list = flags.get(name);
    if (list === undefined) flags.set(name, [text]);
    else list.push(text);
  };
  const takesValue = (name: string): boolean => options[name]?.placeholder !== "";

  for (let at = 0; at < argv.length; at++) {
    const token = argv[at]!;
    const valueOf = (flag: string): string => {
      const value = argv[++at];
      if (value === undefined) throw usage(`${flag} needs a value`);
      return value;
    };
    if (token === "--") {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    if (token.startsWith("--")) {
      const equals = token.indexOf("=");
      const flag = canonical(token.slice(2, equals < 0 ? undefined : equals));
      const name = byFlag.get(flag);
      if (name !== undefined) {
        if (equals >= 0) add(name, token.slice(equals + 1));
        else add(name, takesValue(name) ? valueOf(`--${flag}`) : "true");
        continue;
      }
      const negated = flag.startsWith("no-") ? byFlag.get(flag.slice(3)) : undefined;
      if (negated === undefined || takesValue(negated)) throw unknownFlag(`--${flag}`, [...byFlag.keys()], path);
      add(negated, "false");
    } else if (token.startsWith("-") && token.length > 1 && !/^-[0-9]/.test(token)) {
      for (let i = 1; i < token.length; i++) {
        const name = byShort.get(token[i]!);
        if (name === undefined) throw unknownFlag(`-${token[i]!}`, [], path);
        if (!takesValue(name)) {
          add(name, "true");
          continue;
        }
        const attached = token.slice(i + 1).replace(/^=/, "");
        add(name, attached !== "" ? attached : valueOf(`-${token[i]!}`));
        break;
      }
    } else positionals.push(token);
  }
  return { flags, positionals };
}

function unknownFlag(flag: string, known: readonly string[], path: string) {
  const habit = habitOf(`${path} ${flag}`);
  if (habit !== undefined && "says" in habit) return usage(`unknown flag ${flag}`, habit.says);
  const guess = closest(flag.replace(/^-+/, ""), known);
  return usage(`unknown flag ${flag}`, guess === undefined ? undefined : `did you mean --${guess}?`);
}
