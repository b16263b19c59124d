import { usage } from "./fault.js";

/**
 * One flag or positional argument: how it is read, what it is called, what help says. `T` contains undefined where it
 * may be left out. Precedence of values: flag, then TRIBD_<FLAG> in the environment, then client.toml, then default.
 */
export interface Option<T> {
  readonly help: string;
  /** Empty for switches, which take no value. */
  readonly placeholder: string;
  readonly short?: string;
  readonly section?: string;
  readonly fallback?: T;
  /** The default as help shows it, where it is not the value's own text. */
  readonly shown?: string;
  readonly required?: boolean;
  /** May be given several times; the values are collected. */
  readonly list?: boolean;
  /** Name in client.toml that stands in when neither flag nor environment has it. */
  readonly setting?: string;
  /** @throws CliFault(usage) naming what is wrong; the caller adds the name of the flag */
  read(text: string): unknown;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- A table of options of many types.
export type Options = { readonly [name: string]: Option<any> };
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

const make = <T>(help: string, placeholder: string, read: (text: string) => T): Option<T | undefined> => ({
  help,
  placeholder,
  read,
});

const SWITCH = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

function readSwitch(text: string): boolean {
  const value = SWITCH.get(text.toLowerCase());
  if (value === undefined) throw usage(`"${text}" is neither true nor false`);
  return value;
}

function readInteger(text: string, min: number, max: number): number {
  if (!/^-?(0|[1-9][0-9]{0,15})$/.test(text)) throw usage(`"${text}" is not a whole number`);
  const value = Number(text);
  if (value < min || value > max) throw usage(`${text} is outside ${min} to ${max}`);
  return value;
}

function readChoice<const C extends readonly string[]>(text: string, choices: C): C[number] {
  if (!choices.includes(text)) throw usage(`"${text}" is not one of ${choices.join(", ")}`);
  return text;
}

const U64_MAX = (1n << 64n) - 1n;

/** An unsigned 64-bit number: heights, ids, sequences. */
export function readU64(text: string): bigint {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) throw usage(`"${text}" is not a whole number`);
  const value = BigInt(text);
  if (value > U64_MAX) throw usage(`${text} is above 2^64-1`);
  return value;
}

/** The kinds of options. Each returns an option that may be left out; `withDefault` and `must` change that. */
export const opt = {
  text: (help: string, placeholder = "text") => make(help, placeholder, (text) => text),
  integer: (help: string, min = 0, max = Number.MAX_SAFE_INTEGER, placeholder = "n") =>
    make(help, placeholder, (text) => readInteger(text, min, max)),
  u64: (help: string, placeholder = "n") => make(help, placeholder, readU64),
  number: (help: string, min: number, max: number, placeholder = "x") =>
    make(help, placeholder, (text) => {
      const value = Number(text);
      if (!/^[0-9]+(\.[0-9]+)?$/.test(text)) throw usage(`"${text}" is not a number`);
      if (value < min || value > max) throw usage(`${text} is outside ${min} to ${max}`);
      return value;
    }),
  choice: <const C extends readonly string[]>(help: string, choices: C) =>
    make<C[number]>(help, choices.join("|"), (text) => readChoice(text, choices)),
  flag: (help: string): Option<boolean> => ({ help, placeholder: "", fallback: false, read: readSwitch }),
  /** Any reader that throws a usage fault. */
  of: <T>(help: string, placeholder: string, read: (text: string) => T) => make(help, placeholder, read),
  list: <T>(help: string, placeholder: string, read: (text: string) => T): Option<readonly T[]> => ({
    help,
    placeholder,
    list: true,
    fallback: [],
    read,
  }),
};

/** @param shown what help says of the default, where it is not the value's own text */
export function withDefault<T>(option: Option<T | undefined>, fallback: T, shown?: string): Option<T> {
  return { ...option, fallback, ...(shown === undefined ? {} : { shown }) } as Option<T>;
}

export function must<T>(option: Option<T | undefined>): Option<T> {
  return { ...option, required: true } as Option<T>;
}

export function short<T>(letter: string, option: Option<T>): Option<T> {
  return { ...option, short: letter };
}

export function fromSetting<T>(setting: string, option: Option<T>): Option<T> {
  return { ...option, setting };
}

/** Puts options under one heading of the help text. */
export function section<O extends Options>(title: string, options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, section: title }]),
  ) as O;
}

/** chainId to chain-id; names with dots or dashes stay. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function environmentName(name: string): string {
  return `TRIBD_${flagName(name).replace(/[-.]/g, "_").toUpperCase()}`;
}
