const PART = /^(0|[1-9][0-9]{0,2})$/;

/** The 32 bits of an address in dotted decimal, without leading zeros; undefined for any other spelling. */
export function ipv4Of(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => PART.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

/** Blocks that are not globally reachable (IANA's special-purpose registry), with multicast and the reserved rest. */
const SPECIAL: readonly (readonly [start: number, bits: number])[] = (
  [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 3],
  ] as const
).map(([text, bits]) => [ipv4Of(text)!, bits]);

/** @param value of 32 bits */
export function isPublicIpv4(value: number): boolean {
  return !SPECIAL.some(([start, bits]) => value >= start && value < start + 2 ** (32 - bits));
}
