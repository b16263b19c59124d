import { matching, parseEndpoint, type Setting } from "./kinds.js";
import { isPeerId } from "./peers.js";

/** Where a node waits for its signer: a Unix socket of this machine, or TCP behind a handshake that proves both keys. */
export type SignerAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** `unix:///path/to/socket` or `tcp://host:port`; undefined when it is neither. */
export function parseSignerAddress(text: string): SignerAddress | undefined {
  const path = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: "unix", path };
  const endpoint = text.startsWith("tcp://") ? parseEndpoint(text) : undefined;
  return endpoint === undefined ? undefined : { kind: "tcp", ...endpoint };
}

/** The address that a signer dials: `unix:///path`, or `tcp://<node id>@host:port`. */
export type NodeAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly peer: string };

export function parseNodeAddress(text: string): NodeAddress | undefined {
  const [, peer, rest] = /^tcp:\/\/([^@]+)@(.+)$/.exec(text) ?? [];
  if (peer !== undefined && !isPeerId(peer)) return undefined;
  const address = parseSignerAddress(peer === undefined ? text : `tcp://${rest}`);
  if (address?.kind === "unix") return address;
  return address === undefined || peer === undefined || address.port === 0 ? undefined : { ...address, peer };
}

export const signerAddressSetting = (doc: string): Setting<string> =>
  matching(doc, '"unix:///path", "tcp://host:port" or empty', (value) => parseSignerAddress(value) !== undefined);
