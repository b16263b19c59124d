import { createHash, timingSafeEqual } from "node:crypto";
import { problem, type Problem } from "#proto/exchange/openai/problem.js";

/** What is checked of a request before anything of it is read. Header names are lower case. */
export interface Asked {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
}

/** Names by which a program on this machine calls it. Another name in Host is a web page that rebound its own name. */
export function hostsOf(host: string, port: number): ReadonlySet<string> {
  const names = ["127.0.0.1", "localhost", "[::1]", host.includes(":") ? `[${host}]` : host];
  return new Set(names.map((name) => `${name}:${port}`));
}

/**
 * Undefined for a request of a program on this machine with the local API key. Any web page can post to 127.0.0.1: its
 * requests have its Origin, or its Host, and never the key.
 */
export function refusalOf(
  { host, origin, authorization }: Asked,
  hosts: ReadonlySet<string>,
  apiKey: string,
): Problem | undefined {
  if (host === undefined || !hosts.has(host)) {
    const fix = `call it by its address: ${[...hosts][0]}`;
    return problem(403, "consumer/foreignHost", `the header Host is not of this machine: ${fix}`);
  }
  if (origin !== undefined) {
    return problem(403, "consumer/foreignOrigin", "web pages may not ask: the header Origin is not served");
  }
  const key = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
  if (isEqual(key, apiKey)) return undefined;
  const fix = "tribd consumer status shows it; set it as the API key of the application";
  return problem(401, "consumer/wrongKey", `the local API key is missing or wrong: ${fix}`);
}

/** Compares digests, so that the time tells nothing. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
