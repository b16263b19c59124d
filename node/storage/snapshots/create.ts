import { equalBytes, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, certificateCodec, headerHash } from "#proto/types/block.js";
import { toMessage } from "#proto/types/validators.js";
import { nextValidators } from "#state/modules/chain/index.js";
import type { Db } from "../database/db.js";
import type { Files } from "../files/files.js";
import { damaged, Records } from "../database/records.js";
import { StateHistory } from "../state/state-history.js";
import { readStored } from "../state/state-record.js";
import { byHeight, single, stateKey } from "../database/tables.js";
import { Catalog, type Listed } from "./catalog.js";
import { cutLeaves } from "./cut.js";
import { SnapshotFault } from "./fault.js";
import { CHUNK_BYTES, CHUNKS_MAX, packChunk, packDecided, SNAPSHOT_FORMAT, type Decided } from "./format.js";
import { stateAfter, storedHead } from "./state-after.js";
import { foldRoots, rootOfLeaves, type Subtree } from "./subtrees.js";

export interface SnapshotPorts {
  readonly db: Db;
  readonly files: Files;
  /** Where the home keeps its snapshots. */
  readonly directory: string;
}

/**
 * Makes a snapshot of a height: the state before its block, and the block with its certificate. The chain may run.
 * @param height by default the last one
 * @param chunkBytes of a chunk's entries at most, unless it is one
 * @throws SnapshotFault when the height is outside the proof window
 */
export async function createSnapshot(
  { db, files, directory }: SnapshotPorts,
  height?: bigint,
  chunkBytes = CHUNK_BYTES,
): Promise<Listed> {
  const records = new Records(db);
  const catalog = new Catalog(files, directory);
  await catalog.open();
  const at = height ?? storedHead(records).height;
  const { decided, ...named } = decidedAt(records, at);
  const chunks = await packState(records, catalog, at - 1n, chunkBytes);
  if (!equalBytes(foldRoots(chunks), named.stateRoot)) {
    throw damaged(byHeight("block", at), "has a state root that the state before it does not have");
  }
  const decidedFile = await packDecided(decided);
  await catalog.put(decidedFile);
  return catalog.keep({ format: SNAPSHOT_FORMAT, ...named, height: at, decided: decidedFile.hash, chunks });
}

/** The state after a height as chunks in the catalog. */
export async function packState(
  records: Records,
  catalog: Catalog,
  height: bigint,
  chunkBytes: number,
): Promise<Subtree[]> {
  const chunks: Subtree[] = [];
  for await (const { from, depth, leaves } of cutLeaves(stateAfter(records, height), chunkBytes)) {
    const chunk = await packChunk(leaves);
    await catalog.put(chunk);
    chunks.push({ from, depth, entries: leaves.length, root: rootOfLeaves(leaves, depth), file: chunk.hash });
    if (chunks.length > CHUNKS_MAX) throw new SnapshotFault("snapshot.too_large", `more than ${CHUNKS_MAX} chunks`);
  }
  return chunks;
}

function decidedAt(records: Records, height: bigint) {
  const get = (record: Bytes): Bytes => {
    const bytes = records.get(record);
    if (bytes === undefined) throw new SnapshotFault("snapshot.height", `height ${height} has no block here`);
    return bytes;
  };
  const bytes = get(byHeight("block", height));
  const block = blockCodec.decode(bytes);
  const certificate = certificateCodec.decode(get(byHeight("certificate", height)));
  if (isRejection(block) || block.header === undefined) throw damaged(byHeight("block", height), "is no block");
  if (isRejection(certificate)) throw damaged(byHeight("certificate", height), "is no certificate");
  const { header } = block;
  const latest = (key: Bytes) => {
    const stored = records.get(stateKey(key));
    return stored === undefined ? undefined : readStored(stored);
  };
  const before = new StateHistory(records, latest, height - 1n, () => storedHead(records).height);
  const decided: Decided = { block: bytes, certificate, validators: toMessage(nextValidators(before)) };
  return {
    decided,
    chainId: header.chainId,
    headerHash: headerHash(header),
    stateRoot: header.stateRoot,
    genesisHash: sha256(get(single("genesis")).subarray(8)),
  };
}
