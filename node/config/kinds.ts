/** A kind of setting: how it is written in TOML, read from text (environment, flags) and checked. */
export interface Setting<T> {
  readonly fallback: T;
  /** One line for the file and for docs. */
  readonly doc: string;
  /** Allowed values in words, for error messages and docs. */
  readonly range: string;
  /** The value, or undefined when the parsed TOML value does not fit. */
  check(value: unknown): T | undefined;
  /** Reads the text form of flags and environment into what TOML would give. */
  fromText(text: string): unknown;
}

export function text(fallback: string, doc: string): Setting<string> {
  return {
    fallback,
    doc,
    range: "text",
    check: (value) => (typeof value === "string" ? value : undefined),
    fromText: (raw) => raw,
  };
}

/** Text in one form. An empty text means that no value is set. */
export function matching(doc: string, range: string, fits: (value: string) => boolean): Setting<string> {
  return {
    ...text("", doc),
    range,
    check: (value) => (typeof value === "string" && (value === "" || fits(value)) ? value : undefined),
  };
}

export function choice<const C extends readonly string[]>(
  choices: C,
  fallback: C[number],
  doc: string,
): Setting<C[number]> {
  return {
    fallback,
    doc,
    range: choices.map((item) => `"${item}"`).join(" or "),
    check: (value) => (typeof value === "string" && choices.includes(value) ? value : undefined),
    fromText: (raw) => raw,
  };
}

export function integer(fallback: number, [min, max]: readonly [number, number], doc: string): Setting<number> {
  return {
    fallback,
    doc,
    range: `a whole number, ${min} to ${max}`,
    check: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
    fromText: (raw) => (/^-?[0-9]{1,15}$/.test(raw) ? Number(raw) : raw),
  };
}

export function decimal(fallback: number, [min, max]: readonly [number, number], doc: string): Setting<number> {
  return {
    fallback,
    doc,
    range: `a number, ${min} to ${max}`,
    check: (value) => (typeof value === "number" && value >= min && value <= max ? value : undefined),
    fromText: (raw) => (/^[0-9]+(\.[0-9]+)?$/.test(raw) ? Number(raw) : raw),
  };
}

export function toggle(fallback: boolean, doc: string): Setting<boolean> {
  return {
    fallback,
    doc,
    range: "true or false",
    check: (value) => (typeof value === "boolean" ? value : undefined),
    fromText: (raw) => (raw === "true" || raw === "1" ? true : raw === "false" || raw === "0" ? false : raw),
  };
}

export function list(fallback: readonly string[], doc: string): Setting<readonly string[]> {
  return {
    fallback,
    doc,
    range: 'a list of texts: a,b or ["a","b"]',
    check: (value) => (Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined),
    fromText: (raw) => {
      if (raw.trimStart().startsWith("[")) return parsedJson(raw);
      return raw === "" ? [] : raw.split(",").map((item) => item.trim());
    },
  };
}

/** A text that is no JSON stays as it is, for its setting to refuse. */
function parsedJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

/** `tcp://host:port`, `http://host:port` or `host:port`; empty where the service may be off. */
export function endpoint(fallback: string, doc: string): Setting<string> {
  return {
    fallback,
    doc,
    range: 'an address such as "tcp://127.0.0.1:26657"; empty switches it off',
    check: (value) =>
      typeof value === "string" && (value === "" || parseEndpoint(value) !== undefined) ? value : undefined,
    fromText: (raw) => raw,
  };
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Host and port of a listen or dial address; undefined if the text is not an address. */
export function parseEndpoint(value: string): Endpoint | undefined {
  const match = /^(?:(?:tcp|http|https):\/\/)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]*):([0-9]{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return undefined;
  const host = (match[1] ?? "").replace(/^\[|\]$/g, "");
  return { host: host === "" ? "0.0.0.0" : host, port };
}
