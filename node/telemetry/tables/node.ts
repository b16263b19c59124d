/** Mempool, peers, state and sync: names and kinds are CometBFT 0.38's. */
export const mempoolTable = {
  size: { kind: "gauge", subsystem: "mempool", name: "size", help: "Transactions that wait." },
  sizeBytes: { kind: "gauge", subsystem: "mempool", name: "size_bytes", help: "Their size." },
  txSize: {
    kind: "histogram",
    subsystem: "mempool",
    name: "tx_size_bytes",
    help: "Sizes of transactions that were admitted.",
    buckets: [128, 256, 512, 1024, 4096, 16_384, 65_536, 131_072],
  },
  failed: { kind: "counter", subsystem: "mempool", name: "failed_txs", help: "Transactions whose check failed." },
  rejected: {
    kind: "counter",
    subsystem: "mempool",
    name: "rejected_txs",
    help: "Transactions refused for want of room.",
  },
  evicted: {
    kind: "counter",
    subsystem: "mempool",
    name: "evicted_txs",
    help: "Transactions that made room for others.",
  },
  rechecks: { kind: "counter", subsystem: "mempool", name: "recheck_times", help: "Checks repeated after a block." },
  alreadyReceived: {
    kind: "counter",
    subsystem: "mempool",
    name: "already_received_txs",
    help: "Transactions that came a second time.",
  },
} as const;

export const p2pTable = {
  peers: { kind: "gauge", subsystem: "p2p", name: "peers", help: "Connected peers." },
  received: {
    kind: "counter",
    subsystem: "p2p",
    name: "message_receive_bytes_total",
    help: "Bytes received, by protocol.",
    labels: ["message_type"],
  },
  sent: {
    kind: "counter",
    subsystem: "p2p",
    name: "message_send_bytes_total",
    help: "Bytes sent, by protocol.",
    labels: ["message_type"],
  },
} as const;

export const stateTable = {
  processing: {
    kind: "histogram",
    subsystem: "state",
    name: "block_processing_time",
    help: "Time to execute a block, in milliseconds.",
    buckets: [1, 11, 21, 31, 51, 81, 121, 201, 401, 1001],
  },
  validatorUpdates: {
    kind: "counter",
    subsystem: "state",
    name: "validator_set_updates",
    help: "Changes of the validator set.",
  },
  paramUpdates: {
    kind: "counter",
    subsystem: "state",
    name: "consensus_param_updates",
    help: "Changes of the consensus parameters.",
  },
} as const;

export const syncTable = {
  syncing: { kind: "gauge", subsystem: "blocksync", name: "syncing", help: "1 while this node fetches blocks." },
  height: { kind: "gauge", subsystem: "blocksync", name: "latest_block_height", help: "The height that it reached." },
} as const;
