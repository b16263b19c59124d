import type { BatchRecord } from "../../attribution/batch.js";
import type { PayEntry } from "../../attribution/pay.js";
import type { VoucherRecord } from "../../attribution/stretch.js";
import type { Bytes } from "../../bytes.js";
import type { Client } from "../index.js";
import { hashBytes } from "../../types/block-id.js";
import { headerHash } from "../../types/block.js";
import type { Genesis } from "../../types/genesis.js";
import { isBooking, readBatch, verifyBatch, type BatchVerdict, type BatchWorld } from "./batch.js";
import { Comparison } from "./compare.js";
import { VerifyFault } from "./fault.js";
import { compareChannels } from "./channels.js";
import { comparePairs, type BatchContests } from "./pairs.js";
import { compareOwner, comparePayments, NO_PAYMENTS, type Payments } from "./payments.js";
import { rpcSource, type Source } from "./source.js";
import { openWorld, type OpenOptions } from "./world.js";

/** Options of `verifyPayout`. */
export interface PayoutOptions extends OpenOptions {
  /** Batches to verify; all settled ones by default. */
  readonly batches?: readonly bigint[] | undefined;
  /** Compares this owner's account with everything that all batches owe it. Needs all batches. */
  readonly owner?: string | undefined;
  readonly progress?: ((text: string) => void) | undefined;
  /** Sees each settled batch with its receipts, one after the other: a report would hold all of them. */
  readonly seen?: ((verdict: BatchVerdict) => void) | undefined;
}

/** A record that differs from the recomputed one, or a claim that the node could not prove. */
export interface Disagreement {
  readonly kind: "difference" | "unproven";
  readonly what: string;
  readonly why: string;
}

/** The result for one batch. */
export interface BatchReport {
  readonly batchId: bigint;
  /** Undefined if the batch is not settled and booked yet. */
  readonly agrees: boolean | undefined;
  readonly batch: BatchRecord | undefined;
  readonly credits: number;
  readonly payments: Payments;
  readonly disagreements: readonly Disagreement[];
}

/** The result of a verification. */
export interface PayoutReport {
  readonly chainId: string;
  /** The state after this height was verified. */
  readonly height: bigint;
  /** Of the header that proves it. */
  readonly time: bigint;
  readonly headerHash: Bytes;
  readonly headers: number;
  readonly proofs: number;
  readonly batches: readonly BatchReport[];
  readonly owner: { readonly owner: string; readonly payments: Payments } | undefined;
  /** True when every settled batch that was asked for agrees to the last unit. */
  readonly agrees: boolean;
  /** Everything that does not: of the batches, of the channels, of what waits for title cases, of the owner. */
  readonly disagreements: readonly Disagreement[];
  /** The first of them. */
  readonly disagreement: Disagreement | undefined;
}

/** Recomputes payouts from what a node serves, believing only what is proven from genesis. */
export function verifyPayout(node: Client, genesis: Genesis, options: PayoutOptions): Promise<PayoutReport> {
  return verifyPayoutFrom(rpcSource(node), genesis, options);
}

/** The same from any source: a node, or bytes that were exported before. */
export async function verifyPayoutFrom(
  source: Source,
  genesis: Genesis,
  options: PayoutOptions,
): Promise<PayoutReport> {
  const opened = await tried(() => openWorld(source, genesis, options));
  if ("why" in opened) return unopened(genesis, options, opened);
  const { world, header, next } = opened;
  const missing = options.batches?.find((id) => id >= next);
  if (missing !== undefined) {
    throw new VerifyFault("no_batch", `batch ${missing} does not exist`, `the last one is ${next - 1n}`);
  }
  const ids = options.batches ?? Array.from({ length: Number(next - 1n) }, (_, i) => BigInt(i + 1));
  const entries: PayEntry[] = [];
  const contests: BatchContests[] = [];
  const rows: VoucherRecord[] = [];
  const seen = (verdict: BatchVerdict): void => {
    entries.push(...verdict.entries);
    rows.push(...verdict.vouchers);
    contests.push({ time: verdict.settlement.time, contests: verdict.contests });
    options.seen?.(verdict);
  };
  const batches: BatchReport[] = [];
  for (const id of ids) {
    options.progress?.(`batch ${id}`);
    batches.push(await reportBatch(world, id, seen));
  }
  const [waiting, channels] =
    options.batches === undefined
      ? [await reportPairs(world, batches, contests), await reportChannels(world, batches, rows)]
      : [[], []];
  const owner = options.owner === undefined ? undefined : await reportOwner(world, options.owner, entries);
  const disagreements = [
    ...batches.flatMap((batch) => batch.disagreements),
    ...channels,
    ...waiting,
    ...(owner?.disagreements ?? []),
  ];
  return {
    chainId: genesis.chainId,
    height: world.state.height,
    time: header.time,
    headerHash: hashBytes(headerHash(header)),
    headers: world.headers.verified,
    proofs: world.state.proven,
    batches,
    owner: owner && { owner: owner.owner, payments: owner.payments },
    agrees: disagreements.length === 0,
    disagreements,
    disagreement: disagreements[0],
  };
}

