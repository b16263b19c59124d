import type { Mutant } from "../mutant.js";

const blockId = "proto/types/block-id.js";
const heights = "node/drive/heights.js";
const ante = "state/ante.js";

/** Between consensus and what carries it: which bytes a statement binds, the cost of a lost log, the order of checks in admission. */
export const seams: readonly Mutant[] = [
  {
    name: "part sets of one root are one, whatever their number",
    rule: "A1, B2",
    file: blockId,
    from: "return a.total === b.total && equalHashes(a.hash, b.hash);",
    to: "return equalHashes(a.hash, b.hash);",
  },
  {
    name: "blocks of one header are one",
    rule: "A2, B2",
    file: blockId,
    from: "return equalHashes(a.hash, b.hash) && equalParts(a.parts, b.parts);",
    to: "return equalHashes(a.hash, b.hash);",
  },
  {
    name: "maps by block ask for the header alone",
    rule: "A2, B2",
    file: blockId,
    from: '${toHex(hashBytes(id.hash))}/${id.parts === undefined ? "" : partsKey(id.parts)}',
    to: "${toHex(hashBytes(id.hash))}",
  },
  {
    name: "any block serves for the one that is named",
    rule: "B2, A1",
    file: "node/drive/judge-block.js",
    from: "const named = equalBlockIds(verdict.blockId, blockId);",
    to: "const named = true;",
  },
  {
    name: "a body is believed where its header was executed",
    rule: "A2, B2",
    file: "node/chain/chain.js",
    from: "const key = blockKey(blockId);",
    to: "const key = blockKey({ hash: blockId.hash, parts: undefined });",
  },
  {
    name: "a height whose log is lost is signed anew",
    rule: "W8, P8",
    file: heights,
    from: "const last = this.#wordsAt(tip.height + 1n);",
    to: "const last = undefined;",
  },
  {
    name: "a log that does not lead to the last words is gone on with",
    rule: "W8, P8",
    file: heights,
    from: "const isOurs = last === undefined || leadsTo(chainId, asked, last);",
    to: "const isOurs = true;",
  },
  {
    name: "who pays no fee has the signatures verified",
    rule: "C8",
    file: ante,
    from: "if (amount >= feeMin)",
    to: "if (true)",
  },
  {
    name: "only signers are counted, not their keys",
    rule: "C8",
    file: ante,
    from: "if (keys > SIGNERS_PER_TX_MAX)",
    to: "if (false)",
  },
  {
    name: "a threshold is paid for, not the keys that sign",
    rule: "C8",
    file: ante,
    from: "signatures += claims.length > 0 ? claims.length :",
    to: "signatures += false ? claims.length :",
  },
  {
    name: "a slash misses what left in the block before",
    rule: "C7",
    file: "state/modules/staking/slash.js",
    from: "if (lastBackedHeight(entry.creationHeight) < height)",
    to: "if (entry.creationHeight < height)",
  },
  {
    name: "a window of a block may have one byte",
    rule: "S1",
    file: "proto/wire/blocks.js",
    from: "if (!isLast && window.bytes.length !== BLOCKS_WINDOW_BYTES)",
    to: "if (false)",
  },
  {
    name: "a block may take as long as it likes",
    rule: "S1",
    file: "node/sync/fetch.js",
    from: "Math.max(BLOCK_MS_LEAST, first.total / BYTES_PER_MS_LEAST)",
    to: "Infinity",
  },
  {
    name: "who came late to a height comes late to all",
    rule: "L10",
    file: "node/drive/heights.js",
    from: "if (isOneHonest(power, totalPower))",
    to: "if (false)",
  },
  {
    name: "anybody begins the next height",
    rule: "L10",
    file: "node/drive/heights.js",
    from: "if (isOneHonest(power, totalPower))",
    to: "if (power > 0n)",
  },
];
