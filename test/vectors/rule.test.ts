import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concat, readU32be, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { distinctSorted, fingerprintOf } from "#proto/attribution/packed.js";
import { checkReceipt } from "#proto/attribution/rule/check.js";
import { windowIndex } from "#proto/attribution/rule/committed.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { spanKinds, type RuledReceipt } from "#proto/attribution/rule/receipt.js";
import { ruleReceipt } from "#proto/attribution/rule/rule.js";
import { indexOfSets, type CommittedSet } from "#proto/attribution/rule/sets.js";
import type { Contribution } from "#proto/attribution/standing.js";
import { TOKEN_WEIGHTS, tokenAt, tokenize } from "#proto/attribution/tokens.js";

/** A receipt with its ruling and its pay, as proto/attribution/README.md ("Who is paid for an answer") gives them. */
interface Case {
  readonly name: string;
  /** Height at which the batch was formed. */
  readonly formed: number;
  readonly version: {
    readonly height: number;
    readonly datanets: readonly number[];
    readonly released: readonly number[];
  };
  /** Datanets that anybody contributes to. */
  readonly open: readonly number[];
  /** Texts whose windows are common phrases. */
  readonly common: readonly string[];
  /** Heights; 0: never. `release` is the first release of its datanet that may hold it. */
  readonly contributions: readonly {
    readonly id: number;
    readonly datanet: number;
    readonly owner: string;
    readonly intent: readonly [height: number, index: number];
    readonly complete: number;
    readonly accepted: number;
    readonly release: number;
    readonly withdrawn: number;
    readonly texts: readonly string[];
  }[];
  readonly receipt: {
    readonly time: number;
    readonly datanets: readonly number[];
    readonly texts: readonly {
      readonly kind: keyof typeof spanKinds;
      readonly datanet?: number;
      readonly text: string;
    }[];
    readonly answer: string;
  };
  /** Of the answer: the paid contribution, or the reason for not paying; the contesting one; the place of the context through which a run pays. */
  readonly tokens: readonly {
    readonly token: string;
    readonly weight: number;
    readonly paid?: number;
    readonly why?: string;
    readonly contested_by?: number;
    readonly place?: number;
    readonly used_from?: number;
  }[];
  readonly lookups: number;
  /** Base units; amounts are billionths. */
  readonly pool: number;
  readonly credits: readonly {
    readonly contribution: number;
    readonly tokens: number;
    readonly weight: number;
    readonly amount: string;
    readonly contested: string;
    readonly contester?: number;
  }[];
  readonly residual: readonly {
    readonly why: string;
    readonly reason: number;
    readonly tokens: number;
    readonly weight: number;
    readonly amount: string;
  }[];
}
const cases = JSON.parse(readFileSync("test/vectors/rule.json", "utf8")) as readonly Case[];

function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? value.name : "");
  return value as T;
}

function factsOf({ formed, version, open, common, contributions }: Case): RuleFacts {
  const sets = contributions.map(
    ({ id, datanet, intent, complete, accepted, release, withdrawn, texts }): CommittedSet => ({
      contribution: {
        ...{ id: BigInt(id), datanetId: BigInt(datanet), intentHeight: BigInt(intent[0]), intentIndex: intent[1] },
        ...{ completeHeight: BigInt(complete), decidedHeight: BigInt(accepted), withdrawnHeight: BigInt(withdrawn) },
        firstRelease: release,
      } as Contribution,
      fingerprints: distinctSorted(concat(...texts.map((text) => ok(printText(text)).fingerprints))),
    }),
  );
  const phrases = new Set<bigint>();
  for (const text of common) {
    const { fingerprints } = ok(printText(text));
    for (let at = 0; at < fingerprints.length; at += 8) {
      phrases.add(fingerprintOf(readU32be(fingerprints, at), readU32be(fingerprints, at + 4)));
    }
  }
  const row = (id: bigint): Case["contributions"][number] => contributions.find((each) => each.id === Number(id))!;
  const records = {
    contribution: (id: bigint) => sets.find(({ contribution }) => contribution.id === id)!.contribution,
    ownerOf: ({ id }: Contribution) => sha256(utf8(row(id).owner)).slice(0, 20),
  };
  return {
    index: windowIndex(indexOfSets(sets, BigInt(formed)), records, BigInt(formed)),
    version: {
      height: BigInt(version.height),
      datanets: version.datanets.map(BigInt),
      released: (id) => version.released.includes(Number(id)),
    },
    common: (high, low) => phrases.has(fingerprintOf(high, low)),
    admitsAnybody: (datanet) => open.includes(Number(datanet)),
  };
}

