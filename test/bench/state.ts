import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, u32be, u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyMembership } from "#proto/light/ics23.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/level.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Write } from "#state/store/base.js";
import { percentile, type Bench } from "./suite.js";

const UPDATES = 5000;
const INSERTS = 500;
const PREFILL_BATCH = 20_000;
const RETENTION = { stateHeights: 100_000n, proofHeights: 1_000n, blockHeights: 0n };
const NO_BYTES = new Uint8Array(1);

/** Keys of 41 bytes and values of 80, both incompressible and spread uniformly: the worst case for locality. */
const keyOf = (i: number): Bytes => concat(Uint8Array.of(2, 1), sha256(u32be(i)), u64be(BigInt(i)).subarray(1));
function valueOf(i: number, salt: number): Bytes {
  const seed = sha256(u32be(i), u32be(salt));
  return concat(seed, sha256(seed), seed.subarray(0, 16));
}

/** A block's writes: the same numbers in each run. */
function blockWrites(height: number, keys: number): Write[] {
  const out = new Map<number, Write>();
  for (let i = 0; out.size < UPDATES; i++) {
    const at = Number(BigInt.asUintN(32, BigInt(Math.imul(i + height * 104_729, 2_654_435_761)))) % keys;
    out.set(at, [keyOf(at), valueOf(at, height)]);
  }
  const inserts = Array.from({ length: INSERTS }, (_, i): Write => [
    keyOf(keys + height * INSERTS + i),
    valueOf(i, height),
  ]);
  return [...out.values(), ...inserts];
}

async function commit(store: ChainStore, writes: readonly Write[]): Promise<number> {
  const height = store.head!.height + 1n;
  const blockHash = sha256(u64be(height));
  const begin = performance.now();
  await store.commitHeight({ height, blockHash, block: NO_BYTES, certificate: NO_BYTES, results: NO_BYTES, writes });
  return performance.now() - begin;
}

async function directoryBytes(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  return bytes;
}

/** The floor: the same flat values in one plain synced batch, without tree, history or checksums. */
async function plainBatches(directory: string, keys: number, rounds: number): Promise<number[]> {
  const db = await openLevel(join(directory, "plain"));
  for (let i = 0; i < keys; i += PREFILL_BATCH) {
    await db.write(
      Array.from({ length: Math.min(PREFILL_BATCH, keys - i) }, (_, j): Write => [keyOf(i + j), valueOf(i + j, 0)]),
      { sync: false },
    );
  }
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const writes = blockWrites(round, keys);
    const begin = performance.now();
    await db.write(writes, { sync: true });
    times.push(performance.now() - begin);
  }
  await db.close();
  return times;
}

function perSecond(count: number, act: (i: number) => void): number {
  const begin = performance.now();
  for (let i = 0; i < count; i++) act(i);
  return (count * 1000) / (performance.now() - begin);
}

async function measure(bench: Bench, directory: string, keys: number, label: string): Promise<void> {
  const rounds = bench.quick ? 20 : 60;
  const floor = percentile(await plainBatches(directory, keys, rounds), 0.5);
  const path = join(directory, "chain");
  let store = await openChainStore(await openLevel(path), RETENTION);
  await store.commitGenesis({ document: NO_BYTES, initialHeight: 1n, writes: [] });
  for (let i = 0; i < keys; i += PREFILL_BATCH) {
    await commit(
      store,
      Array.from({ length: Math.min(PREFILL_BATCH, keys - i) }, (_, j): Write => [keyOf(i + j), valueOf(i + j, 0)]),
    );
  }
  bench.note(`${keys} keys written`);
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) times.push(await commit(store, blockWrites(round, keys)));
  const p50 = percentile(times, 0.5);
  bench.result({ name: `commit_ms_p50_${label}`, value: p50, unit: "ms", baseline: floor, ratio: p50 / floor });
  bench.result({ name: `commit_ms_p99_${label}`, value: percentile(times, 0.99), unit: "ms" });
  bench.result({
    name: "commit_ratio_to_plain_batch",
    value: p50 / floor,
    unit: "ratio",
    baseline: floor,
    ratio: p50 / floor,
  });
  const { height, root } = store.head!;
  await store.close();
  const begin = performance.now();
  store = await openChainStore(await openLevel(path), RETENTION);
  bench.result({ name: `reopen_ms_${label}`, value: performance.now() - begin, unit: "ms" });
  if (store.head!.height !== height || Buffer.compare(store.head!.root, root) !== 0)
    throw new Error("reopened at another root");
  const { latest } = store;
  const far = (i: number): number => Number((BigInt(i) * 7_919_993n) % BigInt(keys));
  const reads = Math.min(keys, 100_000);
  bench.result({ name: "reads_per_s_cold", value: perSecond(reads, (i) => latest.get(keyOf(far(i)))), unit: "1/s" });
  const hot = Array.from({ length: 2000 }, (_, i) => keyOf(far(i)));
  for (const key of hot) latest.get(key);
  bench.result({
    name: "reads_per_s_hot",
    value: perSecond(200_000, (i) => latest.get(hot[i % hot.length]!)),
    unit: "1/s",
  });
  const proofs: { readonly key: Bytes; readonly value: Bytes; readonly proof: Bytes }[] = [];
  const made = perSecond(2000, (i) => {
    const key = keyOf(far(i * 31));
    const { value, proof } = store.prove(key, height - 1n);
    proofs.push({ key, value: value!, proof });
  });
  bench.result({ name: "proofs_made_per_s", value: made, unit: "1/s" });
  const rootThen = store.rootAfter(height - 1n)!;
  const checked = perSecond(proofs.length, (i) => {
    const { key, value, proof } = proofs[i]!;
    if (!verifyMembership(STATE_PROOF_SPEC, rootThen, proof, key, value)) throw new Error("a proof does not verify");
  });
  bench.result({ name: "proofs_checked_per_s", value: checked, unit: "1/s" });
  bench.result({ name: `rss_mb_${label}`, value: process.memoryUsage().rss / 1e6, unit: "MB" });
  const total = keys + rounds * INSERTS;
  await store.close();
  bench.result({ name: "bytes_per_key", value: (await directoryBytes(path)) / total, unit: "B" });
}

/** The authenticated state on disk, against a plain batch of the same values in the same run. */
export async function stateSuite(bench: Bench): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  try {
    if (bench.quick) await measure(bench, directory, 100_000, "quick");
    else await measure(bench, directory, 1_000_000, "1m");
    if (bench.large) await measure(bench, join(directory, "large"), 10_000_000, "10m");
  } finally {
    await rm(directory, { recursive: true });
  }
}
