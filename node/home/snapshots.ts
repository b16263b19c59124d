import { join } from "node:path";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { canonicalJson } from "#proto/canonical-json.js";
import { trustGenesis, trustHash, trustTerms, verifyFirst, verifyNext } from "#proto/light/trust.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { hashBytes } from "#proto/types/block-id.js";
import type { Genesis } from "#proto/types/genesis.js";
import { replayDecided } from "../chain/replay.js";
import type { Home } from "../config/home.js";
import { fingerprintsOf } from "../chain/fingerprints.js";
import { systemFiles } from "../runtime/files.js";
import { chainDirectory } from "./chain-db.js";
import { alone } from "./home-lock.js";
import type { Db } from "../storage/database/db.js";
import { openLevel } from "../storage/database/level.js";
import { exportArchive, loadArchive } from "../storage/snapshots/archive.js";
import { Catalog, type Listed } from "../storage/snapshots/catalog.js";
import { createSnapshot, type SnapshotPorts } from "../storage/snapshots/create.js";
import { entriesOf } from "../storage/snapshots/format.js";
import { restoreSnapshot } from "../storage/snapshots/restore.js";
import type { SnapshotHeight } from "../storage/snapshots/header.js";

/** Where a home keeps its snapshots. */
export const snapshotDirectory = (home: Home): string => join(home.data, "snapshots");

export const snapshotCatalog = (home: Home): Catalog => new Catalog(systemFiles, snapshotDirectory(home));

export const snapshotPorts = (home: Home, db: Db): SnapshotPorts => ({
  db,
  files: systemFiles,
  directory: snapshotDirectory(home),
});

/**
 * What changes the snapshots of a home is alone in it meanwhile: a node that made one beside it would lose files that no
 * manifest lists yet. @throws HomeFault when a node runs there
 */
function withDb<T>(home: Home, act: (db: Db) => Promise<T>): Promise<T> {
  return alone(home, async () => {
    const db = await openLevel(chainDirectory(home));
    try {
      return await act(db);
    } finally {
      await db.close();
    }
  });
}

/**
 * Makes a snapshot of a home whose node is stopped.
 * @param keepRecent number of latest snapshots to keep; 0 keeps all @returns also the heights whose snapshots were deleted
 * @throws SnapshotFault, StorageFault, HomeFault
 */
export const createHomeSnapshot = (
  home: Home,
  height: bigint | undefined,
  keepRecent: number,
): Promise<{ readonly made: Listed; readonly gone: readonly bigint[] }> =>
  withDb(home, async (db) => ({
    made: await createSnapshot(snapshotPorts(home, db), height),
    gone: await snapshotCatalog(home).retain(keepRecent),
  }));

/** @throws SnapshotFault, HomeFault */
export const deleteSnapshot = (home: Home, height: bigint): Promise<void> =>
  alone(home, () => snapshotCatalog(home).delete(height));

/** Writes one snapshot of a home as one file. @throws SnapshotFault, or the system's error when the file exists */
export async function exportSnapshot(home: Home, height: bigint, path: string): Promise<Listed> {
  const catalog = snapshotCatalog(home);
  const listed = await catalog.get(height);
  await exportArchive(catalog, listed, path);
  return listed;
}

/** @throws SnapshotFault, HomeFault */
export const loadSnapshot = (home: Home, path: string): Promise<Listed> =>
  alone(home, () => loadArchive(snapshotCatalog(home), path));

export interface RestoreTerms {
  /** Hash of the header that the person trusts; without it genesis must vouch for it. */
  readonly trustedHash: Bytes | undefined;
  /** Unix milliseconds. */
  readonly now: bigint;
  progress(done: number, of: number): void;
}

/** Fills the database of a home from a snapshot that its catalog holds; again after a kill. @throws SnapshotFault */
export async function restoreHome(home: Home, genesis: Genesis, height: bigint, terms: RestoreTerms): Promise<Listed> {
  const listed = await snapshotCatalog(home).get(height);
  await withDb(home, (db) =>
    restoreSnapshot(
      {
        ...snapshotPorts(home, db),
        genesis: { document: utf8(canonicalJson(genesis.document)), initialHeight: genesis.initialHeight },
        judge: (snapshot) => doubtOf(genesis, snapshot, terms),
        replay: (state, { block, light }) => replayDecided(state, block, light, (base) => fingerprintsOf(base)),
        progress: terms.progress,
      },
      listed,
    ),
  );
  return listed;
}

/** By name, or by what the validators of genesis signed within the time in which they answer for it. */
export function doubtOf(
  genesis: Genesis,
  { light }: SnapshotHeight,
  { trustedHash, now }: Pick<RestoreTerms, "trustedHash" | "now">,
): Rejection | undefined {
  const { chainId } = genesis;
  const { height } = light.header;
  const terms = trustTerms(genesis, now);
  const trusted =
    trustedHash !== undefined
      ? trustHash(chainId, height, trustedHash, light)
      : height === genesis.initialHeight
        ? verifyFirst(genesis, light, terms)
        : verifyNext(trustGenesis(genesis), light, terms);
  return isRejection(trusted) ? trusted : undefined;
}

/** A snapshot as shown in tables and to scripts. */
export function snapshotRow({ manifest, hash }: Listed) {
  return {
    height: manifest.height.toString(),
    format: manifest.format,
    chunks: manifest.chunks.length,
    keys: entriesOf(manifest).toString(),
    header_hash: toHex(hashBytes(manifest.headerHash)).toUpperCase(),
    hash: toHex(hash),
  };
}
