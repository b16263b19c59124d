import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Fault } from "#proto/fault.js";

export type ExplorerFaultCode = "explorer_missing"; // The files of the page are not where the build puts them.

/** The explorer cannot be served; the message says why and what to do. */
export class ExplorerFault extends Fault<ExplorerFaultCode> {}

/** Media types of the files that the build writes. */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
} as const;

/** One file as it is sent. */
export interface Page {
  readonly status: 200;
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The files of the explorer. */
export interface Pages {
  /** Undefined for a path that is not one of them. @param acceptEncoding the header of the request */
  find(path: string, acceptEncoding: string | undefined): Page | undefined;
}

/** Nothing but its own files: no script in the document, no other host, no frame around it, no text made markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const SECURITY = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  vary: "accept-encoding",
} as const;

/** A name with a hash of its content never changes what it names. */
const HASHED = /-[A-Z0-9]{8}\.[a-z]+$/;

const BUILT = join(import.meta.dirname, "web");

/** Reads the built files once; they are under a megabyte and a half. @throws ExplorerFault */
export function explorerPages(folder: string = BUILT): Pages {
  const pages = new Map<string, { readonly plain: Page; readonly gzip: Page | undefined }>();
  for (const name of filesOf(folder)) {
    const type = TYPES[extname(name) as keyof typeof TYPES] as Page["type"] | undefined;
    if (type === undefined) continue;
    const bytes = readFileSync(join(folder, name));
    const gzip = name.endsWith(".html") ? undefined : readFileSync(join(folder, `${name}.gz`));
    const path = name === "index.html" ? "/" : `/${name}`;
    pages.set(path, {
      plain: page(type, name, bytes, {}),
      gzip: gzip && page(type, name, gzip, { "content-encoding": "gzip" }),
    });
  }
  return {
    find(path, acceptEncoding) {
      const found = pages.get(path);
      return (takesGzip(acceptEncoding) ? found?.gzip : undefined) ?? found?.plain;
    },
  };
}

function filesOf(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
    if (names.includes("index.html")) return names;
  } catch (error) {
    throw missing(folder, error);
  }
  throw missing(folder, undefined);
}

function missing(folder: string, cause: unknown): ExplorerFault {
  return new ExplorerFault("explorer_missing", `the page is not in ${folder}: npm run build writes it`, cause);
}

function page(type: Page["type"], name: string, bytes: Uint8Array, headers: Page["headers"]): Page {
  const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
  const cache = HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache";
  return { status: 200, type, bytes, headers: { ...SECURITY, ...headers, etag, "cache-control": cache } };
}

/** RFC 9110, section 12.5.3: a quality of zero is a no. */
function takesGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? "").split(",").some((item) => {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    return coding === "gzip" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
