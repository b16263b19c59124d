import assert from "node:assert/strict";
import { test } from "node:test";
import { sources } from "./sources.js";

/**
 * A block is its whole id (proto/types/block-id.ts). The type of its hashes keeps them from being compared as bytes; these
 * are the places that take one out, or compare headers alone, and why none of them asks whether two blocks are the same.
 */
const ROWS: readonly (readonly [path: string, words: string, why: string])[] = [
  ["proto/types/block-id.ts", "hashBytes", "compares all of an id"],
  ["proto/types/block.ts", "hashBytes isHeaderOf", "hashes headers"],
  ["proto/types/parts.ts", "hashBytes", "a Merkle proof ends at the root"],
  ["proto/light/header.ts", "isHeaderOf", "a light client has no bodies: header and certificate belong together"],
  ["proto/light/trust.ts", "hashBytes isHeaderOf", "the hash of a header that a person names"],
  ["proto/evidence/attack.ts", "isHeaderOf", "what a light client is lied to about is a header"],
  ["proto/rpc/json.ts", "hashBytes", "shown"],
  ["node/compose/rpc-ports.ts", "hashBytes", "shown"],
  ["node/rpc/handlers/consensus.ts", "hashBytes", "shown"],
  ["node/rpc/handlers/info.ts", "hashBytes", "shown"],
  ["node/home/snapshots.ts", "hashBytes", "shown"],
  [
    "node/home/deep-check.ts",
    "isHeaderOf",
    "the look-up by hash leads to this header; the whole id is compared beside it",
  ],
  ["node/storage/database/tables.ts", "hashBytes", "clients look a block up by the hash of its header"],
  ["node/storage/head-record.ts", "hashBytes", "the same name, in the record of a height"],
  ["node/storage/snapshots/format.ts", "hashBytes", "its length"],
  [
    "node/storage/snapshots/header.ts",
    "hashBytes isHeaderOf",
    "the manifest names a header; the whole id is compared beside it",
  ],
  ["node/storage/snapshots/restore.ts", "hashBytes", "shown"],
  ["proto/client/verify/witnesses.ts", "hashBytes isHeaderOf", "witnesses show headers"],
  ["proto/client/verify/payout.ts", "hashBytes", "shown"],
  ["cli/commands/light.ts", "hashBytes", "shown"],
];

test("a block is told from another by its whole id: the hash alone is taken out where it says nothing of that", () => {
  const found = sources("proto", "state", "consensus", "p2p", "node", "cli").flatMap(({ path, code }) => {
    const words = ["hashBytes", "isHeaderOf"].filter((word) => new RegExp(`\\b${word}\\b`).test(code));
    return words.length === 0 ? [] : [`${path}: ${words.join(" ")}`];
  });
  assert.deepEqual(found.sort(), ROWS.map(([path, words]) => `${path}: ${words}`).sort());
});
