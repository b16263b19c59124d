import { readFileSync } from "node:fs";
import { fromHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { toBech32 } from "#proto/crypto/address.js";
import type { Client } from "#proto/client/index.js";
import { connect, type NodeValues } from "../client.js";
import { parseBaseAmount } from "../coins.js";
import { CliFault, usage } from "../fault.js";
import { openKeyring, type KeyringValues } from "../keyring/open.js";
import { resolveAddress } from "../keyring/resolve.js";
import { opt, readU64, type Option } from "../option.js";
import type { World } from "../world.js";
import type { Codes } from "#proto/client/words/codes.js";

/** Options of a command that reading a field may need. */
export type FieldValues = KeyringValues & NodeValues & { readonly offline?: boolean };

/**
 * How a field of a message is typed on a command line. The text is checked while the line is parsed; what needs the world
 * (addresses by key name, coins of this chain, files) becomes a value when the command runs.
 */
export interface FieldKind<V = unknown> {
  readonly option: Option<string | undefined> | Option<readonly string[]> | Option<boolean>;
  value(text: string, world: World, values: FieldValues): V | Promise<V>;
  readonly isList?: boolean;
}

const raw = (help: string, placeholder: string): Option<string | undefined> =>
  opt.of(help, placeholder, (text) => text);

function checkedText<V>(help: string, placeholder: string, read: (text: string) => V): FieldKind<V> {
  const option = opt.of(help, placeholder, (text) => {
    read(text);
    return text;
  });
  return { option, value: (text) => read(text) };
}

const U32_MAX = 2 ** 32 - 1;

function readU32(text: string): number {
  const value = readU64(text);
  if (value > BigInt(U32_MAX)) throw usage(`${text} is above ${U32_MAX}`);
  return Number(value);
}

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$/;

/** A day is its first moment. `Date` takes the 31st of June for the 1st of July: what it reads must read as it was typed. */
function readTime(text: string): bigint {
  const ms = TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 10))) {
    throw usage(`"${text}" is not a day as 2027-06-30, or a moment as 2027-06-30T12:00:00Z`);
  }
  return BigInt(ms);
}

const SLUG = /^[a-z0-9-]{1,64}$/;

/** The id of what has a unique name: digits are an id, a name is looked up at the node. */
function named(help: string, lookUp: (node: Client, slug: string) => Promise<bigint | undefined>): FieldKind<bigint> {
  return {
    option: opt.of(`${help} Its id or its unique name.`, "id|name", (text) => {
      if (!SLUG.test(text)) throw usage(`"${text}" is neither an id nor a unique name`);
      return text;
    }),
    async value(text, world, values) {
      if (/^[0-9]+$/.test(text)) return readU64(text);
      if (values.offline === true) throw usage(`--offline needs an id, not the name "${text}"`);
      const id = await lookUp(connect(values, world), text);
      if (id === undefined) throw new CliFault("bad_answer", `the node's answer does not name "${text}"`);
      return id;
    },
  };
}

export const field = {
  text: (help: string) => checkedText(help, "text", (text) => text),
  id: (help: string) => checkedText(help, "id", readU64),
  datanet: (help: string) =>
    named(help, async (node, slug) => (await node.query("tributary.datanet.v1.Query/Datanet", { slug })).datanet?.id),
  model: (help: string) =>
    named(help, async (node, slug) => (await node.query("tributary.model.v1.Query/Model", { slug })).model?.id),
  /** A switch; it is read when the line is. */
  flag: (help: string): FieldKind<boolean> => ({ option: opt.flag(help), value: (text) => text === "true" }),
  u64: (help: string) => checkedText(help, "n", readU64),
  /** A UTC day or moment, as unix milliseconds. */
  time: (help: string) => checkedText(help, "YYYY-MM-DD[Thh:mm:ssZ]", readTime),
  count: (help: string) => checkedText(help, "n", readU32),
  /** Percent with up to two decimals, as basis points: 12.5 is 1250. */
  percent: (help: string) =>
    checkedText(help, "percent", (text) => {
      const match = /^([0-9]{1,3})(?:\.([0-9]{1,2}))?%?$/.exec(text);
      const points = match === null ? Infinity : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
      if (points > 10_000) throw usage(`"${text}" is not a share from 0 to 100 percent with at most two decimals`);
      return points;
    }),
  code: (help: string, codes: Codes) =>
    checkedText(help, Object.keys(codes).join("|"), (text) => {
      const code = codes[text];
      if (code === undefined) throw usage(`"${text}" is not one of ${Object.keys(codes).join(", ")}`);
      return code;
    }),
  /** 32 bytes in hex, or @file for the SHA-256 of a file. */
  hash: (help: string): FieldKind<Bytes> => ({
    option: raw(`${help} 64 hex digits, or @file for a file's SHA-256.`, "hash|@file"),
    value: hashOf,
  }),
  hex: (help: string) =>
    checkedText(help, "hex", (text): Bytes => {
      const bytes = fromHex(text);
      if (bytes === undefined) throw usage(`"${text}" is not hex`);
      return bytes;
    }),
  address: (help: string): FieldKind<string> => ({
    option: raw(`${help} Address, or name of a key.`, "address"),
    value: (text, world, keyring) =>
      toBech32(world.terms.prefix, resolveAddress(text, openKeyring(keyring, world), world.terms)),
  }),
  /** Decimal text in the base unit, as amounts travel. */
  amount: (help: string): FieldKind<string> => ({
    option: raw(`${help} As 12.5trib, or in base units.`, "amount"),
    value: (text, world) => parseBaseAmount(text, world.terms).toString(),
  }),
  /** As amount, where the message has a number. */
  price: (help: string): FieldKind<bigint> => ({
    option: raw(`${help} As 0.001trib, or in base units.`, "amount"),
    value: (text, world) => parseBaseAmount(text, world.terms),
  }),
};

/** A kind that may be given several times, or comma separated. */
export function listOf<V>(kind: FieldKind<V>): FieldKind<V> {
  const { help, placeholder, read } = kind.option;
  const option = opt.list(`${help} May be repeated.`, placeholder, (text) => {
    for (const part of split(text)) read(part);
    return text;
  });
  return { ...kind, option, isList: true };
}

export function split(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function hashOf(text: string): Bytes {
  if (text.startsWith("@")) return sha256(fileBytes(text.slice(1)));
  const bytes = fromHex(text);
  if (bytes?.length === 32) return bytes;
  throw usage(`"${text}" is not a hash: 64 hex digits, or @file, are needed`);
}

export function fileBytes(path: string): Bytes {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usage(`${path} cannot be read: ${(error as Error).message}`);
  }
}
