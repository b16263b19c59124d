import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, type Bytes } from "#proto/bytes.js";
import { isRejection, type ErrorCode, type Rejection } from "#proto/rejection.js";
import type { BatchCredits, CreditLookups, Draw, Holder, OpenedReceipt } from "#proto/attribution/credit.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { distinctSorted, fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";

/** The value; a rejection fails the test. */
export function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? `${value.codespace}.${value.name}` : "");
  return value as T;
}

export function refused(value: unknown, error: ErrorCode): void {
  assert.ok(isRejection(value), `accepted instead of ${error.name}`);
  assert.equal(value.name, error.name);
}

/** Packed fingerprints of a text, in position order. */
export function print(text: string): Bytes {
  return ok(printText(text)).fingerprints;
}

/** A contribution: its records, and its place in the order of intents. */
export interface Work {
  readonly id: bigint;
  readonly records: readonly string[];
  readonly intentHeight?: bigint;
  readonly intentIndex?: number;
  readonly licensed?: boolean;
}

export function setOf({ records }: Work): Bytes {
  return distinctSorted(concat(...records.map(print)));
}

/** The lookups over some contributions. Seniority follows the id unless the work says otherwise. */
export function lookupsOf(works: readonly Work[], common: ReadonlySet<bigint> = new Set()): CreditLookups {
  const index = new Map<bigint, Holder[]>();
  const licensed = new Set<bigint>();
  for (const work of works) {
    const holder = {
      contribution: work.id,
      intentHeight: work.intentHeight ?? work.id,
      intentIndex: work.intentIndex ?? 0,
    };
    if (work.licensed !== false) licensed.add(work.id);
    const set = setOf(work);
    for (let i = 0; i < fingerprintCount(set); i++) {
      const fingerprint = fingerprintAt(set, i);
      index.set(fingerprint, [...(index.get(fingerprint) ?? []), holder]);
    }
  }
  return {
    holders: (fingerprint) => index.get(fingerprint) ?? [],
    common: (fingerprint) => common.has(fingerprint),
    licensed: (contribution) => licensed.has(contribution),
    versionHeight: 1_000_000n,
  };
}

export function opened(answer: string, prompt = "", context: readonly bigint[] = []): OpenedReceipt {
  return { fingerprints: print(answer), promptFingerprints: print(prompt), context };
}

export function drawsOf(answers: readonly string[], pool: bigint): Draw[] {
  return answers.map((answer, draw) => ({ draw, pool, opened: opened(answer) }));
}

export function paidTo(result: BatchCredits, contribution: bigint): bigint {
  return result.contributions.find((row) => row.contribution === contribution)?.amount ?? 0n;
}

const WORDS = ["river", "water", "stone", "mill", "bank", "flood", "source", "mouth", "reed", "ferry", "ford", "weir"];

/** Text over so few words that runs repeat within and between texts. */
export function prose(min: number, max: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...WORDS.slice(0, 4)), { minLength: min, maxLength: max })
    .map((words) => words.join(" "));
}

/** Text of words that no other text has. */
export function foreign(size: number): string {
  return Array.from({ length: size }, (_, i) => `zz${i}qq`).join(" ");
}

/** Answers that quote the works, with words of their own between the quotations. */
export function quoting(works: readonly Work[], max = 4): fc.Arbitrary<string> {
  const tokens = works.flatMap(({ records }) => records.map((record) => record.split(" ")));
  const span = fc.tuple(fc.nat(tokens.length - 1), fc.nat(60), fc.integer({ min: 1, max: 20 }));
  return fc
    .array(span, { minLength: 1, maxLength: max })
    .map((spans) =>
      spans.map(([which, from, size]) => tokens[which]!.slice(from, from + size).join(" ")).join(" and then quite "),
    );
}

/** Works of one record each, ids ascending from 1. */
export function library(min: number, max: number): fc.Arbitrary<Work[]> {
  return fc
    .array(prose(6, 60), { minLength: min, maxLength: max })
    .map((texts) => texts.map((text, i) => ({ id: BigInt(i + 1), records: [text] })));
}
