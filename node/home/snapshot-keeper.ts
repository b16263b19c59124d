import type { Log } from "../drive/deps.js";
import { snapshotRow } from "./snapshots.js";
import { Catalog } from "../storage/snapshots/catalog.js";
import { createSnapshot, type SnapshotPorts } from "../storage/snapshots/create.js";

export interface KeeperTerms {
  /** Heights from one snapshot to the next, at least 1. */
  readonly interval: number;
  /** The latest ones that stay; 0 keeps all. */
  readonly keepRecent: number;
}

/** Makes snapshots beside the running chain. One at a time: a height that comes meanwhile is passed over. */
export function keepSnapshots(ports: SnapshotPorts, { interval, keepRecent }: KeeperTerms, log: Log) {
  let work: Promise<void> | undefined;
  const make = async (height: bigint): Promise<void> => {
    try {
      const made = await createSnapshot(ports, height);
      await new Catalog(ports.files, ports.directory).retain(keepRecent);
      log.info("snapshot made", snapshotRow(made));
    } catch (error) {
      log.warn("no snapshot was created; the next interval tries again", { height, error: String(error) });
    }
  };
  return {
    /** After a height is on disk. */
    committed(height: bigint): void {
      if (height % BigInt(interval) !== 0n || work !== undefined) return;
      work = make(height).finally(() => (work = undefined));
    },
    /** Waits for the one under way. */
    async stop(): Promise<void> {
      await work;
    },
  };
}
