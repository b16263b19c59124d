import { assert } from "#proto/assert.js";
import { issueReceipt, issueRequest } from "#proto/attribution/issue.js";
import { NOTHING_SHOWN, ruledReceipt, showPieces, verifyHead } from "#proto/attribution/opening.js";
import { openingParts } from "#proto/attribution/parts.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { addReceipt, noSums } from "#proto/attribution/rule/batch.js";
import { checkReceipt } from "#proto/attribution/rule/check.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import {
  ANSWER_TOKENS_MAX,
  LOOKUPS_MAX,
  NAMED_DATANETS_MAX,
  REQUEST_TOKENS_MAX,
  RUN_PAIRS_MAX,
  spanKinds,
  type RuledReceipt,
  type Span,
} from "#proto/attribution/rule/receipt.js";
import { ruleReceipt } from "#proto/attribution/rule/rule.js";
import { sumPath } from "#proto/attribution/sum-tree.js";
import { receiptWork } from "#proto/attribution/work.js";
import { concat, type Bytes } from "#proto/bytes.js";
import { message } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { moduleGenesis } from "#cli/genesis/modules.js";
import { limits } from "#state/modules/model/limits.js";
import type { World } from "#test/unit/state/world.js";
import { seeded, type SeededRandom } from "#test/simulation/random.js";
import type { Bench } from "../suite.js";
import { dearestBlock, putBatches, putWaiting, transferBlocks, worldOf } from "./block.js";
import { cpuMs, median } from "./cpu.js";
import { drawTokens, Library, quote } from "./library.js";

const VOCABULARY = 20_000;
const GAS_MAX = 100_000_000n;

/** What attribution costs a validator: times are CPU of this process, so that a busy machine changes little. */
export function attributionSuite(bench: Bench): Promise<void> {
  const random = seeded(bench.seed);
  const texts = Array.from({ length: 64 }, () => drawTokens(random, 4_000, VOCABULARY));
  const each = 1 << 17;
  const size = { contributions: bench.quick ? 8 : 128, fingerprintsEach: each, datanets: limits.datanets };
  const library = new Library(size, texts, bench.seed);
  bench.note(
    `index of ${(size.contributions * each).toLocaleString("en")} fingerprints: ${library.index.bytes >> 20} MB`,
  );
  const name = (text: string): string => (bench.quick ? `${text}_quick` : text);

  bench.result({ name: name("lookups_per_s"), value: lookups(library, random), unit: "1/s" });
  openings(bench, random);
  const all = Array.from({ length: limits.datanets }, (_, i) => BigInt(i + 1));
  const open = library.facts(all.slice(0, 8), () => true);
  const receipts = Array.from({ length: 256 }, () => typical(random, texts));
  const plain = receipts.map((receipt) => ({ ...receipt, spans: [] }));
  for (const [text, list] of [
    ["receipts_256_ms", plain],
    ["receipts_256_with_context_ms", receipts],
  ] as const) {
    bench.result({ name: name(text), value: median(() => cpuMs(() => settle(list, open))), unit: "ms" });
  }

  const nobody = library.facts(all, () => false);
  for (const [shape, facts, receipt] of [
    ["datanets", nobody, manyDatanets(random, texts, all)],
    ["pairs", open, manyPairs()],
    ["tokens", open, manyTokens(random, texts)],
  ] as const) {
    const refused = checkReceipt(receipt, facts.version.datanets.length);
    assert(refused === undefined, `the dearest receipt is refused: ${JSON.stringify(refused)}`);
    let work = 0;
    const ms = median(() => cpuMs(() => (work = settle([receipt], facts))));
    bench.result({ name: name(`receipt_worst_${shape}_ms`), value: ms, unit: "ms" });
    bench.result({ name: name(`receipt_worst_${shape}_ns_per_unit`), value: (1e6 * ms) / work, unit: "ns" });
  }
  blocks(bench, library, random, texts, all);
  useToPaid(bench);
  return Promise.resolve();
}

