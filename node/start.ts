import "./runtime/entry.js";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { toHex } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { blockCodec, blockResultsCodec } from "#proto/types/block.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import { parseChainConfig } from "#state/modules/chain/index.js";
import type { Host } from "#p2p/host.js";
import { createHost } from "#p2p/switch.js";
import { libp2pTransport } from "#p2p/transport/libp2p.js";
import { ConfigFault } from "./config/fault.js";
import { gasPriceMin } from "./config/gas-price.js";
import type { Home } from "./config/home.js";
import { parsePeers, readNodeKey, readValidatorKey, type Identity } from "./config/identity.js";
import { readJsonFile } from "./config/json-file.js";
import { loadConfig, type Config, type Overrides } from "./config/load.js";
import { fingerprintsOf } from "./fingerprints.js";
import { openIndexer, type Indexer } from "./indexer/indexer.js";
import { Node, type NodeSettings } from "./node.js";
import { nodeIdHex, rpcPorts } from "./rpc-ports.js";
import { startRpc, type RpcServer } from "./rpc/http.js";
import { osClock } from "./runtime/clock.js";
import { systemFiles } from "./runtime/files.js";
import { nativesLoaded } from "./runtime/natives.js";
import { openFileSigner, type FileSigner } from "./signer/file-signer.js";
import { osSignerFiles } from "./signer/os-files.js";
import { openChainStore } from "./storage/chain-store.js";
import type { Db } from "./storage/db.js";
import { openLevel } from "./storage/level.js";
import type { ChainStore, Retention } from "./storage/types.js";
import { openWal } from "./storage/wal.js";
import { logs, serveMetrics, type Log, type MetricsServer } from "./telemetry/index.js";
import { measure, type Measures } from "./measure.js";
import { keepSnapshots, type KeeperTerms } from "./snapshot-keeper.js";
import { snapshotPorts } from "./snapshots.js";
import { VERSION } from "./version.js";

type NodeLogs = (module: string) => Log;

/** A node of this machine, running. */
export interface RunningNode {
  readonly node: Node;
  readonly chainId: string;
  readonly rpc: { readonly host: string; readonly port: number };
  readonly addresses: readonly string[];
  /** Resolves when the node cannot go on, with the reason; never for a stop that was asked for. */
  readonly failed: Promise<unknown>;
  /** In the reverse order of the start; what is open is finished. */
  stop(): Promise<void>;
}

const WAIT_FOR_PEERS_MS = 5_000;

/**
 * Starts the node of a home: settings, keys, database, network, RPC.
 * @throws ConfigFault, StorageFault, SignerFault, ChainFault, or the system's error for an address that is taken
 */
