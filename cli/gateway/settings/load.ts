import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { parseEndpoint } from "#node/config/kinds.js";
import type { ListenAddress } from "#node/runtime/listen.js";
import { parseBaseAmount } from "../../coins.js";
import { CliFault, usage } from "../../fault.js";
import { flagName, type Option, type Values } from "../../option.js";
import type { World } from "../../world.js";
import type { RedeemPolicy } from "../settle/policy.js";
import type { UpstreamSettings } from "../upstream/upstream.js";
import { checkModels, readModelTables, type ModelSetting } from "./models.js";
import { plainOptions, type gatewayOptions } from "./options.js";

/** All that an operator decides. */
export interface GatewaySettings {
  readonly listen: ListenAddress;
  readonly metricsListen: ListenAddress | undefined;
  readonly upstream: UpstreamSettings;
  readonly models: readonly ModelSetting[];
  /** In base units. */
  readonly credit: bigint;
  readonly redeem: RedeemPolicy;
  readonly parallelMax: number;
  readonly bodyBytesMax: number;
  readonly ageMax: bigint;
  readonly directory: string;
}

type Flags = Values<typeof gatewayOptions>;
type Plain = Values<typeof plainOptions>;

/** Two blocks for the transaction, and one that may be missed. */
const BLOCKS_BEFORE_EPOCH_END = 3n;

/** Settings from flags, and from the file for what has no flag. @throws CliFault(usage) naming the setting and the fix */
export function loadSettings(flags: Flags, world: World): GatewaySettings {
  const file = flags.settings === undefined ? {} : readSettingsFile(flags.settings);
  const { models, ...rest } = file;
  const plain = mergedWith(flags, rest);
  const amount = (text: string | undefined): bigint =>
    parseBaseAmount(text ?? `1${world.terms.displayDenom}`, world.terms);
  const minutes = plain.redeemAge ?? 60;
  return {
    listen: addressOf("listen", plain.listen ?? "127.0.0.1:8550"),
    metricsListen: plain.metricsListen === undefined ? undefined : addressOf("metrics-listen", plain.metricsListen),
    upstream: {
      url: upstreamUrl(plain.upstream),
      key: upstreamKey(plain, world),
      firstByteMs: 1_000 * (plain.firstByte ?? 120),
      betweenMs: 1_000 * (plain.between ?? 60),
    },
    models: checkModels([...flagModels(flags), ...readModelTables(models)]),
    credit: amount(plain.credit),
    redeem: {
      amount: amount(plain.redeemAmount),
      ageMs: 60_000 * minutes,
      blocksBeforeEpochEnd: BLOCKS_BEFORE_EPOCH_END,
    },
    parallelMax: plain.parallel ?? 64,
    bodyBytesMax: plain.bodyBytes ?? 4_000_000,
    ageMax: BigInt(plain.ceilingBlocks ?? 30),
    directory: gatewayDirectory(plain.dir, world),
  };
}

/** The folder of the book. */
export function gatewayDirectory(dir: string | undefined, world: World): string {
  return dir ?? join(world.home.root, "gateway");
}

function readSettingsFile(path: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new CliFault("settings_file", `--settings ${path} cannot be read`, { exit: 7, cause });
  }
  try {
    return parse(text);
  } catch (cause) {
    throw usage(`${path} is not TOML: ${(cause as Error).message.split("\n")[0] ?? ""}`);
  }
}

/** A flag beats the file. Values of the file are read as flags are. */
function mergedWith(flags: Flags, file: Readonly<Record<string, unknown>>): Partial<Plain> {
  const names = Object.keys(plainOptions) as (keyof Plain)[];
  const unknown = Object.keys(file).find((key) => !names.some((name) => flagName(name) === key));
  if (unknown !== undefined) {
    throw usage(`"${unknown}" is no setting`, `settings are ${names.map(flagName).join(", ")}`);
  }
  const out: Record<string, unknown> = {};
  for (const name of names) {
    const [flag, value] = [flags[name], file[flagName(name)]];
    if (flag !== undefined) out[name] = flag;
    else if (value !== undefined) out[name] = readValue(flagName(name), plainOptions[name], value);
  }
  return out as Partial<Plain>;
}

function readValue(name: string, option: Option<unknown>, value: unknown): unknown {
  if (!["string", "number"].includes(typeof value)) {
    throw usage(`${name} in the settings file is neither text nor number`);
  }
  try {
    return option.read(String(value));
  } catch (error) {
    throw error instanceof CliFault ? usage(`${name}: ${error.message}`, error.fix) : error;
  }
}

function flagModels({ model, datanet, texts }: Flags): ModelSetting[] {
  if ((datanet === undefined) !== (texts === undefined)) throw usage("--datanet and --texts are given together");
  const found = datanet === undefined || texts === undefined ? undefined : { ...datanet, folder: texts };
  return (model ?? []).map((each) => ({ ...each, texts: found }));
}

function addressOf(setting: string, text: string): ListenAddress {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) throw usage(`--${setting} ${text} is not an address`, "like 127.0.0.1:8550");
  return { host: endpoint.host, port: endpoint.port, setting: `--${setting}` };
}

function upstreamUrl(text: string | undefined): string {
  const example = "like http://127.0.0.1:8080/v1";
  if (text === undefined) throw usage("--upstream is required: the model's server", example);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw usage(`--upstream ${text} is not a URL`, example);
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw usage("--upstream has a user, a query or a fragment", "the key goes into --upstream-key-file");
  }
  return url.href.replace(/\/+$/, "");
}

function upstreamKey({ upstreamKeyFile, upstreamKeyEnv }: Partial<Plain>, world: World): string | undefined {
  if (upstreamKeyFile !== undefined && upstreamKeyEnv !== undefined) {
    throw usage("--upstream-key-file and --upstream-key-env are given: one of them holds the key");
  }
  const key = upstreamKeyFile === undefined ? keyInEnvironment(upstreamKeyEnv, world) : keyInFile(upstreamKeyFile);
  if (key !== undefined && !/^[!-~]{1,4096}$/.test(key)) {
    throw usage("the key of the model's server has spaces, or is empty");
  }
  return key;
}

function keyInFile(path: string): string {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/)[0] ?? "";
  } catch (cause) {
    throw new CliFault("key_file", `--upstream-key-file ${path} cannot be read`, { exit: 7, cause });
  }
}

function keyInEnvironment(name: string | undefined, { system }: World): string | undefined {
  if (name === undefined) return undefined;
  const key = system.environment[name];
  if (key === undefined) throw usage(`--upstream-key-env ${name}: there is no such variable`);
  return key;
}