async function reportBatch(
  world: BatchWorld,
  batchId: bigint,
  seen: (verdict: BatchVerdict) => void,
): Promise<BatchReport> {
  const found = new Comparison();
  const empty = { batchId, batch: undefined, credits: 0, payments: NO_PAYMENTS, disagreements: [] };
  const report = await tried(async () => {
    const batch = await readBatch(world, batchId);
    if (batch.settlement === undefined || (await isBooking(world, batchId))) {
      return { ...empty, batch, agrees: undefined };
    }
    const verdict = await verifyBatch(world, batch, found);
    const payments = await comparePayments(world, verdict.entries, found);
    seen(verdict);
    const disagreements = found.differences.map(asDisagreement);
    const credits = verdict.credits.length;
    return { batchId, batch, credits, payments, disagreements, agrees: disagreements.length === 0 };
  });
  if (!("why" in report)) return report;
  // What was found before is often why the next thing cannot be proven: it comes first.
  return { ...empty, agrees: false, disagreements: [...found.differences.map(asDisagreement), report] };
}

/** Credit that waits for title cases, if all settled batches were verified and are booked. */
async function reportPairs(
  { state }: BatchWorld,
  batches: readonly BatchReport[],
  contests: readonly BatchContests[],
): Promise<Disagreement[]> {
  if (batches.filter(({ batch }) => batch?.settlement !== undefined).length !== contests.length) return [];
  const found = new Comparison();
  const failed = await tried(async () => {
    await comparePairs(state, contests, found);
    return {};
  });
  return [...found.differences.map(asDisagreement), ...("why" in failed ? [failed] : [])];
}

/** Whether each channel's rows follow each other, if every batch is settled and was verified. */
async function reportChannels(
  { state }: BatchWorld,
  batches: readonly BatchReport[],
  rows: readonly VoucherRecord[],
): Promise<Disagreement[]> {
  if (batches.some(({ batch, agrees }) => batch === undefined || agrees === undefined)) return [];
  const found = new Comparison();
  const failed = await tried(async () => {
    await compareChannels(state, rows, found);
    return {};
  });
  return [...found.differences.map(asDisagreement), ...("why" in failed ? [failed] : [])];
}

async function reportOwner(world: BatchWorld, owner: string, entries: readonly PayEntry[]) {
  const found = new Comparison();
  const payments = await tried(() => compareOwner(world, owner, entries, found));
  return "why" in payments
    ? { owner, payments: NO_PAYMENTS, disagreements: [payments] }
    : { owner, payments, disagreements: found.differences.map(asDisagreement) };
}

function asDisagreement({ what, recorded, recomputed }: Comparison["differences"][number]): Disagreement {
  return { kind: "difference", what, why: `the chain recorded ${recorded}, its bytes give ${recomputed}` };
}

/** A record that a node fails to prove is a finding of the report; every other failure stays a failure. */
async function tried<T extends object>(work: () => Promise<T>): Promise<T | Disagreement> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VerifyFault)) throw error;
    return { kind: "unproven", what: error.what, why: error.message.slice(error.what.length + 2) };
  }
}

function unopened({ chainId }: Genesis, { height }: PayoutOptions, disagreement: Disagreement): PayoutReport {
  return {
    chainId,
    height: height ?? 0n,
    time: 0n,
    headerHash: new Uint8Array(0),
    headers: 0,
    proofs: 0,
    batches: [],
    owner: undefined,
    agrees: false,
    disagreements: [disagreement],
    disagreement,
  };
}
