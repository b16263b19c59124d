import { compareBytes, concat, equalBytes, toHex, u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";
import { certificateCodec } from "#proto/types/block.js";
import type { Base, Write } from "#state/store/base.js";
import { Top } from "#state/tree/top.js";
import { Arena } from "#proto/arena.js";
import { openWhole } from "../chain-store.js";
import { writeFloors, writeHead, writeInfo } from "../head-record.js";
import { Records } from "../records.js";
import { writeStored } from "../state-record.js";
import { byHeight, single, stateKey, TABLE } from "../tables.js";
import { fromBuckets } from "../tree-load.js";
import { depthFor, TreeStore } from "../tree-store.js";
import { Catalog, type Listed } from "./catalog.js";
import type { SnapshotPorts } from "./create.js";
import { SnapshotFault } from "./fault.js";
import { readChunk, readDecided, type Manifest, type SnapshotEntry } from "./format.js";
import { snapshotHeight, type SnapshotHeight } from "./header.js";
import { readProgress, writeProgress, type Progress } from "./restore-record.js";

export interface RestorePorts extends SnapshotPorts {
  /** The genesis of this home: its document's bytes as the chain keeps them. */
  readonly genesis: { readonly document: Bytes; readonly initialHeight: bigint };
  /** Why the header cannot be believed; undefined when it can. */
  judge(height: SnapshotHeight): Rejection | undefined;
  /** What the decided block makes of the state before it. @throws when it cannot be executed */
  replay(state: Base, height: SnapshotHeight): { readonly results: Bytes; readonly writes: readonly Write[] };
  /** Told after each chunk. */
  progress?(done: number, of: number): void;
}

/**
 * Makes a chain of one height in an empty database. A kill at any point costs one chunk: the same call goes on.
 * Every file is compared with its hash before it is used, all of them together with the state root of the header.
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
      `nothing vouches for header ${toHex(manifest.headerHash)} of height ${manifest.height} (${rejectionText(doubt)}): ` +
        "compare it with a source that you trust and give it as --trust-hash",
    );
  }
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
  return progress ?? { manifest, chunks: 0, leaves: 0, lastKey: new Uint8Array(0) };
}

/** Chunk by chunk into values and tree; then, when the root is the header's, the head that makes a chain of it. */
async function loadState(
  ports: RestorePorts,
  records: Records,
  catalog: Catalog,
  manifest: Manifest,
  started: Progress,
): Promise<void> {
  const depth = depthFor(Number(manifest.entries));
  const top = started.chunks === 0 ? new Top(depth) : await fromBuckets(records, depth);
  const tree = new TreeStore(records, top, started.leaves);
  const height = manifest.height - 1n;
  let progress = started;
  for (const hash of manifest.chunks.slice(started.chunks)) {
    const entries = await readChunk(await catalog.file(hash), hash);
    refuseDisorder(entries, progress.lastKey, hash);
    if (BigInt(tree.leaves + entries.length) > manifest.entries) {
      throw new SnapshotFault("snapshot.damaged", `more entries than the ${manifest.entries} of the manifest`);
    }
    const writes = chunkWrites(tree, entries, height);
    progress = {
      manifest: progress.manifest,
      chunks: progress.chunks + 1,
      leaves: tree.leaves,
      lastKey: entries.at(-1)!.key,
    };
    await records.write([...writes, [single("restore"), writeProgress(progress)]], { sync: true });
    ports.progress?.(progress.chunks, manifest.chunks.length);
  }
  await records.write(headWrites(ports, manifest, tree, rootOf(manifest, tree)), { sync: true });
}

function refuseDisorder(entries: readonly SnapshotEntry[], lastKey: Bytes, hash: Bytes): void {
  let last = lastKey;
  for (const { key, value } of entries) {
    if (compareBytes(key, last) <= 0 || value.length === 0) {
      throw new SnapshotFault("snapshot.damaged", `chunk ${toHex(hash)}: key ${toHex(key)} is out of order or empty`);
    }
    last = key;
  }
  if (entries.length === 0) throw new SnapshotFault("snapshot.damaged", `chunk ${toHex(hash)} is empty`);
}

/** Nobody will ask for the heights before: what would bring them back is not kept. */
const UNDO: ReadonlySet<number> = new Set([TABLE.undoRoots, TABLE.undoKeys]);

function chunkWrites(tree: TreeStore, entries: readonly SnapshotEntry[], height: bigint): Write[] {
  const arena = new Arena();
  const values = entries.map(({ key, value }): Write => [
    stateKey(key),
    writeStored({ changed: height, value }, arena),
  ]);
  const { records } = tree.apply(
    entries.map(({ key, value }): Write => [key, value]),
    height,
  );
  return [...values, ...records.filter(([key]) => !UNDO.has(key[0]!))];
}

function rootOf({ stateRoot }: Manifest, tree: TreeStore): Bytes {
  if (equalBytes(tree.root, stateRoot)) return stateRoot;
  throw new SnapshotFault(
    "snapshot.wrong_root",
    `the chunks have the state root ${toHex(tree.root)}, the header says ${toHex(stateRoot)}: ` +
      "tribd comet unsafe-reset-all empties this home; take another snapshot",
  );
}

function headWrites({ genesis }: RestorePorts, manifest: Manifest, tree: TreeStore, root: Bytes): Write[] {
  const height = manifest.height - 1n;
  const blockHash = new Uint8Array(32); // Of a block that is not kept.
  const swept = { stateSwept: height, proofSwept: height, blockSwept: manifest.height };
  const floors = { state: height, proof: height, block: manifest.height, ...swept };
  const head = { height, root, blockHash, depth: tree.depth, leaves: tree.leaves, splitAt: 0n };
  return [
    [single("genesis"), concat(u64be(genesis.initialHeight), genesis.document)],
    [single("floors"), writeFloors(floors)],
    [byHeight("heightInfo", height), writeInfo(head)],
    [single("head"), writeHead(head)],
    ...tree.checkpoint(height),
  ];
}