/** Seconds from a use to its pay by the parameters of a production chain, with a block a second. */
function useToPaid(bench: Bench): void {
  const { attribution, payout } = moduleGenesis(false) as Record<string, { params: Record<string, string> }>;
  const [epoch, window, holdBackMs] = [
    attribution!.params["epoch_blocks"],
    attribution!.params["window_blocks"],
    payout!.params["hold_back_ms"],
  ].map(Number) as [number, number, number];
  const held = holdBackMs / 1_000;
  bench.result({ name: "use_to_paid_s", value: epoch + held, unit: "s, opened at once, at most" });
  bench.result({ name: "use_to_paid_s_max", value: epoch + window + held, unit: "s, opened at the last block" });
}

/** Blocks of adversarial state against one that transfers fill to the gas limit. */
function blocks(
  bench: Bench,
  library: Library,
  random: SeededRandom,
  texts: readonly Bytes[],
  all: readonly bigint[],
): void {
  const baseline = transferBlocks(worldOf(library, all, 1n), GAS_MAX);
  bench.result({ name: "block_transfers_ms", value: baseline, unit: "ms" });
  const late = { time: 5n };
  const many = Array.from({ length: 4 }, () => ({ ...manyDatanets(random, texts, all), ...late }));
  const cases: readonly (readonly [string, (world: World) => void])[] = [
    ["datanets", (world) => putBatches(world, 1, many)],
    ["pairs", (world) => putBatches(world, 1, [manyPairs(), manyPairs(), manyPairs(), manyPairs()])],
    ["tokens", (world) => putBatches(world, 1, [manyTokens(random, texts), manyTokens(random, texts)])],
    ["due_at_once", (world) => putBatches(world, 5_000, [])],
    ["one_receipt_batches", (world) => putBatches(world, 500, [typical(random, texts)])],
    ["rows_waiting", (world) => putWaiting(world, bench.quick ? 20_000 : 1_000_000)],
  ];
  for (const [name, put] of cases) {
    const datanets = name === "tokens" ? all.slice(0, 12) : all;
    const world = worldOf(library, datanets, name === "datanets" ? 1n : 50n);
    put(world);
    const value = dearestBlock(world, 12);
    bench.result({ name: `block_worst_${name}_ms`, value, unit: "ms", baseline, ratio: value / baseline });
  }
}

/** Half of them of windows with a standing contribution. */
function lookups({ index }: Library, random: SeededRandom): number {
  const count = 1 << 20;
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  for (let i = 0; i < count; i++) [high[i], low[i]] = [random.below(0x1_0000_0000), random.below(0x1_0000_0000)];
  const ms = median(() =>
    cpuMs(() => {
      for (let i = 0; i < count; i++) index.senior(high[i]!, low[i]!, 100n);
    }),
  );
  return (1_000 * count) / ms;
}

/** @returns the work of all of them, in its unit */
function settle(receipts: readonly RuledReceipt[], facts: RuleFacts): number {
  const sums = noSums();
  let work = 0;
  for (const receipt of receipts) {
    const ruling = ruleReceipt(receipt, facts);
    addReceipt(sums, {
      voucherId: 1n,
      payers: [],
      share: { draws: 1, pool: 1_000_000n, earned: 0n },
      ruling,
      pay: priceReceipt(ruling, 1_000_000n),
    });
    work += receiptWork(receipt, ruling, ruling.committers.length);
  }
  return work;
}

const span = (tokens: Bytes, datanet?: bigint): Span => ({ kind: spanKinds.marked, datanet, tokens });
const receiptOf = (answer: Bytes, spans: readonly Span[], datanets: readonly bigint[] = []): RuledReceipt => ({
  time: 60n,
  datanets,
  spans,
  answer,
});

/** 500 tokens, half of them from three of the eight passages of 250 tokens that were marked: 2,000 tokens of context. */
function typical(random: SeededRandom, texts: readonly Bytes[]): RuledReceipt {
  const passages = Array.from({ length: 8 }, () => quote(random, texts, 1, 250));
  const words = drawTokens(random, 250, VOCABULARY);
  return receiptOf(
    concat(quote(random, passages, 3, 84), words),
    passages.map((passage) => span(passage)),
  );
}

