import "../runtime/entry.js";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import { remoteQueries } from "../chain/remote-queries.js";
import { openRemoteChain } from "../chain/remote.js";
import { ConfigFault } from "../config/fault.js";
import type { Home } from "../config/home.js";
import { readNodeKey } from "../config/identity.js";
import { readJsonFile } from "../config/json-file.js";
import type { Config } from "../config/load.js";
import { openIndexer, type Indexer } from "../indexer/indexer.js";
import { measure, type Measures } from "./measure.js";
import { Node } from "../node.js";
import { chainDirectory, checkBegun, indexDirectory, markBegun, openChainDb, openIndexDb } from "../home/chain-db.js";
import { listenAddress } from "./endpoint.js";
import { lockHome } from "../home/home-lock.js";
import { openHost } from "./host.js";
import { remoteIndex } from "./remote-index.js";
import { remoteSearch } from "./remote-search.js";
import { openRpc } from "./rpc.js";
import { chainThreadOf, retentionOf, settingsOf } from "./settings.js";
import { openSigner } from "./signer.js";
import { startPruning } from "../home/pruning.js";
import { osClock } from "../runtime/clock.js";
import { systemFiles } from "../runtime/files.js";
import type { Life } from "../runtime/life.js";
import { hostAndPort } from "../runtime/listen.js";
import { nativesLoaded } from "../runtime/natives.js";
import { blockReader } from "../storage/chain-reader.js";
import { evidenceFile } from "../storage/files/evidence-file.js";
import { openWal } from "../storage/files/wal.js";
import { serveMetrics, type Log } from "../telemetry/index.js";
import { processLog, watchFailure } from "./log.js";
import { keepSnapshots } from "../home/snapshot-keeper.js";
import { snapshotPorts } from "../home/snapshots.js";

type NodeLogs = (module: string) => Log;

/** A node of this machine, running; its life says when it cannot go on, and ends it. */
export interface RunningNode {
  readonly node: Node;
  readonly chainId: string;
  /** URL of the RPC; undefined when it is switched off. */
  readonly rpc: string | undefined;
}

/**
 * Starts the node of a home with these settings: keys, database, network, RPC. What it opens is closed by `life`, also when
 * the start fails or is stopped.
 * @throws ConfigFault, HomeFault, StorageFault, SignerFault, ChainFault, ListenFault, HaltReached, Stopped
 */
export async function startNode(home: Home, config: Config, life: Life): Promise<RunningNode> {
  const genesis = readGenesis(home);
  const log = processLog(config);
  watchFailure(life, log("main"));
  const lock = await lockHome(home);
  life.opened("the home's lock", () => lock.close());
  return assemble(home, config, genesis, log, life);
}

