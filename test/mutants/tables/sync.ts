import type { Mutant } from "../mutant.js";

/** What is taken from a peer that serves blocks. */
export const sync: readonly Mutant[] = [
  {
    name: "sync takes any certificate",
    rule: "S1",
    file: "node/node.js",
    from: "return verifyCertificate(this.#ports.genesis.chainId, set, certificate, { height, blockId });",
    to: "return undefined;",
  },
  {
    name: "sync takes a certificate of another block",
    rule: "S1",
    file: "node/node.js",
    from: "return verifyCertificate(this.#ports.genesis.chainId, set, certificate, { height, blockId });",
    to: "return verifyCertificate(this.#ports.genesis.chainId, set, certificate, { height });",
  },
];
