import type { TextPrint } from "#proto/attribution/fingerprint.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Committer, WindowIndex } from "#proto/attribution/lookups.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { spanKinds, type RuledReceipt, type Span } from "#proto/attribution/rule/receipt.js";
import { ruleReceipt, type Ruling } from "#proto/attribution/rule/rule.js";
import { keysOfText, windowKey } from "./text.js";

/** A contribution of the evaluation: one source, contributed whole. */
export interface Work {
  readonly genre: string;
  readonly source: string;
  readonly owner: string;
  readonly texts: readonly string[];
}

/** All in one datanet, accepted before everything else; their order is that of their intents. */
const DATANET = 1n;
const [VERSION_HEIGHT, TIME] = [10n, 20n];

/** Who holds which of the windows that are asked about: contributions by number, the most senior first. */
export class Holders {
  readonly works: readonly Work[];
  readonly #wanted: ReadonlySet<number>;
  readonly #holders = new Map<number, number[]>();
  readonly #committers: readonly Committer[];

  /** @param asked the windows that will be looked up: of others nothing is kept */
  constructor(works: readonly Work[], asked: ReadonlySet<number>) {
    this.works = works;
    this.#wanted = asked;
    this.#committers = works.map(({ owner }, number) => ({
      contribution: BigInt(number + 1),
      datanet: DATANET,
      owner: ownerBytes(owner),
      intentHeight: 1n,
      intentIndex: number,
      acceptedHeight: 2n,
      mayContest: true,
    }));
    for (const [number, { texts }] of works.entries()) for (const text of texts) this.#record(number, text);
  }

  #record(number: number, text: string): void {
    for (const key of keysOfText(text)) {
      if (!this.#wanted.has(key)) continue;
      const holders = this.#holders.get(key);
      if (holders === undefined) this.#holders.set(key, [number]);
      else if (holders[holders.length - 1] !== number) holders.push(number);
    }
  }

  /** How many owners hold a window. */
  owners(key: number): number {
    return new Set((this.#holders.get(key) ?? []).map((number) => this.works[number]!.owner)).size;
  }

  /** The index as if only some had contributed. */
  index(takes: (work: Work) => boolean): WindowIndex {
    const first = (high: number, low: number): Committer | undefined => {
      const number = this.#holders.get(windowKey(high, low))?.find((holder) => takes(this.works[holder]!));
      return number === undefined ? undefined : this.#committers[number];
    };
    return {
      senior(high, low) {
        const committer = first(high, low);
        return committer === undefined ? undefined : { committer, placed: true };
      },
      place: (datanet, high, low) => (datanet === DATANET ? first(high, low) : undefined),
    };
  }
}

function ownerBytes(owner: string): Bytes {
  return sha256(utf8(owner)).slice(0, 20);
}

export interface Asked {
  readonly own: TextPrint;
  readonly marked: readonly TextPrint[];
  readonly answer: TextPrint;
}

export interface Rules {
  readonly index: WindowIndex;
  /** Whether the version licenses the datanet; else the request names it, and the context decides. */
  readonly licensed: boolean;
  readonly common?: ReadonlySet<number>;
}

/** Rules one answer. */
export function rule({ own, marked, answer }: Asked, { index, licensed, common }: Rules): Ruling {
  const span = (kind: Span["kind"], { tokens }: TextPrint): Span => ({ kind, datanet: undefined, tokens });
  const receipt: RuledReceipt = {
    time: TIME,
    datanets: licensed ? [] : [DATANET],
    spans: [span(spanKinds.own, own), ...marked.map((print) => span(spanKinds.marked, print))],
    answer: answer.tokens,
  };
  const facts: RuleFacts = {
    index,
    version: { height: VERSION_HEIGHT, datanets: licensed ? [DATANET] : [], released: () => licensed },
    common: (high, low) => common?.has(windowKey(high, low)) ?? false,
    admitsAnybody: () => false,
  };
  return ruleReceipt(receipt, facts);
}

/** Weight of the paid tokens, all or by contribution. */
export function paidWeight({ payee, weights }: Ruling, of: (number: number) => boolean = () => true): number {
  let sum = 0;
  for (const [token, number] of payee.entries()) {
    if (number >= 0 && of(number)) sum += weights[token + 1]! - weights[token]!;
  }
  return sum;
}
