import { verifyOpening, type VerifiedOpening } from "#proto/attribution/opening.js";
import { sampleBatch } from "#proto/attribution/sample.js";
import { drawsAnswered, settleBatch, type LocatedOpening, type Settlement } from "#proto/attribution/settle.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { CliFault } from "../../../fault.js";
import type { Committed } from "./committed.js";

/** One opened receipt and the draws that it answers. */
export interface Shown {
  readonly channelId: bigint;
  readonly nonce: bigint;
  readonly fee: bigint;
  readonly draws: readonly number[];
}

export interface Recomputed {
  readonly settlement: Settlement;
  readonly shown: readonly Shown[];
}

/**
 * The batch settled once more from its bytes alone: every opening is verified against what the consumer signed, the sample is
 * drawn again from the beacon, and the rule of proto/attribution is applied.
 */
export function recompute(committed: Committed): Recomputed {
  const { batch, whole, vouchers, openings, beacon } = committed;
  const located: (LocatedOpening & { readonly verified: VerifiedOpening })[] = openings.map(({ opening }, at) => {
    const voucher = vouchers.findIndex(({ id }) => id === opening?.voucherId);
    const found = vouchers[voucher];
    if (opening === undefined || found === undefined) throw disagreement(`opening ${at} is of no voucher of the batch`);
    const { channelId, afterNonce, nonce, auditRoot, auditSum, auditCount } = found;
    const top = { hash: auditRoot, sum: auditSum, count: auditCount };
    const verified = orDisagree(
      verifyOpening({ channelId, versionId: batch.versionId, afterNonce, nonce, top }, opening),
      `opening ${at}`,
    );
    return { voucher, index: opening.index, interval: verified.interval, opened: verified, verified };
  });
  const { id: batchId, auditedPool: pool, providerShare: bond, sampleMax } = batch;
  const used = whole ? new Uint8Array(32) : beacon;
  const settlement = settleBatch({ batchId, pool, bond, vouchers, whole, beacon: used, sampleMax }, located, {
    versionHeight: committed.versionHeight,
    holders: (fingerprint) => committed.holders.get(fingerprint) ?? [],
    common: (fingerprint) => committed.common.has(fingerprint),
    licensed: (contribution) => committed.licensed.has(contribution),
  });
  const points = whole ? [] : sampleBatch(used, batchId, vouchers, sampleMax);
  const firsts = firstDraws(committed);
  const shown = located.map((opening) => ({
    ...{ channelId: opening.verified.receipt.channelId, nonce: opening.verified.receipt.nonce },
    fee: opening.verified.receipt.fee,
    draws: whole ? [firsts[opening.voucher]! + Number(opening.index)] : drawsAnswered(points, opening),
  }));
  return { settlement, shown };
}

/** In a batch that is opened whole a receipt's draw is its number in the batch. */
function firstDraws({ vouchers }: Committed): number[] {
  let next = 0;
  return vouchers.map(({ auditCount }) => {
    const first = next;
    next += Number(auditCount);
    return first;
  });
}

function orDisagree<T extends object>(value: T | Rejection, what: string): T {
  if (isRejection(value)) throw disagreement(`${what}: ${rejectionText(value)}`);
  return value as T;
}

function disagreement(message: string): CliFault {
  return new CliFault("payout_wrong", message);
}

/** What the chain wrote and what follows from the bytes, where they differ; empty when they agree to the last unit. */
export function differences({ batch, credits }: Committed, { settlement }: Recomputed): string[] {
  const found: string[] = [];
  const compare = (what: string, chain: unknown, here: unknown): void => {
    if (chain !== here) found.push(`${what}: the chain says ${String(chain)}, the bytes say ${String(here)}`);
  };
  const notAudited = batch.pool - batch.auditedPool;
  compare("credited", batch.settlement?.credited, settlement.credited);
  compare("residual", batch.settlement?.residual, settlement.residual + notAudited);
  compare("forfeited", batch.settlement?.forfeited, settlement.forfeited);
  compare("drawn", batch.settlement?.drawn, BigInt(settlement.drawn));
  compare("credits", credits.length, settlement.contributions.length);
  for (const { contribution, amount, positions } of settlement.contributions) {
    const row = credits.find(({ contributionId }) => contributionId === contribution);
    compare(`contribution ${contribution}`, row?.amount, amount);
    compare(`positions of contribution ${contribution}`, row?.positions, BigInt(positions));
  }
  return found;
}
