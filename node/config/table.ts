import { choice, decimal, endpoint, integer, list, text, toggle, type Setting } from "./kinds.js";
import { peerIdSetting, peerIdsSetting, peersSetting } from "./peers.js";
import { signerAddressSetting } from "./signer-address.js";

/**
 * Every setting of the three files: name, default, range and what it is for. Files are written from this table, checked
 * against it, overridden by flags and TRIBD_<NAME> through it. Names with a unit end in it. A dot separates the section.
 */
export const table = {
  config: {
    moniker: text("", "The name of this node, shown to others."),
    log_level: text("info", 'Level, or levels by module: "consensus:debug,p2p:none,*:error".'),
    log_format: choice(["plain", "json"], "plain", "How log lines look."),
    double_sign_check_height: integer(
      0,
      [0, 1000],
      "Do not vote while one of the last n blocks holds a signature of this key that this node does not know; 10 for validators.",
    ),
    priv_validator_laddr: signerAddressSetting(
      "Where a remote signer dials in; empty: the key of this home signs. Bind TCP to a private interface.",
    ),
    priv_validator_peer_id: peerIdSetting("The one signer that TCP lets in: what tribd signer show-id prints there."),
    "rpc.laddr": endpoint("tcp://127.0.0.1:26657", "Where the RPC listens."),
    "rpc.cors_allowed_origins": list([], 'Origins that browsers may call from; ["*"] allows all.'),
    "rpc.max_open_connections": integer(900, [1, 100_000], "Open connections, WebSockets included."),
    "rpc.max_subscription_clients": integer(100, [0, 100_000], "WebSocket clients with subscriptions."),
    "rpc.max_subscriptions_per_client": integer(5, [0, 1000], "Subscriptions of one client."),
    "rpc.max_body_bytes": integer(1_000_000, [1024, 100_000_000], "Size of a request."),
    "rpc.max_refused_units_per_second": integer(
      20,
      [0, 1_000_000],
      "Work of refused transactions that one client may cause: a unit each, and one for each 2 kB; 0 lifts it.",
    ),
    "rpc.max_refused_units_per_second_total": integer(60, [0, 1_000_000], "The same of all clients; 0 lifts it."),
    "rpc.max_request_batch_size": integer(10, [0, 1000], "Calls in one JSON-RPC batch."),
    "p2p.laddr": endpoint("tcp://0.0.0.0:26656", "Where other nodes connect."),
    "p2p.external_address": endpoint("", "host:port that others should dial, when it differs from laddr."),
    "p2p.persistent_peers": peersSetting("Nodes to stay connected with: id@host:port, comma separated."),
    "p2p.unconditional_peer_ids": peerIdsSetting(
      "Node ids that always get a place when they dial us, comma separated: the other validators, your own sentries.",
    ),
    "p2p.max_num_inbound_peers": integer(40, [0, 10_000], "Peers that dialled us."),
    "p2p.max_num_outbound_peers": integer(10, [0, 10_000], "Peers that we dialled."),
    "mempool.size": integer(5000, [1, 1_000_000], "Transactions held."),
    "mempool.max_txs_bytes": integer(67_108_864, [1024, 4_294_967_296], "Bytes held."),
    "consensus.timeout_propose_ms": integer(3000, [10, 600_000], "Wait for a proposal in round 0."),
    "consensus.timeout_propose_delta_ms": integer(500, [0, 600_000], "Added for each further round."),
    "consensus.timeout_prevote_ms": integer(
      1000,
      [10, 600_000],
      "Wait for more prevotes after two thirds of any kind.",
    ),
    "consensus.timeout_prevote_delta_ms": integer(500, [0, 600_000], "Added for each further round."),
    "consensus.timeout_precommit_ms": integer(
      1000,
      [10, 600_000],
      "Wait for more precommits after two thirds of any kind.",
    ),
    "consensus.timeout_precommit_delta_ms": integer(500, [0, 600_000], "Added for each further round."),
    "consensus.block_interval_ms": integer(1000, [10, 600_000], "Time from one block to the next, empty ones too."),
    "blocksync.enable": toggle(true, "Fetch missing blocks from peers before joining consensus."),
    "instrumentation.prometheus": toggle(false, "Serve metrics."),
    "instrumentation.prometheus_listen_addr": endpoint(":26660", "Where metrics are served."),
    "instrumentation.namespace": text("cometbft", "Prefix of metric names; dashboards rely on it."),
  },
  app: {
    "minimum-gas-prices": text("0.0025utrib", "Least price of gas that this node's mempool accepts."),
    pruning: choice(
      ["default", "nothing", "everything", "custom"],
      "default",
      "Which past states answer queries: default keeps 100000 heights, nothing all, everything 2.",
    ),
    "pruning-keep-recent": integer(0, [0, 1_000_000_000], "With custom: heights kept."),
    "min-retain-blocks": integer(0, [0, 1_000_000_000], "Blocks kept; 0 keeps all. Never fewer than evidence needs."),
    "proof-window": integer(1000, [2, 100_000], "Recent heights whose state can also be proven."),
    "halt-height": integer(0, [0, Number.MAX_SAFE_INTEGER], "Commit this height, then end; 0 never."),
    "state-sync.snapshot-interval": integer(
      0,
      [0, 1_000_000_000],
      "Heights from one snapshot to the next; 0 makes none.",
    ),
    "state-sync.snapshot-keep-recent": integer(2, [0, 1_000_000], "Snapshots kept; 0 keeps all."),
    "api.enable": toggle(true, "Serve REST (/cosmos/..., /tributary/...)."),
    "api.address": endpoint("tcp://127.0.0.1:1317", "Where REST and the explorer listen."),
    "api.enabled-unsafe-cors": toggle(false, "Let any web page call REST."),
    "api.max-open-connections": integer(1000, [1, 100_000], "Open connections."),
  },
  client: {
    "chain-id": text("", "The chain to sign for."),
    "bech32-prefix": text("trib", "What addresses of this chain begin with."),
    denom: text("utrib", "The coin's base unit: amounts on the wire count these."),
    "display-denom": text("trib", "The coin as people write it."),
    "display-exponent": integer(6, [0, 18], "Base units in one display coin, as a power of ten."),
    "keyring-backend": choice(["file", "test"], "file", "Where keys are kept: file is encrypted, test is not."),
    output: choice(["text", "json"], "text", "How answers are printed."),
    node: text("tcp://localhost:26657", "The RPC to talk to."),
    wait: toggle(true, "Wait until a sent transaction is in a block."),
    gas: text("auto", "Gas limit, or auto to simulate first."),
    "gas-adjustment": decimal(1.4, [1, 10], "The simulated gas is multiplied by this."),
    "gas-prices": text("0.0025utrib", "Price paid for a unit of gas."),
    "timeout-seconds": integer(60, [1, 3600], "How long to wait for inclusion in a block."),
  },
} as const satisfies { readonly [file: string]: { readonly [name: string]: Setting<unknown> } };

export type FileName = keyof typeof table;
export const fileNames: readonly FileName[] = ["config", "app", "client"];

type Value<S> = S extends Setting<infer T> ? T : never;
/** The settings of one file, by their dotted names. */
export type Settings<F extends FileName> = { readonly [K in keyof (typeof table)[F]]: Value<(typeof table)[F][K]> };

/** Rows of a file, for code that treats them alike. */
export function rows(file: FileName): readonly (readonly [string, Setting<unknown>])[] {
  return Object.entries(table[file]);
}

/** TRIBD_RPC_LADDR for rpc.laddr. */
export function environmentName(name: string): string {
  return `TRIBD_${name.replace(/[-.]/g, "_").toUpperCase()}`;
}
