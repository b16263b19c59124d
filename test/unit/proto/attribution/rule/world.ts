import assert from "node:assert/strict";
import { BILLIONTHS } from "#proto/amount.js";
import { readU32be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { windowsOf } from "#proto/attribution/fingerprint.js";
import type { Committer, FirstClaim, WindowIndex } from "#proto/attribution/lookups.js";
import { checkReceipt } from "#proto/attribution/rule/check.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { priceReceipt, type ReceiptPay } from "#proto/attribution/rule/price.js";
import { TOKEN_WEIGHTS } from "#proto/attribution/tokens.js";
import { spanKinds, type RuledReceipt, type Span } from "#proto/attribution/rule/receipt.js";
import { ruleReceipt, type Ruling } from "#proto/attribution/rule/rule.js";

/** A token's class by its first character: "^" weighs 2, "~" weighs 1, anything else 4. */
const CLASSES: Readonly<Record<string, number>> = { "^": 1, "~": 2 };
const hashes = new Map<string, Bytes>();

export const classOf = (token: string): number => CLASSES[token[0]!] ?? 0;
export const weightOf = (token: string): number => TOKEN_WEIGHTS[classOf(token)]!;
export const wordsOf = (text: string): string[] => text.split(" ").filter((word) => word !== "");

function hashOf(token: string): Bytes {
  let hash = hashes.get(token);
  if (hash === undefined) {
    hash = sha256(utf8("poa2/tok"), Uint8Array.of(2), utf8(token)).slice(0, 8);
    hash[7] = (hash[7]! & 0xfc) | classOf(token);
    hashes.set(token, hash);
  }
  return hash;
}

/** Packed token hashes of words. */
export function tokensOf(text: string): Bytes {
  const words = wordsOf(text);
  const out = new Uint8Array(8 * words.length);
  for (const [i, word] of words.entries()) out.set(hashOf(word), 8 * i);
  return out;
}

export const windowKey = (high: number, low: number): string => `${high}:${low}`;

const keys = new Map<string, readonly string[]>();

/** The windows of a text as keys, in order. */
export function keysOf(text: string): readonly string[] {
  const known = keys.get(text);
  if (known !== undefined) return known;
  const { fingerprints, ends } = windowsOf(tokensOf(text));
  const made = [...ends].map((_, i) => windowKey(readU32be(fingerprints, 8 * i), readU32be(fingerprints, 8 * i + 4)));
  keys.set(text, made);
  return made;
}

/** An owner by a letter. */
export const ownerOf = (name: string): Bytes => new Uint8Array(20).fill(name.charCodeAt(0));

export interface Work {
  readonly id: number;
  readonly datanet: number;
  readonly owner: string;
  /** Records; no window spans two of them. */
  readonly texts: readonly string[];
  /** Height of the intent; by default the id. */
  readonly intent?: number;
  readonly intentIndex?: number;
  /** Height of the acceptance; by default 50, `false` for none. */
  readonly accepted?: number | false;
}

/** What stands in the index for one window. */
export interface Entry {
  readonly standing: Set<bigint>;
  senior: bigint | undefined;
  readonly places: Map<bigint, bigint>;
}

/** The records of a chain, as honest state keeps them: an index in memory that follows what happens, in order. */
export class Records implements WindowIndex {
  readonly entries = new Map<string, Entry>();
  readonly works = new Map<bigint, Committer>();
  readonly released = new Set<bigint>();
  readonly #windows = new Map<bigint, readonly string[]>();

  constructor(works: readonly Work[] = []) {
    for (const work of works) {
      this.complete(work);
      if (work.accepted !== false) this.accept(work.id);
    }
  }

  /** From its completion a contribution stands for its windows against everybody. */
  complete({ id, datanet, owner, texts, intent, intentIndex, accepted }: Work): void {
    const committer: Committer = {
      contribution: BigInt(id),
      datanet: BigInt(datanet),
      owner: ownerOf(owner),
      intentHeight: BigInt(intent ?? id),
      intentIndex: intentIndex ?? 0,
      acceptedHeight: accepted === false ? undefined : BigInt(accepted ?? 50),
    };
    this.works.set(committer.contribution, committer);
    const windows = [...new Set(texts.flatMap(keysOf))];
    this.#windows.set(committer.contribution, windows);
    for (const key of windows) {
      const entry = this.entries.get(key) ?? {
        standing: new Set(),
        senior: undefined,
        places: new Map(),
      };
      this.entries.set(key, entry);
      entry.standing.add(committer.contribution);
      if (entry.senior === undefined || this.older(committer.contribution, entry.senior)) {
        entry.senior = committer.contribution;
      }
    }
  }

  /** From its acceptance it has its place in its datanet, unless a more senior one or a released one has it. */
  accept(id: number): void {
    const { contribution, datanet } = this.works.get(BigInt(id))!;
    for (const key of this.#windows.get(contribution)!) {
      const { places } = this.entries.get(key)!;
      const holder = places.get(datanet);
      const free = holder === undefined || (!this.released.has(holder) && this.older(contribution, holder));
      if (free) places.set(datanet, contribution);
    }
  }

  /** A release of a datanet holds what it has accepted. */
  release(datanet: number): void {
    for (const { contribution, datanet: its, acceptedHeight } of this.works.values()) {
      if (its === BigInt(datanet) && acceptedHeight !== undefined) this.released.add(contribution);
    }
  }

  withdraw(id: number): void {
    const contribution = BigInt(id);
    for (const key of this.#windows.get(contribution)!) {
      const entry = this.entries.get(key)!;
      entry.standing.delete(contribution);
      if (entry.senior === contribution) entry.senior = this.#least(entry, () => true);
      for (const [datanet, holder] of [...entry.places]) {
        if (holder !== contribution) continue;
        const accepted = ({ datanet: its, acceptedHeight }: Committer): boolean =>
          its === datanet && acceptedHeight !== undefined;
        const next =
          this.#least(entry, (work) => accepted(work) && this.released.has(work.contribution)) ??
          this.#least(entry, accepted);
        if (next === undefined) entry.places.delete(datanet);
        else entry.places.set(datanet, next);
      }
      if (entry.standing.size === 0) this.entries.delete(key);
    }
  }

  /** The most senior that stands for a window, of those that a condition holds for. */
  #least({ standing }: Entry, holds: (work: Committer) => boolean): bigint | undefined {
    let found: bigint | undefined;
    for (const id of standing) {
      if (holds(this.works.get(id)!) && (found === undefined || this.older(id, found))) found = id;
    }
    return found;
  }

  copy(): Records {
    const made = new Records();
    for (const [key, entry] of this.entries) {
      made.entries.set(key, { ...entry, standing: new Set(entry.standing), places: new Map(entry.places) });
    }
    for (const [id, work] of this.works) made.works.set(id, work);
    for (const [id, windows] of this.#windows) made.#windows.set(id, windows);
    for (const id of this.released) made.released.add(id);
    return made;
  }

  older(a: bigint, b: bigint): boolean {
    const [x, y] = [this.works.get(a)!, this.works.get(b)!];
    return x.intentHeight === y.intentHeight ? x.intentIndex < y.intentIndex : x.intentHeight < y.intentHeight;
  }

  senior(high: number, low: number): FirstClaim | undefined {
    const entry = this.entries.get(windowKey(high, low));
    if (entry === undefined) return undefined;
    const { senior, places } = entry;
    if (senior === undefined) return undefined;
    const committer = this.works.get(senior)!;
    return { committer, placed: places.get(committer.datanet) === senior };
  }

  place(datanet: bigint, high: number, low: number): Committer | undefined {
    const id = this.entries.get(windowKey(high, low))?.places.get(datanet);
    return id === undefined ? undefined : this.works.get(id);
  }
}

export interface World {
  readonly records: Records;
  /** Datanets of the version's releases; what is accepted there when the world is made is released. */
  readonly licensed?: readonly number[];
  /** Datanets that accept what anybody contributes. */
  readonly open?: readonly number[];
  readonly common?: ReadonlySet<string>;
  readonly versionHeight?: number;
}

export function factsOf({ records, licensed = [], open = [], common, versionHeight = 100 }: World): RuleFacts {
  return {
    index: records,
    version: {
      height: BigInt(versionHeight),
      datanets: licensed.map(BigInt),
      released: (contribution) => records.released.has(contribution),
    },
    common: (high, low) => common?.has(windowKey(high, low)) ?? false,
    admitsAnybody: (datanet) => open.includes(Number(datanet)),
  };
}

export interface Talk {
  readonly own?: readonly string[];
  readonly answered?: readonly string[];
  /** Marked texts with the datanet that the mark names. */
  readonly marked?: readonly (readonly [text: string, datanet?: number | undefined])[];
  readonly added?: readonly string[];
  readonly answer: string;
  /** Datanets that the request names. */
  readonly named?: readonly number[];
  /** Height of the request's block. */
  readonly time?: number;
}

/** @param versionDatanets of the version that is asked */
export function receiptOf(
  { own, answered, marked, added, answer, named, time }: Talk,
  versionDatanets = 1,
): RuledReceipt {
  const span = (kind: Span["kind"], text: string, datanet?: number): Span => ({
    kind,
    datanet: datanet === undefined ? undefined : BigInt(datanet),
    tokens: tokensOf(text),
  });
  const receipt: RuledReceipt = {
    time: BigInt(time ?? 200),
    datanets: (named ?? []).map(BigInt),
    spans: [
      ...(own ?? []).map((text) => span(spanKinds.own, text)),
      ...(answered ?? []).map((text) => span(spanKinds.answered, text)),
      ...(marked ?? []).map(([text, datanet]) => span(spanKinds.marked, text, datanet)),
      ...(added ?? []).map((text) => span(spanKinds.added, text)),
    ],
    answer: tokensOf(answer),
  };
  assert.equal(checkReceipt(receipt, versionDatanets), undefined);
  return receipt;
}

export const ruled = (talk: Talk, world: World): Ruling => ruleReceipt(receiptOf(talk), factsOf(world));
export const paid = (talk: Talk, world: World, pool = 1_000_000n): ReceiptPay =>
  priceReceipt(ruled(talk, world), pool * BILLIONTHS);

/** What a contribution is paid, in billionths, and how much of it waits. */
export function creditOf(pay: ReceiptPay, id: number): { amount: bigint; contested: bigint; by: bigint | undefined } {
  const row = pay.credits.find(({ committer }) => committer.contribution === BigInt(id));
  return { amount: row?.amount ?? 0n, contested: row?.contested ?? 0n, by: row?.contester?.contribution };
}

/** By token of the answer: the contribution that is paid, or 0. */
export function payees({ committers, payee }: Ruling): number[] {
  return [...payee].map((number) => (number < 0 ? 0 : Number(committers[number]!.contribution)));
}

/** By token of the answer: the contribution that contests the pay, or 0. */
export function contesters({ committers, contester }: Ruling): number[] {
  return [...contester].map((number) => (number < 0 ? 0 : Number(committers[number]!.contribution)));
}

/** n words that no other prefix has. */
export const prose = (prefix: string, n: number, from = 0): string =>
  Array.from({ length: n }, (_, i) => `${prefix}${i + from}`).join(" ");

/** The text with every n-th word replaced. */
export const changed = (text: string, n: number, by = "x"): string =>
  wordsOf(text)
    .map((word, i) => (i % n === n - 1 ? `${by}${i}` : word))
    .join(" ");

/** Words from one place to another. */
export const slice = (text: string, from: number, to?: number): string => wordsOf(text).slice(from, to).join(" ");