async function assemble(home: Home, config: Config, genesis: Genesis, log: NodeLogs, life: Life): Promise<RunningNode> {
  const clock = osClock();
  const nodeKey = readNodeKey(home);
  const measures = measure(config.config["instrumentation.namespace"], genesis.chainId);
  life.onUncaught((kind, error) => {
    measures.uncaught(kind);
    log("main").error("uncaught error", { kind, error: String(error) });
  });
  const late: { node?: Node; indexer?: Indexer } = {};
  const signing = await openSigner(home, config, {
    chainId: genesis.chainId,
    clock,
    log: log("signer"),
    watch: () => measures.signer(),
    mayJoin: (...key) => late.node?.mayJoin(...key),
    onFault: (error) => life.fail(error),
  });
  const { signer } = signing;
  life.opened("the signer", () => signing.close());
  const directory = chainDirectory(home);
  const db = await openChainDb(home); // Before the threads, and closed after them: the block cache is the first one's.
  life.opened("chain.db", () => db.close());
  const remote = await openRemoteChain(chainThreadOf(config, genesis, directory), (error) => life.fail(error));
  life.opened("the chain's thread", () => remote.close(), ["chain.db"]);
  const { queries, close: closeQueries } = remoteQueries({ directory, genesis: genesis.document }, (error) =>
    log("query").error("the query thread exited; the next query starts a new one", { error: String(error) }),
  );
  life.opened("the thread of queries", closeQueries, ["chain.db"]);
  const { height } = await remote.chain.tip();
  checkBegun(home, height >= genesis.initialHeight);
  if (height >= genesis.initialHeight) markBegun(home, genesis.chainId);
  const blocks = blockReader(db);
  const wal = await openWal(systemFiles, join(home.data, "cs.wal"));
  life.opened("cs.wal", () => wal.close());
  const host = await openHost(home, config, genesis, nodeKey, log, clock);
  const indexDb = await openIndexDb(home);
  life.opened("tx_index.db", () => indexDb.close());
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
      onFault: (error) => life.fail(error),
      onHalt: (reached) => life.fail(reached),
      onSignerFault: (fault) => signing.refuse(fault),
    },
    settingsOf(config),
  );
  late.node = node;
  // A fault of the chain's thread may come while consensus waits for something else.
  void life.failed.then(() => node.drive.stop());
  const directories = { chainDirectory: directory, indexDirectory: indexDirectory(home) };
  const { work, close: closeIndex } = remoteIndex(directories, (error) => life.fail(error));
  life.opened("the thread of the index", closeIndex, ["chain.db", "tx_index.db"]);
  const indexer = await openIndexer(
    { db: indexDb, work, firstHeight: () => blocks.firstBlock, log: log("txindex"), metrics: measures.index },
    node.tip.height,
  );
  late.indexer = indexer;
  const { search, close: closeSearch } = remoteSearch(
    { directory: indexDirectory(home) },
    {
      tx: indexer.search.tx,
      heights: () => ({ first: blocks.firstBlock, last: indexer.cursor() }),
      onLost: (error) =>
        log("txindex").error("the search thread exited; the next search starts a new one", { error: String(error) }),
    },
  );
  life.opened("the thread of searches", closeSearch, ["tx_index.db"]);
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
    life,
  });
  await openMetrics(config, measures, log("metrics"), life);
  measures.watch(node, blocks, host, () =>
    signer.publicKey === undefined ? undefined : validatorAddress(signer.publicKey),
  );
  await signing.listen();
  life.opened("the network", () => host.stop());
  life.opened("consensus", () => node.stopConsensus(), ["the chain's thread", "chain.db", "cs.wal"]);
  node.onCommitted(() => markBegun(home, genesis.chainId));
  await node.start();
  const { "state-sync.snapshot-interval": interval, "state-sync.snapshot-keep-recent": keepRecent } = config.app;
  if (interval > 0) {
    const snapshots = keepSnapshots(snapshotPorts(home, db), { interval, keepRecent }, log("snapshots"));
    life.opened("snapshots", () => snapshots.stop(), ["chain.db"]);
    node.onCommitted(({ tip }) => snapshots.committed(tip.height));
  }
  const { blockHeights } = retentionOf(config);
  const { chain } = remote;
  const pruning = startPruning({ chain, blocks, index: indexer, clock, log: log("storage"), blockHeights });
  life.opened("pruning", () => pruning.cancel());
  log("main").info("node started", {
    chain_id: genesis.chainId,
    height: node.tip.height.toString(),
    node_id: host.id,
    rpc: rpc === undefined ? "off" : hostAndPort(rpc),
    natives: Object.entries(nativesLoaded).flatMap(([name, loaded]) => (loaded ? [name] : [])),
  });
  return { node, chainId: genesis.chainId, rpc: rpc && `http://${hostAndPort(rpc)}` };
}

/** @throws ConfigFault naming the field */
export function readGenesis(home: Home): Genesis {
  const document = readJsonFile(home.genesis);
  if (document === undefined) {
    throw new ConfigFault([`${home.genesis} is missing: copy the chain's genesis file there`]);
  }
  const genesis = parseGenesis(document);
  if (isRejection(genesis)) throw new ConfigFault([`${home.genesis}: ${rejectionText(genesis)}`]);
  return genesis;
}

async function openMetrics({ config }: Config, measures: Measures, log: Log, life: Life): Promise<void> {
  const setting = "instrumentation.prometheus_listen_addr";
  const address = config["instrumentation.prometheus"] ? listenAddress(setting, config[setting]) : undefined;
  if (address === undefined) return;
  const server = await serveMetrics(measures.registry, address, log);
  life.opened("metrics", () => server.close());
}
