import { isRejection, rejectionText } from "#proto/rejection.js";
import type { Genesis } from "#proto/types/genesis.js";
import { parseChainConfig, type ChainConfig } from "#state/modules/chain/index.js";
import { timeoutsOf } from "#consensus/timeouts.js";
import type { ChainThreadData } from "../chain/threads.js";
import { ConfigFault } from "../config/fault.js";
import { gasPriceMin } from "../config/gas-price.js";
import type { Config } from "../config/load.js";
import type { NodeSettings } from "../node.js";
import { RETENTION_DEFAULT } from "../storage/chain-store.js";
import type { Retention } from "../storage/types.js";

/** How the node of this home runs. */
export function settingsOf({ config, app }: Config): NodeSettings {
  return {
    timeouts: timeoutsOf((step, part) => config[`consensus.timeout_${step}_${part === "" ? "ms" : "delta_ms"}`]),
    blockIntervalMs: config["consensus.block_interval_ms"],
    mempool: {
      txsMax: config["mempool.size"],
      bytesMax: config["mempool.max_txs_bytes"],
      seenMax: 2 * config["mempool.size"],
      refusedMax: 2 * config["mempool.size"],
    },
    waitForPeersMs: config["blocksync.enable"] ? WAIT_FOR_PEERS_MS : 0,
    doubleSignCheckHeights: BigInt(config["double_sign_check_height"]),
    haltHeight: BigInt(app["halt-height"]),
  };
}

/** Most transactions have one signature, some of a pool several. */
const SIGNATURES_PER_WAITING_TX = 2;
/** Of a block in its rounds: it may hold what no pool here holds. */
const SIGNATURES_OF_BLOCKS = 10_000;
const WAIT_FOR_PEERS_MS = 5_000;
const PRUNING_KEEPS: Readonly<Record<string, bigint>> = {
  default: RETENTION_DEFAULT.stateHeights,
  nothing: 1n << 62n,
  everything: 2n,
};

export function retentionOf({ app }: Config): Retention {
  return {
    stateHeights: PRUNING_KEEPS[app.pruning] ?? BigInt(app["pruning-keep-recent"]),
    proofHeights: BigInt(app["proof-window"]),
    blockHeights: BigInt(app["min-retain-blocks"]),
  };
}

/** Start data of the chain's thread. @throws ConfigFault naming the field of genesis */
export function chainThreadOf(config: Config, genesis: Genesis, directory: string): ChainThreadData {
  const minimum = config.app["minimum-gas-prices"];
  return {
    directory,
    retention: retentionOf(config),
    genesis: genesis.document,
    gasPriceMin: gasPriceMin(minimum, chainConfigOf(genesis).feeDenom),
    signaturesKept: SIGNATURES_PER_WAITING_TX * config.config["mempool.size"] + SIGNATURES_OF_BLOCKS,
  };
}

/** @throws ConfigFault naming the field */
export function chainConfigOf(genesis: Genesis): ChainConfig {
  const chain = parseChainConfig(genesis.appState["chain"]);
  if (isRejection(chain)) throw new ConfigFault([`genesis: ${rejectionText(chain)}`]);
  return chain;
}
