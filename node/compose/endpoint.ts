import { parseEndpoint, type Endpoint } from "../config/kinds.js";
import type { ListenAddress } from "../runtime/listen.js";

/** The listen address of a setting: "tcp://127.0.0.1:26656", "tcp://[::1]:26656" or ":26660"; undefined: nothing. */
export function listenAddress(
  setting: string,
  text: string,
): (ListenAddress & { readonly setting: string }) | undefined {
  const endpoint = parseEndpoint(text);
  return endpoint === undefined ? undefined : { ...endpoint, setting };
}

export function multiaddr({ host, port }: Endpoint): string {
  const kind = host.includes(":") ? "ip6" : /^[0-9.]+$/.test(host) ? "ip4" : "dns";
  return `/${kind}/${host}/tcp/${port}`;
}
