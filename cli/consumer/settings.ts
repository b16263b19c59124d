import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { parseAmount } from "#proto/amount.js";
import type { Caps, Deposits, Marking, Policy } from "#proto/client/consumer/index.js";
import { checkMarking, DEFAULT_MARKING } from "#proto/exchange/http-request.js";
import { NAMED_DATANETS_MAX } from "#proto/attribution/rule/receipt.js";
import { rejectionText } from "#proto/rejection.js";
import { parseBaseAmount } from "../coins.js";
import { CliFault, usage } from "../fault.js";
import { flagName, opt, readU64, section, type Option, type Values } from "../option.js";
import type { ChainTerms, World } from "../world.js";
import type { ProviderRules } from "./providers.js";

/** A name by which applications ask, and what it stands for. */
export interface ModelName {
  readonly name: string;
  readonly versionId: bigint;
  /** By which providers know it. */
  readonly served: string;
}

const texts = (help: string, placeholder: string) => opt.list(help, placeholder, (text) => text);
const maybe = (help: string): Option<boolean | undefined> => ({ ...opt.flag(help), fallback: undefined });

/** What the owner allows: flags, each also a line of the policy file. */
export const policyOptions = section("Policy", {
  model: texts(
    "A name that applications ask for, its version on the chain, and the provider's name for it; may be repeated.",
    "name=version[:name]",
  ),
  provider: texts("Address of a provider that may be asked (default: every one); may be repeated.", "address"),
  requestMax: opt.text("The most that one answer may cost (default 1trib).", "coin"),
  dayMax: opt.text("The most that a day of UTC may cost (default 20trib).", "coin"),
  versionMax: texts("The most that a version may cost a day; may be repeated.", "version=coin"),
  deposit: opt.text("Deposit of a new channel, and each addition to it (default 10trib).", "coin"),
  least: opt.text("A channel with less for further answers gets an addition (default 2trib).", "coin"),
  answerTokens: opt.integer("Tokens paid for where the application names no limit (default 1024).", 1, 65_536),
  addedTokens: opt.integer("Tokens of passages that a provider may add, at most (default 2048).", 0, 65_536),
  role: texts("Role whose messages come from sources (default developer, system, tool); may be repeated.", "role"),
  delimiter: texts(
    "Text between two marks comes from a source; {datanet} is a number; may be repeated.",
    "open...close",
  ),
  datanet: texts("Datanet that may be paid for context beside the version's own; may be repeated.", "id"),
  openAll: maybe("Ask for every receipt to be opened, as far as the chain's bound goes."),
  allowPrivate: maybe("Ask providers at private addresses and over http too: for development."),
});

type PolicyValues = Values<typeof policyOptions>;

/** What the owner allows, read. */
export interface Settings {
  readonly models: readonly ModelName[];
  readonly rules: ProviderRules;
  readonly policy: Policy;
  readonly caps: Caps;
  readonly deposits: Deposits;
}

const FILE_MAX = 1_000_000;
const NAME = /^[!-~]{1,256}$/;

/** Flags win over the policy file, which wins over the defaults. @throws CliFault(usage) with the name of what is wrong */
export function settingsOf(values: PolicyValues, file: string | undefined, world: World): Settings {
  const given = merged(values, file === undefined ? {} : readPolicyFile(file));
  const { terms } = world;
  const coin = (name: "requestMax" | "dayMax" | "deposit" | "least", fallback: string): bigint =>
    named(name, () => parseBaseAmount(given[name] ?? fallback.replace("trib", terms.displayDenom), terms));
  const deposits = { deposit: coin("deposit", "10trib"), least: coin("least", "2trib") };
  if (deposits.least >= deposits.deposit) {
    throw usage("--least must be below --deposit", "it is when an addition is made");
  }
  const policy: Policy = {
    requestMax: coin("requestMax", "1trib"),
    answerTokens: given.answerTokens ?? 1_024,
    addedTokens: given.addedTokens ?? 2_048,
    marking: markingOf(given),
    datanets: datanetsOf(given.datanet),
    openAll: given.openAll ?? false,
  };
  return {
    models: modelsOf(given.model),
    rules: { allowed: given.provider, allowsPrivate: given.allowPrivate ?? false },
    ...{ policy, deposits },
    caps: { day: coin("dayMax", "20trib"), versions: versionCaps(given.versionMax, terms) },
  };
}

