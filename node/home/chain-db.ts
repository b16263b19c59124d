import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../config/home.js";
import { writeJsonFile } from "../config/json-file.js";
import type { Db } from "../storage/database/db.js";
import { StorageFault } from "../storage/fault.js";
import { openLevel } from "../storage/database/level.js";
import { missingFile } from "../storage/database/level-files.js";

export const chainDirectory = (home: Home): string => join(home.data, "chain.db");
export const indexDirectory = (home: Home): string => join(home.data, "tx_index.db");

/** The chain's database, in a home that this process has locked. @throws StorageFault for what is missing of it */
export async function openChainDb(home: Home): Promise<Db> {
  const directory = chainDirectory(home);
  refuseMissing(directory, "put it back, or restore a backup or a snapshot");
  if (!existsSync(join(directory, "CURRENT"))) checkBegun(home, false);
  return openLevel(directory);
}

/** The search index, likewise. */
export async function openIndexDb(home: Home): Promise<Db> {
  const directory = indexDirectory(home);
  refuseMissing(directory, `delete ${directory}: the index is built again`);
  return openLevel(directory);
}

function refuseMissing(directory: string, fix: string): void {
  const missing = missingFile(directory);
  if (missing === undefined) return;
  throw new StorageFault(
    "storage.missing_file",
    `${missing} is missing, and the database is incomplete without it: ${fix}`,
  );
}

/** @param hasBlocks whether the database holds any @throws StorageFault when it is empty and was not before */
export function checkBegun(home: Home, hasBlocks: boolean): void {
  if (hasBlocks || !existsSync(home.begun)) return;
  throw new StorageFault(
    "storage.missing_file",
    `${chainDirectory(home)} is empty, but blocks were there before: mount its disk, or put the database back; if it ` +
      `was deleted on purpose, delete ${home.begun} too, and this node fetches all blocks again`,
  );
}

/** From the first block on an empty database is a loss. */
export function markBegun(home: Home, chainId: string): void {
  if (!existsSync(home.begun)) writeJsonFile(home.begun, { chain_id: chainId });
}
