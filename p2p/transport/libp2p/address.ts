import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import { P2pFault, type PeerId } from "../../host.js";

/** @throws P2pFault bad_address */
export function parseAddress(address: string): Multiaddr {
  try {
    return multiaddr(address);
  } catch (error) {
    throw new P2pFault("bad_address", `${address} is not a multiaddr: /ip4/<ip>/tcp/<port>/p2p/<peer id>`, error);
  }
}

/** The peer that an address names. @throws P2pFault bad_address */
export function peerOf(address: string): PeerId {
  const name = parseAddress(address)
    .getComponents()
    .findLast((component) => component.name === "p2p")?.value;
  if (name === undefined) throw new P2pFault("bad_address", `${address} names no peer: end it with /p2p/<peer id>`);
  return name;
}