export async function startNode(home: Home, overrides: Overrides = {}): Promise<RunningNode> {
  const config = loadConfig(home, overrides);
  const genesis = readGenesis(home);
  const log = logs({
    level: config.config["log_level"],
    format: config.config["log_format"],
    write: (line) => void process.stderr.write(line),
    now: () => Date.now(),
  });
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of started.splice(0).reverse()) await close();
  };
  try {
    const running = await assemble(home, config, genesis, log, started);
    return { ...running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  home: Home,
  config: Config,
  genesis: Genesis,
  log: NodeLogs,
  started: (() => Promise<void>)[],
): Promise<Omit<RunningNode, "stop">> {
  const clock = osClock();
  const settings = settingsOf(config, genesis);
  const nodeKey = readNodeKey(home);
  const validator = readValidatorKey(home);
  const signer: FileSigner = await openFileSigner({
    seed: validator.seed,
    chainId: genesis.chainId,
    statePath: home.validatorState,
    files: osSignerFiles,
  });
  const db = await openLevel(join(home.data, "chain.db"));
  started.push(() => db.close());
  const store = await openChainStore(db, retentionOf(config));
  const wal = await openWal(systemFiles, join(home.data, "cs.wal"));
  started.push(() => wal.close());
  const host = await openHost(config, genesis, nodeKey, log, clock);
  const indexDb = await openLevel(join(home.data, "tx_index.db"));
  started.push(() => indexDb.close());
  const measures = measure(config.config["instrumentation.namespace"], genesis.chainId);
  const late: { indexer?: Indexer } = {};
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<unknown>((resolve) => (fail = resolve));
  const node = await Node.open(
    {
      genesis,
      store,
      wal,
      host,
      signer,
      clock,
      random: { below: (limit) => randomInt(limit) },
      log,
      index: async ({ tip }) => late.indexer?.follow(tip.height),
      onFault(error) {
        log("main").error("the node stops", { error: error instanceof Error ? error.message : String(error) });
        fail(error);
      },
    },
    settings,
  );
  const indexer = (late.indexer = await openSearchIndex(indexDb, store, node, log, measures));
  const rpc = await openRpc({ config, genesis, node, store, host, indexer, validator, nodeKey, log, measures });
  for (const server of rpc) started.push(() => server.close());
  const metricsServer = await openMetrics(config, measures);
  if (metricsServer !== undefined) started.push(() => metricsServer.close());
  measures.watch(node, store, host, validatorAddress(validator.publicKey));
  await node.start();
  started.push(() => node.stop());
  const snapshots = keepSnapshots(snapshotPorts(home, db), snapshotTerms(config), log("snapshots"));
  started.push(() => snapshots.stop());
  node.onCommitted(({ tip }) => snapshots.committed(tip.height));
  const pruning = startPruning(store, clock, log);
  started.push(() => Promise.resolve(pruning.cancel()));
  const [first] = rpc;
  log("main").info("node started", {
    chain_id: genesis.chainId,
    height: node.tip.height.toString(),
    node_id: host.id,
    rpc: `${first!.host}:${first!.port}`,
    natives: Object.entries(nativesLoaded).flatMap(([name, loaded]) => (loaded ? [name] : [])),
  });
  return {
    node,
    chainId: genesis.chainId,
    rpc: { host: first!.host, port: first!.port },
    addresses: host.addresses(),
    failed,
  };
}

/** @throws ConfigFault naming the field */
export function readGenesis(home: Home): Genesis {
  const document = readJsonFile(home.genesis);
  if (document === undefined)
    throw new ConfigFault([`${home.genesis} is missing: copy the chain's genesis file there`]);
  const genesis = parseGenesis(document);
  if (isRejection(genesis)) throw new ConfigFault([`${home.genesis}: ${rejectionText(genesis)}`]);
  return genesis;
}

function settingsOf({ config, app }: Config, genesis: Genesis): NodeSettings {
  const chain = parseChainConfig(genesis.appState["chain"]);
  if (isRejection(chain)) throw new ConfigFault([`genesis: ${rejectionText(chain)}`]);
  const alone = parsePeers(config["p2p.persistent_peers"]).length === 0 && config["p2p.seeds"] === "";
  return {
    timeouts: {
      proposeMs: config["consensus.timeout_propose_ms"],
      proposeDeltaMs: config["consensus.timeout_propose_delta_ms"],
      prevoteMs: config["consensus.timeout_prevote_ms"],
      prevoteDeltaMs: config["consensus.timeout_prevote_delta_ms"],
      precommitMs: config["consensus.timeout_precommit_ms"],
      precommitDeltaMs: config["consensus.timeout_precommit_delta_ms"],
    },
    blockIntervalMs: config["consensus.block_interval_ms"],
    mempool: {
      txsMax: config["mempool.size"],
      bytesMax: config["mempool.max_txs_bytes"],
      seenMax: 2 * config["mempool.size"],
    },
    chain: {
      gasPriceMin: gasPriceMin(app["minimum-gas-prices"], chain.feeDenom),
      fingerprints: (base) => fingerprintsOf(base),
    },
    waitForPeersMs: alone || !config["blocksync.enable"] ? 0 : WAIT_FOR_PEERS_MS,
    doubleSignCheckHeights: BigInt(config["double_sign_check_height"]),
    haltHeight: BigInt(app["halt-height"]),
  };
}

const PRUNING_KEEPS: Readonly<Record<string, bigint>> = { default: 362_880n, nothing: 1n << 62n, everything: 2n };

function retentionOf({ app }: Config): Retention {
  return {
    stateHeights: PRUNING_KEEPS[app.pruning] ?? BigInt(app["pruning-keep-recent"]),
    proofHeights: BigInt(app["proof-window"]),
    blockHeights: BigInt(app["min-retain-blocks"]),
  };
}

function snapshotTerms({ app }: Config): KeeperTerms {
  return { interval: app["state-sync.snapshot-interval"], keepRecent: app["state-sync.snapshot-keep-recent"] };
}

async function openHost(
  config: Config,
  genesis: Genesis,
  key: Identity,
  log: NodeLogs,
  clock: ReturnType<typeof osClock>,
): Promise<Host> {
  const { host, port } = splitEndpoint(config.config["p2p.laddr"]);
  const inbound = config.config["p2p.max_num_inbound_peers"];
  const outbound = config.config["p2p.max_num_outbound_peers"];
  const external = config.config["p2p.external_address"];
  const transport = await libp2pTransport(
    {
      seed: key.seed,
      listen: [multiaddr(host, port)],
      ...(external === "" ? {} : { announce: [externalAddress(external)] }),
      // Nodes of another chain, or of another genesis of the same name, find no common protocol.
      network: `${genesis.chainId}-${toHex(genesis.hash.slice(0, 4))}`,
      peersMax: inbound + outbound,
    },
    { clock, log: log("p2p") },
  );
  const persistentPeers = parsePeers(config.config["p2p.persistent_peers"]).map(
    (peer) => `${multiaddr(peer.host, peer.port)}/p2p/${peer.id}`,
  );
  return createHost(
    { transport, persistentPeers, peersMax: inbound + outbound },
    { clock, random: { below: (limit) => randomInt(limit) }, log: log("p2p") },
  );
}

/** "tcp://127.0.0.1:26656" or ":26660"; no host means all interfaces. */
function splitEndpoint(text: string): { host: string; port: number } {
  const bare = text.replace(/^(tcp|http):\/\//, "");
  const at = bare.lastIndexOf(":");
  const host = bare.slice(0, at);
  return { host: host === "" ? "0.0.0.0" : host, port: Number(bare.slice(at + 1)) };
}

function externalAddress(text: string): string {
  const { host, port } = splitEndpoint(text);
  return multiaddr(host, port);
}

function multiaddr(host: string, port: number): string {
  const bare = host.replace(/^\[|\]$/g, "");
  const kind = bare.includes(":") ? "ip6" : /^[0-9.]+$/.test(bare) ? "ip4" : "dns";
  return `/${kind}/${bare}/tcp/${port}`;
}

function openSearchIndex(db: Db, store: ChainStore, node: Node, log: NodeLogs, measures: Measures): Promise<Indexer> {
  const source = {
    firstHeight: () => store.firstBlock,
    txs(height: bigint) {
      const bytes = store.block(height);
      const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
      return block === undefined || isRejection(block) ? undefined : block.txs;
    },
    results(height: bigint) {
      const bytes = store.results(height);
      const results = bytes === undefined ? undefined : blockResultsCodec.decode(bytes, RESULTS_BYTES_MAX);
      return results === undefined || isRejection(results) ? undefined : results;
    },
  };
  return openIndexer({ db, source, log: log("txindex"), metrics: measures.index }, node.tip.height);
}

const RESULTS_BYTES_MAX = 256 * 1024 * 1024;

interface RpcParts {
  readonly config: Config;
  readonly genesis: Genesis;
  readonly node: Node;
  readonly store: ChainStore;
  readonly host: Host;
  readonly indexer: Indexer;
  readonly validator: Identity;
  readonly nodeKey: Identity;
  readonly log: NodeLogs;
  readonly measures: Measures;
}

/** JSON-RPC on its port, REST on the one that wallets expect; both answer the same things. */
async function openRpc({
  config,
  genesis,
  node,
  store,
  host,
  indexer,
  validator,
  nodeKey,
  log,
  measures,
}: RpcParts): Promise<RpcServer[]> {
  const { config: settings, app } = config;
  const chain = parseChainConfig(genesis.appState["chain"]);
  if (isRejection(chain)) throw new ConfigFault([`genesis: ${rejectionText(chain)}`]);
  const deps = rpcPorts({
    node,
    store,
    genesis,
    host,
    search: indexer.search,
    log: log("rpc-server"),
    metrics: measures.rpc,
    identity: {
      chainId: genesis.chainId,
      moniker: settings.moniker === "" ? "tributary" : settings.moniker,
      id: nodeIdHex(nodeKey.publicKey),
      listenAddress: settings["p2p.laddr"],
      rpcAddress: settings["rpc.laddr"],
      version: VERSION,
      commit: "",
      validatorKey: validator.publicKey,
      addressPrefix: chain.bech32Prefix,
    },
  });
  const limits = {
    connectionsMax: settings["rpc.max_open_connections"],
    bodyBytesMax: settings["rpc.max_body_bytes"],
    batchMax: settings["rpc.max_request_batch_size"],
  };
  const servers = [
    await startRpc(deps, {
      ...splitEndpoint(settings["rpc.laddr"]),
      corsOrigins: settings["rpc.cors_allowed_origins"],
      limits,
    }),
  ];
  if (app["api.enable"]) {
    const corsOrigins = app["api.enabled-unsafe-cors"] ? ["*"] : [];
    const connectionsMax = app["api.max-open-connections"];
    servers.push(
      await startRpc(deps, {
        ...splitEndpoint(app["api.address"]),
        corsOrigins,
        limits: { ...limits, connectionsMax },
      }),
    );
  }
  return servers;
}

async function openMetrics({ config }: Config, measures: Measures): Promise<MetricsServer | undefined> {
  if (!config["instrumentation.prometheus"]) return undefined;
  return serveMetrics(measures.registry, splitEndpoint(config["instrumentation.prometheus_listen_addr"]));
}

const PRUNE_EVERY_MS = 10_000;

/** What retention no longer keeps goes in small writes, one round after the other. */
function startPruning(store: ChainStore, clock: ReturnType<typeof osClock>, log: NodeLogs): { cancel(): void } {
  let timer = clock.after(PRUNE_EVERY_MS, prune);
  let cancelled = false;
  function prune(): void {
    store
      .prune()
      .catch((error: unknown) => log("storage").warn("pruning failed; it is tried again", { error: String(error) }))
      .finally(() => {
        if (!cancelled) timer = clock.after(PRUNE_EVERY_MS, prune);
      });
  }
  return {
    cancel() {
      cancelled = true;
      timer.cancel();
    },
  };
}
