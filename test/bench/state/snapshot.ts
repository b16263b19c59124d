import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { concat, u32be } from "#proto/bytes.js";
import { assert } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { blockCodec } from "#proto/types/block.js";
import type { ChainStore } from "#node/storage/types.js";
import { genesisWrites } from "#state/genesis.js";
import { LoneChain, loneGenesis } from "#test/fixtures/lone-chain.js";
import { percentile, type Bench } from "../suite.js";
import { commit, KEPT, openChain, type Decided } from "./chain.js";
import { roundWrites, valueOf } from "./content.js";

/** Values as large as a chunk of fingerprints: with them the state has a gigabyte. */
const CHUNK_BYTES = 64 * 1024;
const CHUNKS = 14_000;
const CHUNKS_QUICK = 1_000;
const CHUNKS_A_COMMIT = 100;
const ROUNDS_MIN = 40;

/**
 * Commits while another thread makes a snapshot of the same database, and as many without it afterwards.
 * @param path a chain of this number of keys, which is used up
 */
export async function besideSnapshot(
  bench: Bench,
  path: string,
  keys: number,
  label: string,
  round: number,
): Promise<void> {
  const store = await openChain(path, KEPT);
  try {
    await measure(bench, store, path, keys, label, round);
  } finally {
    await store.close(); // It would go on writing while its directory is removed, and hide what failed.
  }
}

async function measure(
  bench: Bench,
  store: ChainStore,
  path: string,
  keys: number,
  label: string,
  round: number,
): Promise<void> {
  const decided = await realHeight();
  const count = bench.quick ? CHUNKS_QUICK : CHUNKS;
  for (let first = 0; first < count; first += CHUNKS_A_COMMIT) {
    const chunks = Array.from({ length: CHUNKS_A_COMMIT }, (_, i) => first + i);
    const key = (i: number) => concat(Uint8Array.of(0xf0), u32be(i));
    await commit(
      store,
      chunks.map((i) => [key(i), valueOf(i, 1, CHUNK_BYTES)]),
    );
  }
  const first = genesisWrites(loneGenesis());
  assert(!isRejection(first), "the lone genesis is whole");
  for (let i = 0; i < 2; i++) await commit(store, i === 0 ? first : [], decided(store));
  const times = async (more: (done: number) => boolean): Promise<number[]> => {
    const out: number[] = [];
    while (more(out.length)) out.push(await commit(store, roundWrites(round++, keys), decided(store)));
    return out;
  };
  await times((done) => done < 10);
  const begin = performance.now();
  const snapshots = `${path}-snapshots`;
  const maker = new Worker(new URL("./snapshot-maker.js", import.meta.url), { workerData: { path, snapshots } });
  let seconds: number | undefined;
  let failed: unknown;
  maker.once("error", (cause) => (failed = cause));
  maker.once("exit", () => (seconds = (performance.now() - begin) / 1000));
  const during = await times((done) => seconds === undefined || done < ROUNDS_MIN).finally(() => maker.terminate());
  if (seconds === undefined || failed !== undefined) throw new Error("the snapshot failed", { cause: failed });
  const quiet = await times((done) => done < during.length);
  const [p99, baseline] = [percentile(during, 0.99), percentile(quiet, 0.99)];
  bench.result({ name: "commit_ratio_during_snapshot", value: p99 / baseline, unit: "ratio" });
  bench.result({
    name: `commit_ms_p99_${label}_during_snapshot`,
    value: p99,
    unit: "ms",
    baseline,
    ratio: p99 / baseline,
  });
  bench.result({ name: "snapshot_s", value: seconds, unit: "s" });
  bench.result({ name: "snapshot_mb", value: (await bytesOf(join(snapshots, "chunks"))) / 1e6, unit: "MB" });
}

/**
 * Blocks and certificates that can be read; they are of another chain, except for the state root, and nobody will restore
 * what is made of them.
 */
async function realHeight(): Promise<(store: ChainStore) => Decided> {
  const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open()));
  await lone.grow(1);
  const block = blockCodec.decode(lone.store.block(1n)!);
  assert(!isRejection(block) && block.header !== undefined, "a committed block can be read");
  const { header } = block;
  const certificate = lone.store.certificate(1n)!;
  return ({ head }) => ({
    block: blockCodec.encode({ ...block, header: { ...header, stateRoot: head!.root } }),
    certificate,
  });
}

async function bytesOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  return bytes;
}
