const GROUP = /^[0-9a-f]{1,4}$/;
const GROUPS = 8;

/** The eight groups of an address in its shortest form (RFC 5952), without dotted decimal; undefined for any other spelling. */
export function ipv6Of(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const shown = [...head!, ...(tail ?? [])];
  if (!shown.every((group) => GROUP.test(group))) return undefined;
  const missing = GROUPS - shown.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  const numbers = [...head!, ...Array<string>(missing).fill("0"), ...(tail ?? [])].map((group) => parseInt(group, 16));
  return shortest(numbers) === text ? numbers : undefined;
}

/** The first of the longest runs of two or more zeros is left out; no group has leading zeros. */
function shortest(groups: readonly number[]): string {
  let [start, length] = [0, 1];
  for (let i = 0; i < GROUPS; i++) {
    let end = i;
    while (end < GROUPS && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return length < 2 ? text(0, GROUPS) : `${text(0, start)}::${text(start + length, GROUPS)}`;
}

/** Blocks within 2000::/3 that are not globally reachable, or lead to IPv4 addresses: their first groups, and bits. */
const SPECIAL: readonly (readonly [start: number, bits: number])[] = [
  [0x2001_0000, 23],
  [0x2001_0db8, 32],
  [0x2002_0000, 16],
  [0x3fff_0000, 20],
];

/** Of global unicast alone (2000::/3). @param groups eight of 16 bits */
export function isPublicIpv6([first, second]: readonly number[]): boolean {
  const value = first! * 0x1_0000 + second!;
  const isGlobal = value >= 0x2000_0000 && value < 0x4000_0000;
  return isGlobal && !SPECIAL.some(([start, bits]) => value >= start && value < start + 2 ** (32 - bits));
}
