import type { Mutant } from "../mutant.js";

const record = "node/signer/record.js";
const fileSigner = "node/signer/file-signer.js";

/** What the key never does. */
export const signer: readonly Mutant[] = [
  { name: "a signature leaves before its record", rule: "P1", file: fileSigner, from: "await save(record);", to: "" },
  {
    name: "a lower height is signed",
    rule: "P2",
    file: record,
    from: "return height > last.height ? undefined :",
    to: "return height !== last.height ? undefined :",
  },
  {
    name: "a lower round is signed",
    rule: "P2",
    file: record,
    from: "return round > last.round ? undefined :",
    to: "return round !== last.round ? undefined :",
  },
  {
    name: "an earlier step is signed",
    rule: "P2",
    file: record,
    from: "return step > last.step ? undefined :",
    to: "return step !== last.step ? undefined :",
  },
  {
    name: "other words are signed in the same place",
    rule: "P3",
    file: record,
    from: "return equalBytes(signBytes, last.signBytes) ? last.signature : reject(signerErrors.conflictingData, data);",
    to: "return equalBytes(signBytes, last.signBytes) ? last.signature : undefined;",
  },
  {
    name: "a missing record starts at zero",
    rule: "P5",
    file: fileSigner,
    from: "const stored = await files.read(statePath);",
    to: `const stored = (await files.read(statePath)) ?? new TextEncoder().encode('{"height":"0","round":0,"step":0}');`,
  },
  {
    name: "a changed record is believed",
    rule: "P5",
    file: record,
    from: "if (file.crc32 !== checksum(",
    to: "if (false && file.crc32 !== checksum(",
  },
  {
    name: "one height back is not looked at",
    rule: "P6",
    file: "node/signer/double-sign.js",
    from: "if (height > tip - checkHeights &&",
    to: "if (height > tip - checkHeights + 1n &&",
  },
  {
    name: "a stale record joins",
    rule: "P6",
    file: "node/signer/double-sign.js",
    from: "if (later) {",
    to: "if (false) {",
  },
  {
    name: "votes are signed for any chain",
    rule: "P7",
    file: "proto/types/vote.js",
    from: "canonicalVote.encode({ type, height, round: BigInt(round), blockId, chainId })",
    to: 'canonicalVote.encode({ type, height, round: BigInt(round), blockId, chainId: "" })',
  },
  {
    name: "consensus goes on while sync has the chain",
    rule: "P8",
    file: "node/drive/drive.js",
    from: "while (!this.#paused && !this.#stopped) {",
    to: "while (!this.#stopped) {",
  },
  {
    name: "the signer goes on after a failed write",
    rule: "P1, W9",
    file: fileSigner,
    from: "stopped = true;",
    to: "",
  },
  {
    name: "the rename of the record is not synced",
    rule: "P1, W9",
    file: fileSigner,
    from: "await files.syncDirectoryOf(statePath);",
    to: "",
  },
  {
    name: "a signer waits for a node that is gone",
    rule: "a signer dials again",
    file: "node/signer/remote/serve.js",
    from: "const SILENCE_MS_MAX = 15_000;",
    to: "const SILENCE_MS_MAX = 2 ** 31;",
  },
];
