import "./runtime/entry.js";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import { remoteQueries } from "./chain/remote-queries.js";
import { openRemoteChain } from "./chain/remote.js";
import { ConfigFault } from "./config/fault.js";
import type { Home } from "./config/home.js";
import { readNodeKey } from "./config/identity.js";
import { readJsonFile } from "./config/json-file.js";
import { loadConfig, type Config, type Overrides } from "./config/load.js";
import type { Indexer } from "./indexer/indexer.js";
import type { HaltReached } from "./halt.js";
import { measure, type Measures } from "./measure.js";
import { Node } from "./node.js";
import { splitEndpoint } from "./open/endpoint.js";
import { openHost } from "./open/host.js";
import { remoteSearch } from "./open/remote-search.js";
import { openRpc } from "./open/rpc.js";
import { openSearchIndex } from "./open/search-index.js";
import { chainThreadOf, retentionOf, settingsOf } from "./open/settings.js";
import { openSigner } from "./open/signer.js";
import { startPruning } from "./pruning.js";
import { osClock } from "./runtime/clock.js";
import { systemFiles } from "./runtime/files.js";
import { nativesLoaded } from "./runtime/natives.js";
import { blockReader } from "./storage/chain-reader.js";
import { evidenceFile } from "./storage/evidence-file.js";
import { openLevel } from "./storage/level.js";
import { openWal } from "./storage/wal.js";
import { logs, serveMetrics, type Log, type MetricsServer } from "./telemetry/index.js";
import { keepSnapshots, type KeeperTerms } from "./snapshot-keeper.js";
import { snapshotPorts } from "./snapshots.js";

type NodeLogs = (module: string) => Log;

/** A node of this machine, running. */
export interface RunningNode {
  readonly node: Node;
  readonly chainId: string;
  readonly rpc: { readonly host: string; readonly port: number };
  readonly addresses: readonly string[];
  /** Resolves when the node cannot go on, with the reason, or with HaltReached; never for a stop that was asked for. */
  readonly failed: Promise<unknown>;
  /** In the reverse order of the start; what is open is finished. */
  stop(): Promise<void>;
}

/**
 * Starts the node of a home: settings, keys, database, network, RPC.
 * @throws ConfigFault, StorageFault, SignerFault, ChainFault, HaltReached, or the system's error for an address that is taken
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
  const nodeKey = readNodeKey(home);
  const failure = faults(log("main"));
  const measures = measure(config.config["instrumentation.namespace"], genesis.chainId);
  const late: { node?: Node; indexer?: Indexer } = {};
  const signing = await openSigner(home, config, {
    chainId: genesis.chainId,
    clock,
    log: log("signer"),
    watch: () => measures.signer(),
    mayJoin: (...key) => late.node?.mayJoin(...key),
    onFault: (error) => failure.raise(error),
  });
  const { signer } = signing;
  started.push(() => signing.close());
  const directory = join(home.data, "chain.db");
  const db = await openLevel(directory); // Before the threads, and closed after them: the block cache is the first one's.
  started.push(() => db.close());
  const remote = await openRemoteChain(chainThreadOf(config, genesis, directory), (error) => failure.raise(error));
  started.push(() => remote.close());
  const { queries, close: closeQueries } = remoteQueries({ directory, genesis: genesis.document }, (error) =>
    log("query").error("the thread of queries ended; the next query begins another", { error: String(error) }),
  );
  started.push(closeQueries);
  const blocks = blockReader(db);
  const wal = await openWal(systemFiles, join(home.data, "cs.wal"));
  started.push(() => wal.close());
  const host = await openHost(home, config, genesis, nodeKey, log, clock);
  const indexDirectory = join(home.data, "tx_index.db");
  const indexDb = await openLevel(indexDirectory);
  started.push(() => indexDb.close());
  const node = await Node.open(
    {
      genesis,
      chain: remote.chain,
      blocks,
      wal,
      evidence: evidenceFile(systemFiles, join(home.data, "evidence.pending")),
      host,
      signer,
      clock,
      random: { below: (limit) => randomInt(limit) },
      log,
      index: async ({ tip }) => late.indexer?.follow(tip.height),
      onFault: (error) => failure.raise(error),
      onHalt: (reached) => failure.halt(reached),
      onSignerFault: (fault) => signing.refuse(fault),
    },
    settingsOf(config),
  );
  late.node = node;
  // A fault of the chain's thread may come while consensus waits for something else.
  void failure.raised.then(() => node.drive.stop());
  const indexer = await openSearchIndex(indexDb, blocks, node.tip.height, log("txindex"), measures.index);
  late.indexer = indexer;
  const { search, close: closeSearch } = remoteSearch(
    { directory: indexDirectory },
    {
      tx: indexer.search.tx,
      heights: () => ({ first: blocks.firstBlock, last: indexer.cursor() }),
      onLost: (error) =>
        log("txindex").error("the thread of searches ended; the next search begins another", { error: String(error) }),
    },
  );
  started.push(closeSearch);
  const rpc = await openRpc({
    config,
    genesis,
    node,
    blocks,
    queries,
    host,
    search,
    validatorKey: () => signer.publicKey,
    nodeKey,
    log,
    measures,
  });
  for (const server of rpc) started.push(() => server.close());
  const metricsServer = await openMetrics(config, measures, log("metrics"));
  if (metricsServer !== undefined) started.push(() => metricsServer.close());
  measures.watch(node, blocks, host, () =>
    signer.publicKey === undefined ? undefined : validatorAddress(signer.publicKey),
  );
  await signing.listen();
  await node.start();
  started.push(() => node.stop());
  const snapshots = keepSnapshots(snapshotPorts(home, db), snapshotTerms(config), log("snapshots"));
  started.push(() => snapshots.stop());
  node.onCommitted(({ tip }) => snapshots.committed(tip.height));
  const { blockHeights } = retentionOf(config);
  const { chain } = remote;
  const pruning = startPruning({ chain, blocks, index: indexer, clock, log: log("storage"), blockHeights });
  started.push(() => pruning.cancel());
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
    failed: failure.raised,
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

function snapshotTerms({ app }: Config): KeeperTerms {
  return { interval: app["state-sync.snapshot-interval"], keepRecent: app["state-sync.snapshot-keep-recent"] };
}

async function openMetrics({ config }: Config, measures: Measures, log: Log): Promise<MetricsServer | undefined> {
  if (!config["instrumentation.prometheus"]) return undefined;
  return serveMetrics(measures.registry, splitEndpoint(config["instrumentation.prometheus_listen_addr"]), log);
}

/** The first thing that this node cannot go on after; what follows from it is only logged. */
function faults(log: Log): {
  readonly raised: Promise<unknown>;
  raise(error: unknown): void;
  halt(reached: HaltReached): void;
} {
  let settle: (error: unknown) => void = () => undefined;
  const raised = new Promise<unknown>((resolve) => (settle = resolve));
  return {
    raised,
    halt(reached) {
      log.info("halt height reached: the node stops", { height: reached.height.toString() });
      settle(reached);
    },
    raise(error) {
      const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
      const isFault = typeof (error as { code?: unknown }).code === "string";
      log.error("the node stops", { error: message, ...(isFault || stack === undefined ? {} : { stack }) });
      settle(error);
    },
  };
}