function merged(values: PolicyValues, file: Partial<PolicyValues>): PolicyValues {
  const entries = Object.keys(policyOptions).map((key) => {
    const name = key as keyof PolicyValues;
    const flag = values[name];
    const isGiven = Array.isArray(flag) ? flag.length > 0 : flag !== undefined;
    return [name, isGiven ? flag : (file[name] ?? flag)];
  });
  return Object.fromEntries(entries) as PolicyValues;
}

/** A TOML file with the names of the flags. @throws CliFault for another line, and for a value of another kind */
export function readPolicyFile(path: string): Partial<PolicyValues> {
  const byName = new Map(Object.entries(policyOptions).map(([key, option]) => [flagName(key), { key, option }]));
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(tomlOf(path))) {
    const found = byName.get(name);
    if (found === undefined) throw policyFault(path, `${name} is no setting`, [...byName.keys()].join(", "));
    const { key, option } = found;
    const items = Array.isArray(value) ? value : [value];
    if (Array.isArray(value) !== (option.list === true)) {
      throw policyFault(
        path,
        `${name} is ${option.list === true ? "a list" : "one value"}`,
        `tribd consumer --help says more`,
      );
    }
    const read = items.map((item) => named(key, () => (option as Option<unknown>).read(String(item))));
    out[key] = option.list === true ? read : read[0];
  }
  return out as Partial<PolicyValues>;
}

function tomlOf(path: string): Readonly<Record<string, unknown>> {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > FILE_MAX) throw policyFault(path, "it is too large", `at most ${FILE_MAX} characters`);
    return parse(text);
  } catch (cause) {
    if (cause instanceof CliFault || !(cause instanceof Error)) throw cause;
    throw policyFault(
      path,
      cause.message.split("\n")[0] ?? "it cannot be read",
      'lines like request-max = "1trib"',
      cause,
    );
  }
}

function policyFault(path: string, why: string, fix: string, cause?: unknown): CliFault {
  return new CliFault("policy", `the policy file ${path}: ${why}`, { fix, cause });
}

/** Adds the flag's name to what is wrong with its value. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CliFault)) throw error;
    const fix = error.fix === undefined ? {} : { fix: error.fix };
    throw new CliFault(error.code, `--${flagName(name)}: ${error.message}`, { exit: error.exit, ...fix });
  }
}

function modelsOf(list: readonly string[]): ModelName[] {
  const models = list.map((text) => {
    const [, name = "", version = "", served = name] = /^([^=]+)=([0-9]+)(?::(.+))?$/.exec(text) ?? [];
    const versionId = parseAmount(version);
    if (!NAME.test(name) || !NAME.test(served) || versionId === undefined || versionId === 0n) {
      throw usage(`--model "${text}" is not a name with a version`, "like valley=3, or valley=3:their-name");
    }
    return { name, versionId, served };
  });
  const twice = models.find(({ name }, i) => models.findIndex((one) => one.name === name) !== i);
  if (twice !== undefined) throw usage(`--model ${twice.name} is given twice`);
  return models;
}

function versionCaps(list: readonly string[], terms: ChainTerms): Map<bigint, bigint> {
  return new Map(
    list.map((text) => {
      const [version = "", coin = ""] = text.split("=");
      return named("versionMax", () => [readU64(version), parseBaseAmount(coin, terms)]);
    }),
  );
}

function datanetsOf(list: readonly string[]): bigint[] {
  const ids = [...new Set(list.map((text) => named("datanet", () => readU64(text))))];
  if (ids.length > NAMED_DATANETS_MAX) throw usage(`--datanet: at most ${NAMED_DATANETS_MAX}`);
  return ids.sort((a, b) => (a < b ? -1 : 1));
}

function markingOf({ role, delimiter }: PolicyValues): Marking {
  const roles = role.length === 0 ? DEFAULT_MARKING.roles : [...new Set(role)].sort((a, b) => (a < b ? -1 : 1));
  const delimiters = delimiter.map((text) => {
    const at = text.indexOf("...");
    if (at < 0) throw usage(`--delimiter "${text}" has no "..." between its two ends`, "like <source>...</source>");
    return { open: text.slice(0, at), close: text.slice(at + 3) };
  });
  const marking: Marking = { roles: [...roles], delimiters };
  const wrong = checkMarking(marking);
  if (wrong !== undefined) throw usage(`--role and --delimiter: ${rejectionText(wrong)}`);
  return marking;
}
