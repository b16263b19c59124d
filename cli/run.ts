import { findHome, type Home } from "#node/config/home.js";
import { readTextFile } from "#node/config/json-file.js";
import { parseSettings } from "#node/config/load.js";
import { EXIT, type ExitCode } from "./exit.js";
import { table } from "#node/config/table.js";
import { usage } from "./fault.js";
import { commandHelp, groupHelp } from "./help.js";
import { opt, short, type Options } from "./option.js";
import { makeOut, type Format, type Out } from "./output/out.js";
import { noPrompt } from "./prompt.js";
import { report } from "./report.js";
import { groups } from "./groups.js";
import { habitOf } from "./habits.js";
import { commandAt, wordsAfter, type CommandFile } from "./registry.js";
import { closest } from "./suggest.js";
import { tokenize } from "./tokens.js";
import { resolveArguments, resolveOptions, type Sources } from "./values.js";
import type { ChainTerms, System, World } from "./world.js";

/** Flags that every command has. */
export const globalOptions = {
  help: short("h", opt.flag("Show this help.")),
  home: opt.text("Home directory (default ~/.tribd).", "dir"),
  output: short("o", { ...opt.choice("Output format.", ["text", "json"]), setting: "output" }),
  json: opt.flag("The same as -o json."),
  quiet: short("q", opt.flag("Print data only; lists print ids only.")),
  yes: short("y", opt.flag("Answer yes to every question; required without a terminal.")),
  noInput: opt.flag("Never prompt; fail where an answer is needed."),
  logLevel: opt.text('Level of the log: info, or "consensus:debug,*:error".', "level"),
  logFormat: opt.choice("Format of log lines.", ["plain", "json"]),
  logNoColor: opt.flag("No colour in the log."),
  trace: opt.flag("Show the causes of a failure."),
} satisfies Options;

/** Runs one command line. Never throws for what a person did wrong: the message goes to stderr, the code is returned. */
export async function run(argv: readonly string[], files: readonly CommandFile[], system: System): Promise<ExitCode> {
  try {
    return await dispatch(argv, files, system);
  } catch (error) {
    return report(error, system.stderr, argv.includes("--trace"));
  }
}

async function dispatch(argv: readonly string[], files: readonly CommandFile[], system: System): Promise<ExitCode> {
  const typed = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const { path, rest } = await splitWords(typed, files);
  const record = await commandAt(files, path);
  if (record === undefined) return await describe(path, rest, files, system);
  const options: Options = { ...globalOptions, ...(record.options as Options | undefined) };
  if (rest.some((token) => token === "--help" || token === "-h")) {
    system.stdout.write(`${commandHelp(record, globalOptions)}\n`);
    return EXIT.ok;
  }
  const tokens = tokenize(rest, options, path);
  const home = findHome(tokens.flags.get("home")?.at(-1), system.environment);
  const sources: Sources = { environment: system.environment, settings: clientSettings(home) };
  const values = {
    ...resolveOptions(options, tokens, sources),
    ...resolveArguments((record.args as Options | undefined) ?? {}, tokens.positionals),
  };
  return (await record.run(values, makeWorld(values, home, system, sources))) ?? EXIT.ok;
}

/** Leading words that name a command or a group; flags may stand before and between them. */
async function splitWords(
  argv: readonly string[],
  files: readonly CommandFile[],
): Promise<{ path: string; rest: string[] }> {
  let path = "";
  const rest: string[] = [];
  const withValue = new Set(["--home", "--output", "-o", "--log-level", "--log_level", "--log-format", "--log_format"]);
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at]!;
    if (token.startsWith("-") && token !== "--") {
      rest.push(token);
      if (withValue.has(token) && at + 1 < argv.length) rest.push(argv[++at]!);
      else if ((await commandAt(files, path)) !== undefined) return { path, rest: [...rest, ...argv.slice(at + 1)] };
      continue;
    }
    const next = `${path} ${token}`.trimStart();
    const habit = habitOf(next);
    if (habit !== undefined && "says" in habit) throw usage(`tribd has no "${next}"`, habit.says);
    if (habit === undefined && !(await wordsAfter(files, path)).includes(token)) {
      return { path, rest: [...rest, ...argv.slice(at)] };
    }
    path = habit?.means ?? next;
  }
  return { path, rest };
}

/** A group without a command: its help; an unknown word: what was probably meant. */
async function describe(
  path: string,
  rest: readonly string[],
  files: readonly CommandFile[],
  system: System,
): Promise<ExitCode> {
  const prefix = path === "" ? "" : `${path} `;
  const names = await wordsAfter(files, path);
  const unknown = rest.find((token) => !token.startsWith("-"));
  if (rest.includes("--version") && path === "") return await run(["version"], files, system);
  if (unknown !== undefined && unknown !== "help") {
    const guess = closest(unknown, names);
    const help = `tribd ${prefix}--help lists the commands`;
    throw usage(
      `unknown command "${prefix}${unknown}"`,
      guess === undefined ? help : `did you mean "tribd ${prefix}${guess}"?`,
    );
  }
  const children = await Promise.all(
    names.map(async (name) => {
      const own = await commandAt(files, prefix + name);
      return { name, summary: own?.summary ?? groups[prefix + name] ?? "" };
    }),
  );
  const full = unknown === "help" || rest.includes("--help") || rest.includes("-h");
  system.stdout.write(`${groupHelp(path, children, full)}\n`);
  return EXIT.ok;
}

/** client.toml as text by key. A broken file is a fault. */
function clientSettings(home: Home): Record<string, string> {
  const settings: Record<string, string> = {};
  const source = readTextFile(home.clientToml);
  if (source === undefined) return settings;
  for (const [name, value] of parseSettings("client", source)) settings[name] = String(value);
  return settings;
}

/** Options that no command shows but every client needs; TRIBD_DENOM and the like work too. */
export const termOptions = {
  prefix: {
    ...opt.text("Address prefix."),
    setting: "bech32-prefix",
    fallback: table.client["bech32-prefix"].fallback,
  },
  denom: { ...opt.text("Base unit."), setting: "denom", fallback: table.client.denom.fallback },
  displayDenom: {
    ...opt.text("Display unit."),
    setting: "display-denom",
    fallback: table.client["display-denom"].fallback,
  },
  displayExponent: {
    ...opt.integer("Its exponent.", 0, 18),
    setting: "display-exponent",
    fallback: table.client["display-exponent"].fallback,
  },
} satisfies Options;

function makeWorld(values: Record<string, unknown>, home: Home, system: System, sources: Sources): World {
  const flags = values as {
    output?: Format;
    json: boolean;
    quiet: boolean;
    yes: boolean;
    noInput: boolean;
    trace: boolean;
  };
  const out: Out = makeOut(system.stdout, system.stderr, {
    format: flags.json ? "json" : (flags.output ?? "text"),
    quiet: flags.quiet,
    environment: system.environment,
  });
  const prompt = flags.noInput ? noPrompt(system.prompt) : system.prompt;
  const terms = resolveOptions(termOptions, { flags: new Map(), positionals: [] }, sources) as unknown as ChainTerms;
  return { system, home, out, prompt, terms, yes: flags.yes, trace: flags.trace };
}
