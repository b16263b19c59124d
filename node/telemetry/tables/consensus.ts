const subsystem = "consensus";
const validator = ["validator_address"] as const;

/** Metrics of consensus for dashboards and alerts; names and kinds are CometBFT 0.38's. */
export const consensusTable = {
  height: { kind: "gauge", subsystem, name: "height", help: "Height of the chain." },
  latestBlockHeight: {
    kind: "gauge",
    subsystem,
    name: "latest_block_height",
    help: "The latest committed block height.",
  },
  rounds: { kind: "gauge", subsystem, name: "rounds", help: "Round in which the running height is." },
  validators: { kind: "gauge", subsystem, name: "validators", help: "Number of validators." },
  validatorsPower: { kind: "gauge", subsystem, name: "validators_power", help: "Their total power." },
  validatorPower: {
    kind: "gauge",
    subsystem,
    name: "validator_power",
    help: "Power of this node's validator.",
    labels: validator,
  },
  validatorLastSigned: {
    kind: "gauge",
    subsystem,
    name: "validator_last_signed_height",
    help: "Last height whose commit this node's validator signed.",
    labels: validator,
  },
  validatorMissed: {
    kind: "gauge",
    subsystem,
    name: "validator_missed_blocks",
    help: "Commits without this node's validator, since start.",
    labels: validator,
  },
  missing: {
    kind: "gauge",
    subsystem,
    name: "missing_validators",
    help: "Validators that are not in the last commit.",
  },
  missingPower: { kind: "gauge", subsystem, name: "missing_validators_power", help: "Their power." },
  byzantine: {
    kind: "gauge",
    subsystem,
    name: "byzantine_validators",
    help: "Validators with evidence in the last block.",
  },
  byzantinePower: { kind: "gauge", subsystem, name: "byzantine_validators_power", help: "Their power." },
  blockInterval: {
    kind: "histogram",
    subsystem,
    name: "block_interval_seconds",
    help: "Time between this block and the last.",
    buckets: [0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
  },
  numTxs: { kind: "gauge", subsystem, name: "num_txs", help: "Transactions of the last block." },
  totalTxs: { kind: "gauge", subsystem, name: "total_txs", help: "Transactions committed since start." },
  blockSize: { kind: "gauge", subsystem, name: "block_size_bytes", help: "Size of the last block." },
  chainSize: {
    kind: "counter",
    subsystem,
    name: "chain_size_bytes",
    help: "Size of the blocks committed since start.",
  },
} as const;
