import { hostProblem, isPrivateHost, parseHost } from "./host.js";

/** A problem of an endpoint: the part of its URL, and the rule for that part. */
export interface EndpointProblem {
  readonly part: "length" | "characters" | "scheme" | "userinfo" | "query" | "fragment" | "host" | "port" | "path";
  readonly want: string;
}

/** Characters of an endpoint at most: it stands in the state, in events and in lists of clients. */
export const ENDPOINT_LENGTH_MAX = 256;

const CHARACTERS = /^[!-~]*$/;
const SCHEMES = { "https://": "443", "http://": "80" } as const;
const PORT = /^[1-9][0-9]{0,4}$/;
const SEGMENT = /^[A-Za-z0-9._~-]+$/;

/**
 * Undefined for a URL that a provider may publish: `https://host[:port][/path]` in its one canonical form. So a list of
 * endpoints can be printed anywhere, and two endpoints are the same if their texts are. Neither the text nor this check
 * says where a name leads: a client connects to no private address and follows no redirect.
 * @param allowsPrivate on a development chain: private and loopback hosts, and http to them
 */
export function endpointProblem(url: string, allowsPrivate: boolean): EndpointProblem | undefined {
  if (url.length === 0 || url.length > ENDPOINT_LENGTH_MAX) {
    return { part: "length", want: `1 to ${ENDPOINT_LENGTH_MAX} characters` };
  }
  if (!CHARACTERS.test(url)) return { part: "characters", want: "printable ASCII without spaces" };
  const scheme = (Object.keys(SCHEMES) as (keyof typeof SCHEMES)[]).find((each) => url.startsWith(each));
  if (scheme === undefined) return { part: "scheme", want: "https://" };
  if (url.includes("#")) return { part: "fragment", want: "none" };
  if (url.includes("?")) return { part: "query", want: "none" };
  const rest = url.slice(scheme.length);
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  if (authority.includes("@")) return { part: "userinfo", want: "none" };

  const [name, port] = splitPort(authority);
  const host = parseHost(name);
  if (typeof host === "string") return { part: "host", want: host };
  const isPrivate = isPrivateHost(host);
  if (!allowsPrivate) {
    const want = hostProblem(host);
    if (want !== undefined) return { part: "host", want };
  }
  if (scheme === "http://" && !(allowsPrivate && isPrivate)) return { part: "scheme", want: "https://" };
  if (port !== undefined && (!PORT.test(port) || Number(port) > 65_535 || port === SCHEMES[scheme])) {
    return { part: "port", want: `1 to 65535, without leading zeros; ${SCHEMES[scheme]} is left out` };
  }
  return slash < 0 ? undefined : pathProblem(rest.slice(slash + 1));
}

/** The port is what follows the last colon, outside the brackets of an IPv6 address. */
function splitPort(authority: string): readonly [host: string, port: string | undefined] {
  const end = authority.indexOf("]");
  const colon = authority.indexOf(":", end < 0 ? 0 : end);
  return colon < 0 ? [authority, undefined] : [authority.slice(0, colon), authority.slice(colon + 1)];
}

function pathProblem(path: string): EndpointProblem | undefined {
  const isPlain = path.split("/").every((segment) => SEGMENT.test(segment) && segment !== "." && segment !== "..");
  return isPlain ? undefined : { part: "path", want: 'segments of letters, digits and "-._~", no "/" at the end' };
}
