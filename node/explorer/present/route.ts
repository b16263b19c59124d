/** The pages, by the first word of their address, with the names of the parts that follow. */
export const PAGES = {
  "": [],
  contributors: [],
  contributor: ["address"],
  contribution: ["id"],
  datanets: [],
  datanet: ["id"],
  models: [],
  model: ["id"],
  version: ["id"],
  batches: [],
  batch: ["id"],
  credit: ["batch", "contribution"],
  receipt: ["batch", "voucher", "index"],
  blocks: [],
  block: ["height"],
  transactions: [],
  transaction: ["hash"],
  account: ["address"],
  provider: ["address"],
  validators: [],
  validator: ["address"],
  parameters: [],
  search: ["text"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PageName = keyof typeof PAGES;

/** A page with its parts, as its address names them. */
export interface Place {
  readonly page: PageName;
  readonly parts: readonly string[];
}

/** The place of an address behind "#": undefined for none. */
export function placeOf(hash: string): Place | undefined {
  const [name = "", ...parts] = hash.replace(/^#?\/?/, "").split("/");
  if (!Object.hasOwn(PAGES, name)) return undefined;
  const page = name as PageName;
  const read = parts.filter((part) => part !== "").map(unescaped);
  if (read.length !== PAGES[page].length || read.includes(undefined)) return undefined;
  return { page, parts: read as string[] };
}

/** The address of a page. */
export function linkTo(page: PageName, ...parts: readonly (string | number | bigint)[]): string {
  return ["#", page, ...parts.map((part) => encodeURIComponent(String(part)))].join("/").replace(/\/$/, "") || "#/";
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // The platform throws for escapes that are no UTF-8.
  }
}

/** A number in an address; undefined for anything else. */
export function idOf(text: string): bigint | undefined {
  return /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : undefined;
}
