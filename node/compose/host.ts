import { randomInt } from "node:crypto";
import { join } from "node:path";
import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import type { Genesis } from "#proto/types/genesis.js";
import type { Host } from "#p2p/host.js";
import { Switch } from "#p2p/switch/switch.js";
import { createLibp2pTransport } from "#p2p/transport/libp2p/transport.js";
import type { Identity } from "../config/identity.js";
import { parsePeerIds, parsePeers } from "../config/peers.js";
import type { Home } from "../config/home.js";
import type { Config } from "../config/load.js";
import type { Clock } from "../drive/deps.js";
import { systemFiles } from "../runtime/files.js";
import type { Log } from "../telemetry/index.js";
import type { Transport } from "#p2p/transport/transport.js";
import { parseEndpoint } from "../config/kinds.js";
import { listenFault, type ListenAddress } from "../runtime/listen.js";
import { openBansFile } from "./bans-file.js";
import { listenAddress, multiaddr } from "./endpoint.js";

/** Nodes of another chain, or of another genesis of the same name, find no common protocol. */
export const networkOf = (genesis: Genesis): string => `${genesis.chainId}-${toHex(genesis.hash.slice(0, 4))}`;

const CHECKED = "settings are checked when they are read";

/** The network as this home is configured: its addresses, its peers, how many of them. */
export async function openHost(
  home: Home,
  config: Config,
  genesis: Genesis,
  key: Identity,
  log: (module: string) => Log,
  clock: Clock,
): Promise<Host> {
  const address = listenAddress("p2p.laddr", config.config["p2p.laddr"]);
  const inbound = config.config["p2p.max_num_inbound_peers"];
  const outbound = config.config["p2p.max_num_outbound_peers"];
  const external = parseEndpoint(config.config["p2p.external_address"]);
  const persistentPeers = present(parsePeers(config.config["p2p.persistent_peers"]), CHECKED).map(
    (peer) => `${multiaddr(peer)}/p2p/${peer.id}`,
  );
  const transport = await createLibp2pTransport(
    {
      seed: key.seed,
      listen: address === undefined ? [] : [multiaddr(address)],
      ...(external === undefined ? {} : { announce: [multiaddr(external)] }),
      network: networkOf(genesis),
      persistentPeers,
    },
    { clock, log: log("p2p") },
  );
  return new Switch(
    {
      transport: address === undefined ? transport : listening(transport, address),
      persistentPeers,
      unconditionalPeers: present(parsePeerIds(config.config["p2p.unconditional_peer_ids"]), CHECKED),
      peersMax: inbound + outbound,
      bans: await openBansFile(systemFiles, join(home.data, "bans.json"), log("p2p")),
    },
    { clock, random: { below: (limit) => randomInt(limit) }, log: log("p2p") },
  );
}

/** libp2p tells why an address cannot be listened on only in the text of its error. */
function listening(transport: Transport, address: ListenAddress): Transport {
  return {
    ...transport,
    async start(events) {
      try {
        await transport.start(events);
      } catch (error) {
        const code = /\blisten (E[A-Z]+)\b/.exec(String(error))?.[1] ?? (error as { code?: string }).code;
        throw code === undefined ? error : listenFault(address, code, error);
      }
    },
  };
}
