import { ipv4Of, isPublicIpv4 } from "./ipv4.js";
import { ipv6Of, isPublicIpv6 } from "./ipv6.js";

/** A host of a URL: an address, or a name by its labels. */
export type Host =
  | { readonly kind: "ipv4"; readonly value: number }
  | { readonly kind: "ipv6"; readonly groups: readonly number[] }
  | { readonly kind: "name"; readonly labels: readonly string[] };

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Texts that a browser reads as an IPv4 address: decimal, octal or hexadecimal numbers. */
const NUMBER = /^(0x[0-9a-f]*|[0-9]+)$/;
const NAME_LENGTH_MAX = 253;

/** The host in its canonical form, or what it must be. */
export function parseHost(text: string): Host | string {
  if (text.startsWith("[")) {
    const groups = text.endsWith("]") ? ipv6Of(text.slice(1, -1)) : undefined;
    return groups === undefined ? "an IPv6 address in its shortest form, in brackets" : { kind: "ipv6", groups };
  }
  const labels = text.split(".");
  if (NUMBER.test(labels.at(-1)!)) {
    const value = ipv4Of(text);
    return value === undefined ? "an IPv4 address as four decimal numbers" : { kind: "ipv4", value };
  }
  const isName = text.length <= NAME_LENGTH_MAX && labels.every((label) => LABEL.test(label));
  return isName
    ? { kind: "name", labels }
    : "a name in lower case: letters, digits and hyphens, international ones as xn--";
}

/** Ends of names that no public server has (IANA's special-use names, and ICANN's reservation for private use). */
const PRIVATE_NAMES: readonly (readonly string[])[] = [
  ["localhost"],
  ["local"],
  ["internal"],
  ["home", "arpa"],
  ["test"],
  ["example"],
  ["invalid"],
  ["onion"],
  ["alt"],
];

/** Whether the host is not on the public internet, as far as its text says. */
export function isPrivateHost(host: Host): boolean {
  return hostProblem(host) !== undefined;
}

/** The rule that a host breaks if it is not public, in words; undefined if it is public. */
export function hostProblem(host: Host): string | undefined {
  switch (host.kind) {
    case "ipv4":
      return isPublicIpv4(host.value) ? undefined : "a public address";
    case "ipv6":
      return isPublicIpv6(host.groups) ? undefined : "a public address";
    case "name": {
      const { labels } = host;
      if (labels.length < 2) return "a full name, as api.example.com";
      const isReserved = PRIVATE_NAMES.some((end) => end.every((label, i) => labels.at(i - end.length) === label));
      return isReserved ? "a name of the public internet" : undefined;
    }
  }
}
