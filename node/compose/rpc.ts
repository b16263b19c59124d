import { toHex, type Bytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import type { Genesis } from "#proto/types/genesis.js";
import type { Host } from "#p2p/host.js";
import type { QueryPort } from "../chain/types.js";
import type { Identity } from "../config/identity.js";
import type { Config } from "../config/load.js";
import { explorerPages } from "../explorer/pages.js";
import type { Search } from "../indexer/search.js";
import type { Measures } from "./measure.js";
import type { Node } from "../node.js";
import { rpcPorts } from "./rpc-ports.js";
import { rpcLimits, startRpc, TxDoor, type RpcOptions, type RpcServer } from "../rpc/index.js";
import type { Life } from "../runtime/life.js";
import type { BlockReader } from "../storage/types.js";
import type { Log } from "../telemetry/index.js";
import { VERSION } from "./version.js";
import { listenAddress } from "./endpoint.js";
import { chainConfigOf } from "./settings.js";

export interface RpcParts {
  readonly config: Config;
  readonly genesis: Genesis;
  readonly node: Node;
  readonly blocks: BlockReader;
  readonly queries: QueryPort;
  readonly host: Host;
  readonly search: Search;
  readonly validatorKey: () => Bytes | undefined;
  readonly nodeKey: Identity;
  readonly log: (module: string) => Log;
  readonly measures: Measures;
  readonly life: Life;
}

/**
 * JSON-RPC on its port, REST and the explorer on the one that wallets expect; both answer the same calls.
 * @returns the first; undefined when the RPC is switched off @throws ListenFault
 */
export async function openRpc({
  config,
  genesis,
  node,
  blocks,
  queries,
  host,
  search,
  validatorKey,
  nodeKey,
  log,
  measures,
  life,
}: RpcParts): Promise<RpcServer | undefined> {
  const { config: settings, app } = config;
  const deps = rpcPorts({
    node,
    blocks,
    queries,
    genesis,
    host,
    search,
    progress: { hasFailed: () => life.hasFailed },
    log: log("rpc-server"),
    metrics: measures.rpc,
    identity: {
      chainId: genesis.chainId,
      moniker: settings.moniker === "" ? "tributary" : settings.moniker,
      id: toHex(validatorAddress(nodeKey.publicKey)), // CometBFT's form of a node id: 20 bytes of the key's hash in hex.
      peerId: host.id,
      listenAddress: settings["p2p.laddr"],
      rpcAddress: settings["rpc.laddr"],
      version: VERSION,
      validatorKey,
      addressPrefix: chainConfigOf(genesis).bech32Prefix,
    },
  });
  const limits = {
    connectionsMax: settings["rpc.max_open_connections"],
    bodyBytesMax: settings["rpc.max_body_bytes"],
    batchMax: settings["rpc.max_request_batch_size"],
    socketsMax: settings["rpc.max_subscription_clients"],
    subscriptionsPerSocketMax: settings["rpc.max_subscriptions_per_client"],
    refusedUnitsPerSecond: settings["rpc.max_refused_units_per_second"],
    refusedUnitsPerSecondTotal: settings["rpc.max_refused_units_per_second_total"],
  };
  const door = new TxDoor({ ...rpcLimits, ...limits });
  const open = async (options: RpcOptions): Promise<RpcServer> => {
    const server = await startRpc(deps, options);
    life.opened(options.setting ?? "rpc", () => server.close());
    return server;
  };
  const rpcAddress = listenAddress("rpc.laddr", settings["rpc.laddr"]);
  const restAddress = app["api.enable"] ? listenAddress("api.address", app["api.address"]) : undefined;
  const corsOrigins = settings["rpc.cors_allowed_origins"];
  const rpc = rpcAddress && (await open({ ...rpcAddress, corsOrigins, limits, door }));
  if (restAddress !== undefined) {
    const corsOrigins = app["api.enabled-unsafe-cors"] ? ["*"] : [];
    const connectionsMax = app["api.max-open-connections"];
    const pages = explorerPages();
    await open({ ...restAddress, corsOrigins, limits: { ...limits, connectionsMax }, door, pages });
  }
  return rpc;
}
