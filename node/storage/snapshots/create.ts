import { crc32 } from "node:zlib";
import { toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, certificateCodec, headerHash } from "#proto/types/block.js";
import { toMessage } from "#proto/types/validators.js";
import { nextValidators } from "#state/modules/chain/index.js";
import type { Db } from "../db.js";
import type { Files } from "../files.js";
import { damaged, Records } from "../records.js";
import { StateHistory } from "../state-history.js";
import { readStored } from "../state-record.js";
import { byHeight, single, stateKey } from "../tables.js";
import { Catalog, type Listed } from "./catalog.js";
import { SnapshotFault } from "./fault.js";
import {
  CHUNK_BYTES,
  CHUNK_BYTES_CEILING,
  CHUNK_BYTES_MIN,
  CHUNK_ENTRIES_MAX,
  CHUNKS_MAX,
  packChunk,
  packDecided,
  SNAPSHOT_FORMAT,
  type Decided,
  type SnapshotEntry,
} from "./format.js";
import { stateAfter, storedHead } from "./state-after.js";

export interface SnapshotPorts {
  readonly db: Db;
  readonly files: Files;
  /** Where the home keeps its snapshots. */
  readonly directory: string;
}

/** One key in 2048 ends a chunk that is large enough: runs that did not change are the same file in the next snapshot. */
const CUT_MASK = 0x7ff;
/** An entry's key and value in its message: tags and lengths. */
const FRAME_BYTES = 16;

/**
 * Makes a snapshot of a height: the state before its block, and the block with its certificate. The chain may run.
 * @param height by default the last one
 * @throws SnapshotFault when the height is outside the proof window
 */
export async function createSnapshot({ db, files, directory }: SnapshotPorts, height?: bigint): Promise<Listed> {
  const records = new Records(db);
  const catalog = new Catalog(files, directory);
  await catalog.open();
  const at = height ?? storedHead(records).height;
  const { decided, ...named } = decidedAt(records, at);
  const chunks: Bytes[] = [];
  let entries = 0n;
  for await (const run of runs(stateAfter(records, at - 1n))) {
    const chunk = await packChunk(run);
    await catalog.put(chunk);
    chunks.push(chunk.hash);
    entries += BigInt(run.length);
    if (chunks.length > CHUNKS_MAX) throw new SnapshotFault("snapshot.too_large", `more than ${CHUNKS_MAX} chunks`);
  }
  const decidedFile = await packDecided(decided);
  await catalog.put(decidedFile);
  return catalog.keep({ format: SNAPSHOT_FORMAT, ...named, height: at, entries, decided: decidedFile.hash, chunks });
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

/** Entries in runs that become chunks. Where a run ends depends on its keys alone, not on what stands before it. */
async function* runs(
  entries: AsyncIterable<readonly [Bytes, Bytes]>,
): AsyncGenerator<SnapshotEntry[], void, undefined> {
  let run: SnapshotEntry[] = [];
  let bytes = 0;
  for await (const [key, value] of entries) {
    const size = key.length + value.length + FRAME_BYTES;
    if (size > CHUNK_BYTES_CEILING) {
      throw new SnapshotFault("snapshot.too_large", `the value of key ${toHex(key)} does not fit a chunk`);
    }
    if (bytes + size > CHUNK_BYTES && run.length > 0) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push({ key, value });
    bytes += size;
    const cut = bytes >= CHUNK_BYTES_MIN && (crc32(key) & CUT_MASK) === 0;
    if (!cut && run.length < CHUNK_ENTRIES_MAX) continue;
    yield run;
    run = [];
    bytes = 0;
  }
  if (run.length > 0) yield run;
}
