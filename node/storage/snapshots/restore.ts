import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";
import { hashBytes } from "#proto/types/block-id.js";
import { certificateCodec } from "#proto/types/block.js";
import type { Base, Write } from "#state/store/base.js";
import { openWhole } from "../chain-store.js";
import { Records } from "../database/records.js";
import { single } from "../database/tables.js";
import { Catalog, type Listed } from "./catalog.js";
import type { SnapshotPorts } from "./create.js";
import { SnapshotFault } from "./fault.js";
import { readDecided, refuseOtherRoot } from "./format.js";
import { snapshotHeight, type SnapshotHeight } from "./header.js";
import { readProgress, type Progress } from "./restore-record.js";
import { loadState } from "./restore-state.js";

export interface RestorePorts extends SnapshotPorts {
  /** The genesis of this home: its document's bytes as the chain keeps them. */
  readonly genesis: { readonly document: Bytes; readonly initialHeight: bigint };
  /** Why the header cannot be believed; undefined when it can. */
  judge(height: SnapshotHeight): Rejection | undefined;
  /** The result of the decided block on the state before it. @throws when it cannot be executed */
  replay(state: Base, height: SnapshotHeight): { readonly results: Bytes; readonly writes: readonly Write[] };
  /** Told after each chunk. */
  progress?(done: number, of: number): void;
}

/**
 * Makes a chain of one height in an empty database. A kill at any point costs one chunk: the same call goes on.
 * The header must be believed and the subtrees of the manifest fold to its state root before a chunk is read; each chunk
 * must have the root of its subtree before any of it is written.
 * @throws SnapshotFault, with the database left as far as it came
 */
export async function restoreSnapshot(ports: RestorePorts, { manifest, hash }: Listed): Promise<void> {
  const records = new Records(ports.db);
  const catalog = new Catalog(ports.files, ports.directory);
  const started = begun(records, hash);
  if (!equalBytes(sha256(ports.genesis.document), manifest.genesisHash)) {
    throw new SnapshotFault("snapshot.other_chain", "the snapshot is of a chain with another genesis.json");
  }
  const height = snapshotHeight(manifest, await readDecided(await catalog.file(manifest.decided), manifest.decided));
  const doubt = ports.judge(height);
  if (doubt !== undefined) {
    throw new SnapshotFault(
      "snapshot.untrusted",
      `no trusted source confirms header ${toHex(hashBytes(manifest.headerHash))} of height ${manifest.height} (${rejectionText(doubt)}): ` +
        "compare it with a source that you trust and pass it as --trust-hash",
    );
  }
  refuseOtherRoot(manifest);
  if (records.get(single("head")) === undefined) await loadState(ports, records, catalog, manifest, started);
  const store = await openWhole(records);
  if (store.head?.height === manifest.height - 1n) {
    const { results, writes } = ports.replay(store.latest, height);
    await store.commitHeight({
      height: manifest.height,
      blockHash: manifest.headerHash,
      block: height.bytes,
      certificate: certificateCodec.encode(height.light.certificate),
      results,
      writes,
    });
  }
  await records.write([[single("restore"), undefined]], { sync: true });
}

function begun(records: Records, manifest: Bytes): Progress {
  const stored = records.get(single("restore"));
  const progress = stored === undefined ? undefined : readProgress(stored);
  const other = progress !== undefined && !equalBytes(progress.manifest, manifest);
  if (other || (progress === undefined && records.get(single("head")) !== undefined)) {
    throw new SnapshotFault(
      "snapshot.not_empty",
      `this home holds ${other ? "part of another snapshot" : "a chain already"}: tribd comet unsafe-reset-all empties it`,
    );
  }
  return progress ?? { manifest, chunks: 0, depth: 0, leaves: 0 };
}
