import { usage } from "../../fault.js";
import { readU64 } from "../../option.js";

/** A folder of texts of a release, in which passages are found. */
export interface TextsSetting {
  readonly datanetId: bigint;
  /** 0: the latest release. */
  readonly release: number;
  readonly folder: string;
}

/** A model as its operator names it. */
export interface ModelSetting {
  readonly name: string;
  readonly versionId: bigint;
  /** By which the model's server knows it. */
  readonly upstream: string;
  readonly texts: TextsSetting | undefined;
}

const MODELS_MAX = 64;
const NAME = /^[!-~]{1,256}$/;

/** "name=version" or "name=version:upstream", as the flag is written. @throws CliFault(usage) */
export function readModel(text: string): Omit<ModelSetting, "texts"> {
  const [, name = "", version = "", upstream] = /^([^=]+)=([0-9]+)(?::(.+))?$/.exec(text) ?? [];
  if (name === "") throw usage(`"${text}" is not name=version`, "like llama=3, or llama=3:llama-3.1-8b");
  return checked({ name, versionId: readU64(version), upstream: upstream ?? name });
}

/** "4" or "4/2": a datanet, or one of its releases. @throws CliFault(usage) */
export function readRelease(text: string): Pick<TextsSetting, "datanetId" | "release"> {
  const [, datanet = "", release = "0"] = /^([1-9][0-9]{0,18})(?:\/([1-9][0-9]{0,8}))?$/.exec(text) ?? [];
  if (datanet === "") throw usage(`"${text}" is not a datanet or a release of one`, "like 4, or 4/2");
  return { datanetId: BigInt(datanet), release: Number(release) };
}

function checked<T extends { readonly name: string; readonly upstream: string }>(model: T): T {
  for (const name of [model.name, model.upstream]) {
    if (!NAME.test(name)) throw usage(`model "${name}" has no name of 1 to 256 characters without spaces`);
  }
  return model;
}

const KEYS: readonly string[] = ["name", "version", "upstream", "datanet", "texts"];

/** The tables [[models]] of a settings file. @throws CliFault(usage) */
export function readModelTables(value: unknown): ModelSetting[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw usage("models is not a list of tables", "[[models]] begins each");
  return value.map((table: unknown, i) => readTable(table, `models[${i}]`));
}

function readTable(table: unknown, field: string): ModelSetting {
  if (typeof table !== "object" || table === null) throw usage(`${field} is not a table`);
  const unknown = Object.keys(table).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw usage(`${field}.${unknown} is no setting`, `a model has ${KEYS.join(", ")}`);
  const { name, version, upstream = name, datanet, texts } = table as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || typeof upstream !== "string") throw usage(`${field}.name is not a text`);
  if (!["number", "string"].includes(typeof version)) throw usage(`${field}.version is not a number`);
  const model = checked({ name, versionId: readU64(String(version)), upstream });
  return { ...model, texts: readTexts(datanet, texts, field) };
}

function readTexts(datanet: unknown, texts: unknown, field: string): TextsSetting | undefined {
  if (datanet === undefined && texts === undefined) return undefined;
  if (typeof texts !== "string") throw usage(`${field}.texts is not a folder`, "datanet and texts are given together");
  return { ...readRelease(String(datanet ?? "")), folder: texts };
}

/** Models of which each has its own name. @throws CliFault(usage) */
export function checkModels(models: readonly ModelSetting[]): readonly ModelSetting[] {
  if (models.length === 0) throw usage("no model is given", "--model name=version, or [[models]] in the settings file");
  if (models.length > MODELS_MAX) throw usage(`${models.length} models are given; at most ${MODELS_MAX} are served`);
  const names = new Set<string>();
  for (const { name } of models) {
    if (names.has(name)) throw usage(`the model ${name} is given twice`);
    names.add(name);
  }
  return models;
}
