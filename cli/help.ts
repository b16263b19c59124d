import type { AnyCommand } from "./command.js";
import { exitMeanings } from "./exit.js";
import { flagName, type Option, type Options } from "./option.js";
import { groups } from "./groups.js";

const PROGRAM = "tribd";

/** The help of one command: examples first, then usage, arguments and flags by section. */
export function commandHelp(record: AnyCommand, globalOptions: Options): string {
  const args: Options = record.args ?? {};
  const options: Options = record.options ?? {};
  const usageArgs = Object.entries(args).map(([name, arg]) => argument(name, arg));
  const blocks = [
    record.summary,
    ...(record.details === undefined ? [] : [record.details]),
    heading(
      "Examples",
      record.example.map((line) => `  ${PROGRAM} ${line}`),
    ),
    heading("Usage", [`  ${[PROGRAM, record.path, ...usageArgs, "[flags]"].join(" ")}`]),
  ];
  if (usageArgs.length > 0) {
    blocks.push(
      heading("Arguments", aligned(Object.entries(args).map(([name, arg]) => [argument(name, arg), arg.help]))),
    );
  }
  for (const [title, entries] of bySection(options)) blocks.push(heading(title, flagLines(entries)));
  blocks.push(heading("Flags of every command", flagLines(Object.entries(globalOptions))));
  return blocks.join("\n\n");
}

/** The help of a group, or of the program where `path` is empty. */
export function groupHelp(
  path: string,
  children: readonly { readonly name: string; readonly summary: string }[],
  full: boolean,
): string {
  const prefix = path === "" ? PROGRAM : `${PROGRAM} ${path}`;
  const blocks = [
    path === "" ? "Tributary: contributions, models and the payouts between them, on one chain." : (groups[path] ?? ""),
  ];
  if (path === "") {
    blocks.push(
      heading("Examples", [
        `  ${PROGRAM} dev                                   a development chain with funded accounts`,
        `  ${PROGRAM} keys add alice                        a key`,
        `  ${PROGRAM} tx bank send alice trib1... 12.5trib  coins`,
        `  ${PROGRAM} query bank balances alice -o json     an answer for a script`,
      ]),
    );
  }
  blocks.push(heading("Commands", aligned(children.map((child) => [child.name, child.summary]))));
  if (path === "" && full) {
    blocks.push(
      heading("Exit codes", aligned(exitMeanings.map(([code, meaning]) => [String(code), meaning]))),
      heading(
        "Environment",
        aligned([
          ["TRIBD_HOME", "the home directory, as --home"],
          ["TRIBD_<FLAG>", "any flag: TRIBD_NODE for --node; a flag beats it, and it beats client.toml"],
          ["NO_COLOR, FORCE_COLOR", "colour off or on"],
        ]),
      ),
    );
  }
  blocks.push(`${prefix} <command> --help explains a command.`);
  return blocks.join("\n\n");
}

function argument(name: string, arg: Option<unknown>): string {
  const inner = `${flagName(name)}${arg.list === true ? "..." : ""}`;
  return arg.required === true ? `<${inner}>` : `[${inner}]`;
}

function bySection(options: Options): Map<string, [string, Option<unknown>][]> {
  const sections = new Map<string, [string, Option<unknown>][]>();
  const inOrder = Object.entries(options) as [string, Option<unknown>][];
  const own = inOrder.filter(([, option]) => option.section === undefined);
  const shared = inOrder.filter(([, option]) => option.section !== undefined);
  for (const entry of [...own, ...shared]) {
    const title = entry[1].section ?? "Flags";
    const list = sections.get(title);
    if (list === undefined) sections.set(title, [entry]);
    else list.push(entry);
  }
  return sections;
}

function flagLines(entries: readonly (readonly [string, Option<unknown>])[]): string[] {
  return aligned(
    entries.map(([name, option]) => {
      const letter = option.short === undefined ? "    " : `-${option.short}, `;
      const value = option.placeholder === "" ? "" : ` <${option.placeholder}>`;
      return [`${letter}--${flagName(name)}${value}`, `${option.help}${suffix(option)}`];
    }),
  );
}

function suffix(option: Option<unknown>): string {
  if (option.required === true) return " (required)";
  const { fallback } = option;
  if (fallback === undefined || fallback === false || (Array.isArray(fallback) && fallback.length === 0)) return "";
  return ` (default ${option.shown ?? String(fallback)})`;
}

function heading(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.join("\n")}`;
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${" ".repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
}
