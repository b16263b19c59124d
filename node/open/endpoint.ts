/** "tcp://127.0.0.1:26656" or ":26660"; no host means all interfaces. */
export function splitEndpoint(text: string): { host: string; port: number } {
  const bare = text.replace(/^(tcp|http):\/\//, "");
  const at = bare.lastIndexOf(":");
  const host = bare.slice(0, at);
  return { host: host === "" ? "0.0.0.0" : host, port: Number(bare.slice(at + 1)) };
}

export function externalAddress(text: string): string {
  const { host, port } = splitEndpoint(text);
  return multiaddr(host, port);
}

export function multiaddr(host: string, port: number): string {
  const bare = host.replace(/^\[|\]$/g, "");
  const kind = bare.includes(":") ? "ip6" : /^[0-9.]+$/.test(bare) ? "ip4" : "dns";
  return `/${kind}/${bare}/tcp/${port}`;
}
