import { isWhole } from "#proto/attribution/batch.js";
import { verifyOpening, type VerifiedOpening } from "#proto/attribution/opening.js";
import { sampleBatch } from "#proto/attribution/sample.js";
import { drawsAnswered } from "#proto/attribution/settle.js";
import { settledRecords, type SettledRecords } from "#proto/attribution/settled.js";
import { creditLookups, type Contribution } from "#proto/attribution/standing.js";
import { present } from "#proto/assert.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { CliFault } from "../../../fault.js";
import { Comparison, type Difference } from "#proto/client/verify/compare.js";
import type { Committed } from "./committed.js";

/** One opened receipt and the draws that it answers. */
export interface Shown {
  readonly channelId: bigint;
  readonly nonce: bigint;
  readonly fee: bigint;
  readonly draws: readonly number[];
}

export interface Recomputed extends SettledRecords {
  readonly shown: readonly Shown[];
}

/**
 * The batch settled once more from its bytes alone: every opening is verified against what the consumer signed, the sample is
 * drawn again from the beacon, and the rule of proto/attribution is applied.
 * @throws CliFault payout_wrong for an opening that nobody signed
 */
export function recompute(committed: Committed): Recomputed {
  const { batch, vouchers, openings, beacon, version, holders, common, licensed, treasuries } = committed;
  const located = openings.map((opening, at) => locate(committed, opening, at));
  const contribution = (id: bigint): Contribution =>
    present(committed.contributions.get(id), "whoever holds a fingerprint is a contribution");
  const records = settledRecords(
    {
      ...{ batch, vouchers, openings, beacon, contribution },
      lookups: creditLookups(
        {
          contribution,
          holders: (fingerprint) => holders.get(fingerprint) ?? [],
          common: (fingerprint) => common.has(fingerprint),
          licensed: ({ id }) => licensed.has(id),
        },
        version,
        batch.formedHeight,
      ),
      treasuryBasisPoints: ({ id }) => present(treasuries.get(id), "terms of all contributions were read"),
    },
    present(batch.settlement, "only settled batches are recomputed"),
  );
  return { ...records, shown: shownOf(committed, located) };
}

interface Located {
  readonly voucher: number;
  readonly index: bigint;
  readonly interval: VerifiedOpening["interval"];
  readonly opened: VerifiedOpening;
}

function locate({ batch, vouchers }: Committed, record: Committed["openings"][number], at: number): Located {
  const { opening, intervalFrom, intervalTo } = record;
  const voucher = vouchers.findIndex(({ id }) => id === opening?.voucherId);
  const found = vouchers[voucher];
  if (opening === undefined || found === undefined) throw disagreement(`opening ${at} is of no voucher of the batch`);
  const { channelId, afterNonce, nonce, auditRoot, auditSum, auditCount } = found;
  const top = { hash: auditRoot, sum: auditSum, count: auditCount };
  const { versionId } = batch;
  const opened = orDisagree(verifyOpening({ channelId, versionId, afterNonce, nonce, top }, opening), `opening ${at}`);
  const { interval } = opened;
  if (intervalFrom !== interval.from || intervalTo !== interval.to) {
    throw disagreement(`opening ${at} is recorded at another place of its voucher than its bytes say`);
  }
  return { voucher, index: opening.index, interval, opened };
}

function shownOf(committed: Committed, located: readonly Located[]): Shown[] {
  const { batch, vouchers, beacon } = committed;
  const whole = isWhole(batch);
  const points = whole ? [] : sampleBatch(beacon, batch.id, vouchers, batch.sampleMax);
  const firsts = firstDraws(committed);
  return located.map((opening) => {
    const { channelId, nonce, fee } = opening.opened.receipt;
    const draws = whole ? [firsts[opening.voucher]! + Number(opening.index)] : drawsAnswered(points, opening);
    return { channelId, nonce, fee, draws };
  });
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

/** What the chain wrote and what follows from the bytes, field by field where they differ; empty when they agree to the last unit. */
export function differences({ batch, credits: recorded }: Committed, recomputed: Recomputed): readonly Difference[] {
  const found = new Comparison();
  found.record("the settlement", batch.settlement, recomputed.settlement);
  const chain = new Map(recorded.map((credit) => [credit.contributionId, credit]));
  const here = new Map(recomputed.credits.map((credit) => [credit.contributionId, credit]));
  for (const id of new Set([...chain.keys(), ...here.keys()])) {
    found.record(`the credit of contribution ${id}`, chain.get(id), here.get(id));
  }
  return found.differences;
}
