import { parse } from "smol-toml";
import { closestName } from "./names.js";
import { ConfigFault } from "./fault.js";
import { parseEndpoint } from "./kinds.js";
import type { Home } from "./home.js";
import { readTextFile } from "./json-file.js";
import { environmentName, fileNames, rows, table, type FileName, type Settings } from "./table.js";

export interface Config {
  readonly config: Settings<"config">;
  readonly app: Settings<"app">;
  readonly client: Settings<"client">;
}

export interface Overrides {
  /** Flags by setting name, as typed. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads and checks the three files; flag beats environment beats file beats default. A missing file is all defaults.
 * @throws ConfigFault listing every problem at once, unknown names included
 */
export function loadConfig(home: Home, overrides: Overrides = {}): Config {
  const problems: string[] = [];
  const read = <F extends FileName>(file: F): Settings<F> =>
    loadFile(file, readTextFile(pathOf(home, file)), overrides, problems);
  const loaded: Config = { config: read("config"), app: read("app"), client: read("client") };
  if (problems.length === 0) checkRelations(loaded, problems);
  if (problems.length > 0) throw new ConfigFault(problems);
  return loaded;
}

export function pathOf(home: Home, file: FileName): string {
  return { config: home.configToml, app: home.appToml, client: home.clientToml }[file];
}

/** The settings of a file, by dotted names. @throws ConfigFault for text that is not TOML */
export function parseSettings(file: FileName, source: string): Map<string, unknown> {
  let parsed: Record<string, unknown>;
  try {
    parsed = parse(source);
  } catch (error) {
    throw new ConfigFault([`${file}.toml is not TOML: ${(error as Error).message.split("\n")[0] ?? ""}`], error);
  }
  const flat = new Map<string, unknown>();
  flatten("", parsed, flat);
  return flat;
}

function flatten(prefix: string, node: Record<string, unknown>, into: Map<string, unknown>): void {
  for (const [key, value] of Object.entries(node)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      flatten(name, value as Record<string, unknown>, into);
    } else into.set(name, value);
  }
}

function loadFile<F extends FileName>(
  file: F,
  source: string | undefined,
  overrides: Overrides,
  problems: string[],
): Settings<F> {
  const given = source === undefined ? new Map<string, unknown>() : parseSettings(file, source);
  const out: Record<string, unknown> = {};
  for (const [name, setting] of rows(file)) {
    const flag = overrides.flags?.[name];
    const exported = overrides.environment?.[environmentName(name)];
    const [where, raw] =
      flag !== undefined
        ? [`--${name}`, setting.fromText(flag)]
        : exported !== undefined && exported !== ""
          ? [environmentName(name), setting.fromText(exported)]
          : [`${file}.toml ${name}`, given.has(name) ? given.get(name) : setting.fallback];
    const value = setting.check(raw);
    if (value === undefined) problems.push(`${where} = ${JSON.stringify(raw)} is not allowed: ${setting.range}`);
    else out[name] = value;
  }
  for (const name of given.keys()) {
    if (!Object.hasOwn(table[file], name)) {
      problems.push(`${file}.toml has an unknown setting ${name}${closestName(name, file)}`);
    }
  }
  return out as Settings<F>;
}

/** Relations between settings that one row cannot see. */
function checkRelations({ config, app }: Config, problems: string[]): void {
  if (app.pruning === "custom" && app["pruning-keep-recent"] < 2) {
    problems.push('app.toml pruning = "custom" needs pruning-keep-recent of at least 2');
  }
  const rpc = parseEndpoint(config["rpc.laddr"]);
  if (rpc !== undefined && rpc.port !== 0 && config["rpc.laddr"] === config["p2p.laddr"]) {
    problems.push("config.toml rpc.laddr and p2p.laddr are the same address");
  }
  if (config.priv_validator_laddr.startsWith("tcp:") && config.priv_validator_peer_id === "") {
    problems.push(
      "config.toml priv_validator_laddr on TCP needs priv_validator_peer_id, the signer that may connect: tribd signer show-id",
    );
  }
}

export { fileNames };
