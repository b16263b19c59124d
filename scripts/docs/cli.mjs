// docs/reference/cli.md from the command table.
import { built, code, page, shell, table } from "./markdown.mjs";

const GENERAL = "General";

export async function cli() {
  const [{ commandFiles }, { allCommands }, { groups }, { habits }, { globalOptions }, { exitMeanings }, { flagName }] =
    await Promise.all(
      ["cli/table", "cli/registry", "cli/groups", "cli/habits", "cli/run", "cli/exit", "cli/option"].map(built),
    );
  const commands = await allCommands(commandFiles);

  const flag = ([name, option]) => {
    const value = option.placeholder === "" ? "" : ` <${option.placeholder}>`;
    const letter = option.short === undefined ? "" : `-${option.short}, `;
    return code(`${letter}--${flagName(name)}${value}`);
  };
  const standsFor = ({ required, fallback, shown }) => {
    if (required === true) return "required";
    return fallback === undefined || fallback === false || fallback.length === 0 ? "" : code(shown ?? String(fallback));
  };
  const argument = ([name, option]) => {
    const inner = `${flagName(name)}${option.list === true ? "..." : ""}`;
    return option.required === true ? `<${inner}>` : `[${inner}]`;
  };
  const own = (command) => Object.entries(command.options ?? {}).filter(([, { section }]) => section === undefined);
  const needs = (command) => [
    ...Object.entries(command.args ?? {}).map((entry) => `${code(argument(entry))} ${entry[1].help}`),
    ...own(command).map((entry) => `${flag(entry)} ${entry[1].help}${entry[1].required === true ? " Required." : ""}`),
  ];

  /** Flags that several commands share, by the heading they have in the help. */
  const shared = new Map();
  for (const { path, options = {} } of commands) {
    for (const [name, option] of Object.entries(options)) {
      if (option.section === undefined || path === "start") continue;
      const section = shared.get(option.section) ?? new Map();
      shared.set(option.section, section.set(name, option));
    }
  }
  const sectionsOf = ({ path, options = {} }) => {
    if (path === "start") return ["every setting of [config.md](config.md)"];
    const titles = new Set(Object.values(options).flatMap(({ section }) => section ?? []));
    return [...titles].map((title) => `[${title.toLowerCase()}](#${title.toLowerCase().replaceAll(" ", "-")})`);
  };

  const byGroup = new Map();
  for (const command of commands) {
    const group = command.path.split(" ").slice(0, -1).join(" ") || GENERAL;
    byGroup.set(group, [...(byGroup.get(group) ?? []), command]);
  }
  const blocks = [...byGroup].flatMap(([group, members]) => [
    `## ${group}`,
    ...(groups[group] === undefined ? [] : [groups[group]]),
    shell(members.map(({ example }) => `tribd ${example[0]}`)),
    table(
      ["command", "what it does", "arguments and own flags", "and"],
      members.map((command) => [
        code(command.path),
        command.summary,
        needs(command).join("<br>"),
        sectionsOf(command).join(", "),
      ]),
    ),
  ]);
  const flags = (options) =>
    table(
      ["flag", "what it does", "default"],
      options.map((entry) => [flag(entry), entry[1].help, standsFor(entry[1])]),
    );
  return page(
    "Commands",
    "`tribd --help`, `tribd tx --help` and `tribd tx bank send --help` say the same at the terminal. " +
      "A flag beats `TRIBD_<FLAG>` in the environment, which beats client.toml.",
    ...blocks,
    "## Flags of every command",
    flags(Object.entries(globalOptions)),
    ...[...shared].flatMap(([title, options]) => [`## ${title}`, flags([...options])]),
    "## Words of other chains",
    "What operators of Cosmos chains type by habit, and what tribd does then. Words that have no command here print the sentence.",
    table(
      ["typed", "here"],
      Object.entries(habits).map(([typed, { means, says }]) => [code(typed), means === undefined ? says : code(means)]),
    ),
    "## Exit codes",
    table(["code", "meaning"], exitMeanings),
  );
}
