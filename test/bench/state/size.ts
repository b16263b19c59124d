import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "#proto/bytes.js";
import { verifyMembership } from "#proto/light/ics23.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import type { ChainStore, Retention } from "#node/storage/types.js";
import { percentile, type Bench } from "../suite.js";
import { commit, KEPT, openChain, PRUNED } from "./chain.js";
import { besideSnapshot } from "./snapshot.js";
import { fillChain, PlainBatches } from "./children.js";
import { INSERTS, keyOf, roundWrites, VALUE_BYTES } from "./content.js";

/** Rounds before the measured ones: caches fill, code is compiled. */
const WARM_ROUNDS = 10;
const PRUNE_EVERY = 10;
const HOT_KEYS = 2000;
const HOT_READS = 200_000;
const COLD_READS = 50_000;
const PROOFS = 2000;

interface Rounds {
  readonly times: readonly number[];
  /** What reading the values took that a round replaces. */
  readonly reads: readonly number[];
  readonly floors: readonly number[];
}

/** Everything at one size: with history kept, under the plain names, and pruned. */
export async function measureSize(bench: Bench, directory: string, keys: number, label: string): Promise<void> {
  const path = `${directory}-chain`;
  const begin = performance.now();
  const [plain] = await Promise.all([
    PlainBatches.open(`${directory}-plain`, keys),
    fillChain(path, keys, VALUE_BYTES),
  ]);
  bench.note(`${keys} keys written in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  const main = label !== "10m";
  const count = bench.quick ? 20 : 100;
  const name = (text: string): string => (main ? text : `${text}_${label}`);
  bench.result({ name: name("bytes_per_key"), value: (await directoryBytes(path)) / keys, unit: "B" });

  let store = await reopen(bench, path, KEPT, label);
  const floor = async (round: number): Promise<number> => plain.round(round);
  const kept = await rounds(store, floor, keys, 0, count, () => undefined);
  reportCommits(bench, kept, label, "", main);
  reportReads(bench, store, keys, name, "");
  reportProofs(bench, store, keys, name, "");
  bench.result({ name: `rss_mb_${label}`, value: process.memoryUsage().rss / 1e6, unit: "MB" });
  await store.close();
  const changed = kept.times.length + WARM_ROUNDS;
  bench.result({
    name: name("bytes_per_key_history"),
    value: (await directoryBytes(path)) / (keys + changed * INSERTS),
    unit: "B",
  });

  store = await openChain(path, PRUNED);
  await store.prune();
  const pruned = await rounds(store, floor, keys, changed, count, (round) => {
    if (round % PRUNE_EVERY === 0) void store.prune();
  });
  reportCommits(bench, pruned, label, "_pruned", false);
  reportReads(bench, store, keys, name, "_pruned");
  await store.prune();
  await store.close();
  await plain.close();
  bench.result({
    name: name("bytes_per_key_pruned"),
    value: (await directoryBytes(path)) / (keys + 2 * changed * INSERTS),
    unit: "B",
  });
  if (main) await besideSnapshot(bench, path, keys, label, 2 * changed);
}

async function reopen(bench: Bench, path: string, retention: Retention, label: string): Promise<ChainStore> {
  const begin = performance.now();
  const store = await openChain(path, retention);
  bench.result({ name: `reopen_ms_${label}`, value: performance.now() - begin, unit: "ms" });
  return store;
}

/**
 * Commit and floor in turn, so that whatever else the machine does falls on both. Values are read before they are
 * replaced, as execution does; that part is measured apart.
 */
async function rounds(
  store: ChainStore,
  floor: (round: number) => Promise<number>,
  keys: number,
  first: number,
  count: number,
  after: (round: number) => void,
): Promise<Rounds> {
  const times: number[] = [];
  const reads: number[] = [];
  const floors: number[] = [];
  for (let round = first; round < first + WARM_ROUNDS + count; round++) {
    const writes = roundWrites(round, keys);
    floors.push(await floor(round));
    const begin = performance.now();
    for (const [key] of writes) store.latest.get(key);
    reads.push(performance.now() - begin);
    times.push(await commit(store, writes));
    after(round);
  }
  const measured = (all: readonly number[]): number[] => all.slice(WARM_ROUNDS);
  return { times: measured(times), reads: measured(reads), floors: measured(floors) };
}

function reportCommits(
  bench: Bench,
  { times, reads, floors }: Rounds,
  label: string,
  mode: string,
  main: boolean,
): void {
  const p50 = percentile(times, 0.5);
  const baseline = percentile(floors, 0.5);
  const ratio = p50 / baseline;
  bench.result({ name: `commit_ms_p50_${label}${mode}`, value: p50, unit: "ms", baseline, ratio });
  const floor99 = percentile(floors, 0.99);
  const p99 = percentile(times, 0.99);
  bench.result({
    name: `commit_ms_p99_${label}${mode}`,
    value: p99,
    unit: "ms",
    baseline: floor99,
    ratio: p99 / floor99,
  });
  bench.result({ name: `reads_before_commit_ms_p50_${label}${mode}`, value: percentile(reads, 0.5), unit: "ms" });
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  bench.result({ name: `commits_per_s_${label}${mode}`, value: 1000 / mean, unit: "1/s" });
  const name = main ? "commit_ratio_to_plain_batch" : `commit_ratio_to_plain_batch_${label}${mode}`;
  bench.result({ name, value: ratio, unit: "ratio" });
}

/** Spread over all keys, each once. */
const far = (i: number, keys: number): number => Number((BigInt(i) * 7_919_993n) % BigInt(keys));

function reportReads(
  bench: Bench,
  store: ChainStore,
  keys: number,
  name: (text: string) => string,
  mode: string,
): void {
  const { latest } = store;
  const cold = Array.from({ length: COLD_READS }, (_, i) => keyOf(far(i, keys)));
  bench.result({
    name: name(`reads_per_s_cold${mode}`),
    value: perSecond(cold, (key) => latest.get(key)),
    unit: "1/s",
  });
  const few = Array.from({ length: HOT_KEYS }, (_, i) => keyOf(far(i, keys)));
  for (const key of few) latest.get(key);
  const hot = Array.from({ length: HOT_READS }, (_, i) => few[i % few.length]!);
  bench.result({ name: name(`reads_per_s_hot${mode}`), value: perSecond(hot, (key) => latest.get(key)), unit: "1/s" });
}

/** Of the height below the last one: what a client asks for, and what the next header already vouches for. */
function reportProofs(
  bench: Bench,
  store: ChainStore,
  keys: number,
  name: (text: string) => string,
  mode: string,
): void {
  const height = store.head!.height - 1n;
  const asked = Array.from({ length: PROOFS }, (_, i) => keyOf(far(i * 31, keys)));
  const made: { readonly key: Bytes; readonly value: Bytes; readonly proof: Bytes }[] = [];
  const speed = perSecond(asked, (key) => {
    const { value, proof } = store.prove(key, height);
    made.push({ key, value: value!, proof });
  });
  bench.result({ name: name(`proofs_made_per_s${mode}`), value: speed, unit: "1/s" });
  const root = store.rootAfter(height)!;
  const checked = perSecond(made, ({ key, value, proof }) => {
    if (!verifyMembership(STATE_PROOF_SPEC, root, proof, key, value)) throw new Error("a proof does not verify");
  });
  bench.result({ name: name(`proofs_checked_per_s${mode}`), value: checked, unit: "1/s" });
}

function perSecond<T>(items: readonly T[], act: (item: T) => void): number {
  const begin = performance.now();
  for (const item of items) act(item);
  return (items.length * 1000) / (performance.now() - begin);
}

async function directoryBytes(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  return bytes;
}
