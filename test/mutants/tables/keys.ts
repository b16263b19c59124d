import type { Mutant } from "../mutant.js";

const merkle = "proto/merkle/rfc6962.js";
const secp = "proto/crypto/secp256k1.js";
const ics23 = "proto/light/ics23.js";
const spec = "proto/light/state-spec.js";

/** Signatures, trees and proofs: one value has one form, and one form one meaning. */
export const keys: readonly Mutant[] = [
  {
    name: "signatures are judged by another rule than ZIP-215",
    rule: "C64",
    file: "proto/crypto/ed25519.js",
    from: "{ zip215: true }",
    to: "{ zip215: false }",
  },
  {
    name: "a high s is accepted",
    rule: "C66",
    file: secp,
    from: "if (scalar(signature, 32) > HALF_ORDER)",
    to: "if (false)",
  },
  {
    name: "a key may begin with any byte",
    rule: "C66",
    file: secp,
    from: "if (publicKey[0] !== 2 && publicKey[0] !== 3)",
    to: "if (false)",
  },
  {
    name: "bad signatures are remembered as good",
    rule: "C66",
    file: "node/runtime/remembering.js",
    from: "if (result === true)",
    to: "if (true)",
  },
  {
    name: "the memory of good signatures knows them by less than all bytes",
    rule: "C66",
    file: "node/runtime/remembering.js",
    from: "of inputs) {",
    to: "of inputs.slice(1)) {",
  },
  {
    name: "leaves of the merkle tree have no prefix",
    rule: "C67",
    file: merkle,
    from: "const LEAF = Uint8Array.of(0);",
    to: "const LEAF = new Uint8Array(0);",
  },
  {
    name: "nodes of the merkle tree have no prefix",
    rule: "C67",
    file: merkle,
    from: "const NODE = Uint8Array.of(1);",
    to: "const NODE = new Uint8Array(0);",
  },
  {
    name: "a leaf may be proven at an index behind the end",
    rule: "C67",
    file: merkle,
    from: "if (index < 0 || index >= total || aunts.length > AUNTS_MAX)",
    to: "if (aunts.length > AUNTS_MAX)",
  },
  {
    name: "leaves of the state have another tag",
    rule: "C67",
    file: spec,
    from: 'utf8("tribleaf")',
    to: 'utf8("tribnode")',
  },
  {
    name: "keys of the state have no table in them",
    rule: "C67",
    file: "state/store/keyspace.js",
    from: "Uint8Array.of(prefix, number), key, value",
    to: "Uint8Array.of(prefix, prefix), key, value",
  },
  {
    name: "absence is shown by any two leaves",
    rule: "C67",
    file: ics23,
    from: "return areNeighbours(inner, left.path, right.path);",
    to: "return true;",
  },
  {
    name: "absence before the first leaf is shown by any leaf",
    rule: "C67",
    file: ics23,
    from: "return isOuterMost(inner, right.path, 0);",
    to: "return true;",
  },
  {
    name: "the left neighbour of an absent key may lie right of it",
    rule: "C67",
    file: ics23,
    from: "compareBytes(order(left.key), order(key)) >= 0)",
    to: "false)",
  },
  {
    name: "a proof may have steps of any form",
    rule: "C67",
    file: ics23,
    from: "if (node === undefined || !innerFits(spec, step))",
    to: "if (node === undefined)",
  },
  {
    name: "a leaf may be hashed in any form",
    rule: "C67",
    file: ics23,
    from: "if (leaf === undefined || !leafFits(spec.leafSpec, leaf))",
    to: "if (leaf === undefined)",
  },
];
