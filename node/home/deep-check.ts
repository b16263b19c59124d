import { existsSync } from "node:fs";
import { AssertionError } from "#proto/assert.js";
import { equalBytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { equalBlockIds } from "#proto/types/block-id.js";
import { blockCodec, certificateCodec, isHeaderOf } from "#proto/types/block.js";
import { blockIdOf } from "#proto/types/parts.js";
import { brokenInvariants } from "#state/invariants.js";
import type { Home } from "../config/home.js";
import { chainDirectory } from "./chain-db.js";
import { alone, HomeFault } from "./home-lock.js";
import { openChainStore } from "../storage/chain-store.js";
import type { Db } from "../storage/database/db.js";
import { compareTree, readAllRecords, treeProblem } from "../storage/deep-check.js";
import { StorageFault } from "../storage/fault.js";
import { missingFile } from "../storage/database/level-files.js";
import { openLevel } from "../storage/database/level.js";
import { checkLevelTables } from "../storage/database/level-tables.js";
import type { ChainStore } from "../storage/types.js";

/** One thing that was looked at: what is there, and what is wrong with it. */
export interface DeepFinding {
  readonly check: string;
  readonly found: string;
  readonly problems: readonly string[];
}

/** Reads and recomputes everything that a stopped node keeps. Damage is a finding; nothing of the chain is changed. */
export async function deepCheck(home: Home): Promise<readonly DeepFinding[]> {
  const directory = chainDirectory(home);
  if (!existsSync(directory)) return [{ check: "database", found: "no chain yet", problems: [] }];
  try {
    return await alone(home, () => checkDatabase(directory));
  } catch (error) {
    if (!(error instanceof HomeFault)) throw error;
    return [{ check: "database", found: error.code, problems: [error.message] }];
  }
}

async function checkDatabase(directory: string): Promise<readonly DeepFinding[]> {
  const missing = missingFile(directory);
  if (missing !== undefined) {
    return [{ check: "database files", found: "not whole", problems: [`${missing} is missing`] }];
  }
  const { files, damaged } = await checkLevelTables(directory);
  const tables = {
    check: "database files",
    found: `${files} files`,
    problems: damaged.map((place) => `${place} fails its checksum`),
  };
  if (damaged.length > 0) return [tables]; // To open such a database may end this process.
  try {
    const db = await openLevel(directory);
    try {
      return [tables, ...(await deepCheckDb(db))];
    } finally {
      await db.close();
    }
  } catch (error) {
    return [tables, damage("database", error)];
  }
}

export async function deepCheckDb(db: Db): Promise<readonly DeepFinding[]> {
  return [
    await finding("records", async () => {
      const { records, damaged, damagedCount } = await readAllRecords(db);
      const problems = damaged.map((name) => `record ${name} fails its checksum`);
      return { found: `${records} records, ${damagedCount} damaged`, problems };
    }),
    await finding("state root", async () => {
      const compared = await compareTree(db);
      if (compared === undefined) return { found: "no chain yet", problems: [] };
      const problem = treeProblem(compared);
      return { found: `recomputed from ${compared.keys} keys`, problems: problem === undefined ? [] : [problem] };
    }),
    await finding("blocks", async () => blocks(await openChainStore(db))),
    await finding("invariants", async () => {
      const store = await openChainStore(db);
      if (store.head === undefined) return { found: "no chain yet", problems: [] };
      return { found: `of height ${store.head.height}`, problems: brokenInvariants(store.latest) };
    }),
  ];
}

async function finding(check: string, look: () => Promise<Omit<DeepFinding, "check">>): Promise<DeepFinding> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    return damage(check, error);
  }
}

function damage(check: string, error: unknown): DeepFinding {
  if (error instanceof StorageFault) return { check, found: error.code, problems: [error.message] };
  // What reads the state relies on its form: damaged values break that before any invariant can.
  if (error instanceof AssertionError) return { check, found: "unreadable", problems: [error.message] };
  throw error;
}

/** Each kept block is the one of its hash, follows the one below, and names the state that was there. */
function blocks(store: ChainStore): Omit<DeepFinding, "check"> {
  const problems: string[] = [];
  const last = store.head?.height ?? 0n;
  for (let height = store.firstBlock; height <= last; height++) {
    try {
      const why = wrongBlock(store, height);
      if (why !== undefined) problems.push(`block ${height}: ${why}`);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      problems.push(error.message);
    }
  }
  const count = last < store.firstBlock ? 0n : last - store.firstBlock + 1n;
  return { found: `${count} blocks`, problems };
}

function wrongBlock(store: ChainStore, height: bigint): string | undefined {
  const bytes = store.block(height)!;
  const block = blockCodec.decode(bytes);
  const certificate = certificateCodec.decode(store.certificate(height)!);
  store.results(height);
  if (isRejection(block) || block.header === undefined) return "cannot be decoded";
  if (isRejection(certificate) || certificate.blockId === undefined) return "its certificate cannot be decoded";
  if (!isHeaderOf(store.blockHash(height), block.header)) return "is not the block of its hash";
  if (!equalBlockIds(certificate.blockId, blockIdOf(block.header, bytes))) {
    return "its certificate is for another block";
  }
  const root = store.rootAfter(height - 1n);
  return root === undefined || equalBytes(block.header.stateRoot, root) ? undefined : "names another state root";
}
