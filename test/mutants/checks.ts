/** What may catch a mutant: a program that ends with another status than 0, or does not end. */
export interface Check {
  readonly name: string;
  /** Below test/: files of node's own runner. */
  readonly tests?: readonly string[];
  /** Or a program below dist/test with its arguments. */
  readonly program?: readonly string[];
  /** Seconds, with much to spare on two busy cores; beyond them it hangs. */
  readonly limit: number;
}

/** In order of cost. */
export const checks: readonly Check[] = [
  { name: "unit/consensus", tests: ["unit/consensus/"], limit: 150 },
  {
    name: "unit/node",
    tests: [
      ...["unit/node/signer/", "unit/node/storage/files/wal", "unit/node/drive/", "unit/node/gossip/message-limiter"],
      ...["unit/node/chain/header", "unit/node/chain/body", "unit/node/chain/evidence", "unit/node/chain/block-id"],
      ...["unit/node/sync/proof", "unit/node/sync/rate", "unit/node/sync/liars"],
      "unit/node/runtime/remembering",
    ],
    limit: 150,
  },
  {
    name: "unit/p2p",
    tests: [
      ...["unit/p2p/peers/", "unit/p2p/transport/memory", "unit/p2p/transport/muxer", "unit/node/gossip/early"],
      "unit/node/gossip/strangers",
    ],
    limit: 150,
  },
  { name: "vectors", tests: ["vectors/ed25519", "vectors/secp256k1", "vectors/state-tree"], limit: 150 },
  {
    name: "unit/proto",
    tests: ["unit/proto/types/", "unit/proto/light/", "unit/proto/evidence/", "unit/proto/merkle", "unit/proto/wire/"],
    limit: 150,
  },
  {
    name: "unit/state",
    tests: ["unit/state/ante", "unit/state/admission", "unit/state/modules/staking.", "unit/state/modules/slashing."],
    limit: 150,
  },
  {
    name: "unit/money",
    tests: ["unit/state/admission", "unit/state/modules/slashing", "unit/node/mempool"],
    limit: 150,
  },
  { name: "property", tests: ["property/consensus-order"], limit: 150 },
  { name: "twins", program: ["twins/main.js", "--samples", "3000", "--jobs", "1", "--json"], limit: 200 },
  {
    name: "cores",
    program: ["simulation/main.js", "--core", "--seeds", "1..150", "--jobs", "1", "--json"],
    limit: 200,
  },
  { name: "cluster", tests: ["simulation/cluster", "simulation/hidden-lock", "simulation/late"], limit: 240 },
  { name: "nodes", program: ["simulation/main.js", "--seeds", "1..8", "--jobs", "1", "--json"], limit: 300 },
];