/** Windows that only ineligible contributions stand for, in every datanet that version and request can have. */
function manyDatanets(random: SeededRandom, texts: readonly Bytes[], version: readonly bigint[]): RuledReceipt {
  const named = Array.from({ length: NAMED_DATANETS_MAX }, (_, i) => 1_000n + BigInt(i));
  const tokens = Math.floor(LOOKUPS_MAX / (1 + version.length + named.length));
  const answer = quote(random, texts, Math.floor(Math.min(tokens, ANSWER_TOKENS_MAX) / 64), 64);
  const context = concat(...Array.from({ length: Math.floor((tokens - answer.length / 8) / 2_048) }, () => answer));
  return receiptOf(answer, [span(context.subarray(0, 8 * (tokens - answer.length / 8)))], named);
}

/** One word, over and over: each of the answer is equal to each of the context. */
function manyPairs(): RuledReceipt {
  const word = drawTokens(seeded(1n), 1, 1);
  const answer = concat(...Array.from({ length: 4_096 }, () => word));
  return receiptOf(answer, [span(answer.subarray(0, (8 * RUN_PAIRS_MAX) / 4_096))]);
}

/** As many tokens as a receipt can have, the answer from the context. */
function manyTokens(random: SeededRandom, texts: readonly Bytes[]): RuledReceipt {
  const most = concat(...texts).subarray(0, 8 * REQUEST_TOKENS_MAX);
  return receiptOf(quote(random, [most], ANSWER_TOKENS_MAX / 16, 16), [span(most)]);
}

function sure<T>(value: T | Rejection): T {
  assert(!isRejection(value), `refused: ${JSON.stringify(value, (_, field: unknown) => String(field))}`);
  return value as T;
}

/** What an opening of 500 tokens with 2,000 of context costs to verify, and how large it is. */
function openings(bench: Bench, random: SeededRandom): void {
  const text = (words: number): string =>
    Array.from({ length: words }, () => `word${random.below(VOCABULARY)}`).join(" ");
  const issued = Array.from({ length: 64 }, (_, i) =>
    sure(
      issueReceipt(
        sure(
          issueRequest({
            chainId: "bench",
            channelId: 1n,
            nonce: BigInt(i + 1),
            height: 1n,
            datanets: [1n],
            seed: new Uint8Array(32).fill(i),
            texts: [
              { kind: "own", text: text(20) },
              ...Array.from({ length: 8 }, () => ({ kind: "marked" as const, datanet: 1n, text: text(250) })),
            ],
          }),
        ),
        { versionId: 1n, fee: 100n, time: 0n, added: [], answer: text(500), versionDatanets: 1 },
      ),
    ),
  );
  const tree = sure(receiptTree(issued.map(({ receipt }) => receipt)));
  const { hash: auditRoot, sum: auditSum, count: auditCount } = tree.top;
  const after = { afterNonce: 0n, afterAuditSum: 0n, afterAuditCount: 0n };
  const voucher = { channelId: 1n, ...after, nonce: 64n, auditRoot, auditSum, auditCount };
  const heads = issued.map(({ head }, i) => ({ ...head, path: sumPath(tree, i) }));
  const verify = (): void => {
    for (const [i, head] of heads.entries()) {
      const { pieces } = issued[i]!;
      sure(verifyHead(voucher, BigInt(i), head, { chainId: "bench", versionId: 1n, formed: 1n }));
      sure(showPieces(head, NOTHING_SHOWN, pieces));
      sure(ruledReceipt(head, pieces, 1));
    }
  };
  bench.result({ name: "openings_per_s", value: (1_000 * heads.length) / median(() => cpuMs(verify)), unit: "1/s" });
  const codec = message("tributary.attribution.v1.Opening");
  const place = { voucherId: 1n, index: 0n, path: sumPath(tree, 0) };
  const [whole] = openingParts(issued[0]!, place, 1 << 20);
  const tokens = issued[0]!.pieces.reduce((sum, piece) => sum + Math.floor(piece.length / 8), 0);
  const bytes = codec.encode(whole!).length;
  bench.result({ name: "opening_bytes_per_token", value: bytes / tokens, unit: "bytes" });
}
