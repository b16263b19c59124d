/** Mempool, peers and sync: names and kinds are CometBFT 0.38's. */
export const mempoolTable = {
  size: { kind: "gauge", subsystem: "mempool", name: "size", help: "Transactions that wait." },
  sizeBytes: { kind: "gauge", subsystem: "mempool", name: "size_bytes", help: "Their size." },
} as const;

export const p2pTable = {
  peers: { kind: "gauge", subsystem: "p2p", name: "peers", help: "Connected peers." },
} as const;

export const syncTable = {
  syncing: {
    kind: "gauge",
    subsystem: "blocksync",
    name: "syncing",
    help: "1 while this node fetches blocks, or has no peer that could tell it of any.",
  },
} as const;

/** Of a signer in another process; CometBFT has no such names. */
export const signerTable = {
  up: { kind: "gauge", subsystem: "signer", name: "up", help: "1 while the remote signer is connected and may sign." },
  failures: {
    kind: "counter",
    subsystem: "signer",
    name: "failures_total",
    help: "Failures that the remote signer reported, and times that it was kept out as unsafe. A person must act.",
  },
} as const;

/** Of this process; CometBFT has no such names. */
export const processTable = {
  uncaught: {
    kind: "counter",
    subsystem: "process",
    name: "uncaught_errors_total",
    help: "Errors that nothing but the last handler took, by kind: of one connection, or a bug, after which the node ends.",
    labels: ["kind"],
  },
} as const;
