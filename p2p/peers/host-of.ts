/**
 * The machine or household behind a multiaddr, for counting: an IPv4 address, the /64 of an IPv6 address (one customer
 * has that many), else the first value. Everything on one machine is one host.
 */
export function hostOf(address: string): string {
  const [, kind = "", value = ""] = address.split("/");
  return kind === "ip6" ? `ip6/${network64(value)}` : `${kind}/${value}`;
}

function network64(ip: string): string {
  const [head = "", tail] = ip.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  while (groups.length + after.length < 8) groups.push("0");
  return [...groups, ...after].slice(0, 4).join(":");
}