function receiptOf({ receipt: { time, datanets, texts, answer }, version }: Case): RuledReceipt {
  const receipt = {
    time: BigInt(time),
    datanets: datanets.map(BigInt),
    spans: texts.map(({ kind, datanet, text }) => ({
      kind: spanKinds[kind],
      datanet: datanet === undefined ? undefined : BigInt(datanet),
      tokens: ok(printText(text)).tokens,
    })),
    answer: ok(printText(answer)).tokens,
  };
  assert.equal(checkReceipt(receipt, version.datanets.length), undefined);
  return receipt;
}

const WHY = Object.fromEntries(Object.entries(residualReasons).map(([name, code]) => [code, name]));

/** What the code says, in the words of the vector. */
function outcomeOf(vector: Case): Pick<Case, "tokens" | "lookups" | "credits" | "residual"> {
  const receipt = receiptOf(vector);
  const ruling = ruleReceipt(receipt, factsOf(vector));
  const id = (number: number): number => Number(ruling.committers[number]!.contribution);
  const found = ok(tokenize(vector.receipt.answer));
  const tokens = Array.from({ length: found.count }, (_, i) => ({
    token: tokenAt(found, i),
    weight: TOKEN_WEIGHTS[receipt.answer[8 * i + 7]! & 3]!,
    ...(ruling.payee[i]! < 0 ? { why: WHY[ruling.reason[i]!]! } : { paid: id(ruling.payee[i]!) }),
    ...(ruling.contester[i]! < 0 ? {} : { contested_by: id(ruling.contester[i]!) }),
    ...(ruling.place[i]! < 0 ? {} : { place: ruling.place[i]! }),
    ...(ruling.unlicensed[i]! < 0 ? {} : { used_from: id(ruling.unlicensed[i]!) }),
  }));
  const { credits, residual } = priceReceipt(ruling, BigInt(vector.pool) * 1_000_000_000n);
  return {
    tokens,
    lookups: ruling.lookups,
    credits: credits.map(({ committer, tokens: count, weight, amount, contested, contester }) => ({
      contribution: Number(committer.contribution),
      tokens: count,
      weight,
      amount: amount.toString(),
      contested: contested.toString(),
      ...(contester === undefined ? {} : { contester: Number(contester.contribution) }),
    })),
    residual: residual.map(({ reason, tokens: count, weight, amount }) => ({
      why: WHY[reason]!,
      reason,
      tokens: count,
      weight,
      amount: amount.toString(),
    })),
  };
}

for (const vector of cases) {
  test(`the rule gives what the vector says: ${vector.name}`, () => {
    const { tokens, lookups, credits, residual } = vector;
    assert.deepEqual(outcomeOf(vector), { tokens, lookups, credits, residual });
  });

  test(`the amounts of a vector follow from its tokens: ${vector.name}`, () => {
    const { tokens, pool, credits, residual } = vector;
    const total = tokens.reduce((sum, { weight }) => sum + weight, 0);
    const weightOf = (rows: Case["tokens"]): number => rows.reduce((sum, { weight }) => sum + weight, 0);
    const share = (weight: number): bigint => (BigInt(pool) * 1_000_000_000n * BigInt(weight)) / BigInt(total);
    for (const { contribution, tokens: count, weight, amount, contested } of credits) {
      const its = tokens.filter(({ paid }) => paid === contribution);
      assert.deepEqual([its.length, weightOf(its)], [count, weight]);
      assert.equal(amount, share(weight).toString());
      assert.equal(contested, share(weightOf(its.filter((row) => row.contested_by !== undefined))).toString());
    }
    const sum = [...credits, ...residual].reduce((all, { amount }) => all + BigInt(amount), 0n);
    assert.equal(sum, BigInt(pool) * 1_000_000_000n);
  });
}
