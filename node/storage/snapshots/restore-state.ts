import { concat, equalBytes, u64be } from "#proto/bytes.js";
import { headerHashOf } from "#proto/types/block-id.js";
import type { Write } from "#state/store/base.js";
import { Top } from "#state/tree/top.js";
import { writeFloors, writeHead, writeInfo } from "../head-record.js";
import { BucketSplit } from "../state/bucket-split.js";
import { given, type Making } from "../database/record-maker.js";
import { damaged, type Records } from "../database/records.js";
import { storedRecord } from "../state/state-record.js";
import { byHeight, single, TABLE } from "../database/tables.js";
import { fromBuckets } from "../state/tree-load.js";
import { depthFor, TreeStore } from "../state/tree-store.js";
import type { Catalog } from "./catalog.js";
import { entriesOf, readChunk, type Manifest } from "./format.js";
import { writeProgress, type Progress } from "./restore-record.js";
import type { RestorePorts } from "./restore.js";
import type { StateLeaf } from "./state-after.js";

/** How far one chunk's share of the hash space may lie below the average. */
const UNEVEN = 4;

/**
 * Chunk by chunk into values and tree, each once it has the root of its subtree; then the head that makes a chain of it.
 * @param manifest its subtrees fold to its state root @throws SnapshotFault at the first chunk that is not what it should be
 */
export async function loadState(
  ports: Pick<RestorePorts, "genesis" | "progress">,
  records: Records,
  catalog: Catalog,
  manifest: Manifest,
  started: Progress,
): Promise<void> {
  const height = manifest.height - 1n;
  let tree: TreeStore | undefined;
  if (started.chunks > 0) {
    const top = await fromBuckets(records, started.depth);
    tree = new TreeStore(records, top, started.leaves, { split: await BucketSplit.reopen(records, started.depth) });
  }
  for (let chunks = started.chunks; chunks < manifest.chunks.length;) {
    const subtree = manifest.chunks[chunks]!;
    const leaves = await readChunk(await catalog.file(subtree.file), subtree);
    tree ??= new TreeStore(records, new Top(depthFor(likelyLeaves(manifest))), 0);
    const { records: below } = tree.apply(
      leaves.map(({ key, value }): Write => [key, value]),
      height,
      leaves.map(({ keyHash }) => keyHash),
    );
    const progress = { manifest: started.manifest, chunks: ++chunks, depth: tree.depth, leaves: tree.leaves };
    const pointer: Write = [single("restore"), writeProgress(progress)];
    const kinds = [valuesOf(leaves, height), ...below.map(withoutUndo), given([pointer])];
    await records.writeMade(kinds, { sync: true });
    ports.progress?.(chunks, manifest.chunks.length);
  }
  tree ??= new TreeStore(records, new Top(depthFor(0)), 0);
  if (!equalBytes(tree.root, manifest.stateRoot)) {
    throw damaged(single("restore"), "tells of leaves that are not there");
  }
  await records.write(headWrites(ports, manifest, tree), { sync: true });
}

/** Memory is not reserved by the manifest's numbers before its first chunk is verified: hashes are evenly distributed. */
function likelyLeaves(manifest: Manifest): number {
  const { entries, depth } = manifest.chunks[0]!;
  return Math.min(entriesOf(manifest), UNEVEN * entries * 2 ** depth);
}

/** Earlier heights are not served after a restore, so their undo records are not kept. */
const UNDO: ReadonlySet<number> = new Set([TABLE.undoRoots, TABLE.undoKeys]);

const withoutUndo = (making: Making): Making =>
  function* (maker) {
    for (const write of making(maker)) if (!UNDO.has(write[0][0]!)) yield write;
  };

const valuesOf = (leaves: readonly StateLeaf[], height: bigint): Making =>
  function* (maker) {
    for (const { key, value } of leaves) yield storedRecord(key, { changed: height, value }, maker);
  };

function headWrites({ genesis }: Pick<RestorePorts, "genesis">, manifest: Manifest, tree: TreeStore): Write[] {
  const height = manifest.height - 1n;
  const blockHash = headerHashOf(new Uint8Array(32)); // Of a block that is not kept.
  const swept = { stateSwept: height, proofSwept: height, blockSwept: manifest.height };
  const floors = { state: height, proof: height, block: manifest.height, ...swept };
  const head = { height, root: tree.root, blockHash, depth: tree.depth, leaves: tree.leaves, splitAt: 0n };
  return [
    [single("genesis"), concat(u64be(genesis.initialHeight), genesis.document)],
    [single("floors"), writeFloors(floors)],
    [byHeight("heightInfo", height), writeInfo(head)],
    [single("head"), writeHead(head)],
    ...tree.checkpoint(height),
  ];
}
