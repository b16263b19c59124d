import { present } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import type { LightBlock } from "../../light/header.js";
import {
  bisect,
  trustHash,
  verifyBefore,
  verifyFirst,
  type Believed,
  type Trusted,
  type TrustTerms,
} from "../../light/trust.js";
import type { Genesis } from "../../types/genesis.js";
import { must, refusal, VerifyFault } from "./fault.js";
import type { Source } from "./source.js";

/** A header of which somebody knows the hash from a source of their own. */
export interface TrustPoint {
  readonly height: bigint;
  readonly hash: Bytes;
}

/** The headers that are believed so far, and the way to further ones. */
export class TrustedHeaders {
  readonly #source: Source;
  readonly #terms: TrustTerms;
  readonly #known = new Map<bigint, Believed>();
  /** How many headers were verified, for people. */
  get verified(): number {
    return this.#known.size;
  }

  private constructor(source: Source, terms: TrustTerms) {
    this.#source = source;
    this.#terms = terms;
  }

  /** Begins at the first header, which the genesis document vouches for, or at one that is known by its hash. */
  static async open(source: Source, genesis: Genesis, terms: TrustTerms, point?: TrustPoint): Promise<TrustedHeaders> {
    const headers = new TrustedHeaders(source, terms);
    const height = point?.height ?? genesis.initialHeight;
    const block = await source.lightBlock(height);
    const what = `header ${height}`;
    const trusted =
      point === undefined
        ? must(what, verifyFirst(genesis, block, terms))
        : must(what, trustHash(genesis.chainId, height, point.hash, block));
    headers.#known.set(height, { trusted, block });
    return headers;
  }

  /** Begins where somebody else's headers were believed. */
  static from(source: Source, believed: Believed, terms: TrustTerms): TrustedHeaders {
    const headers = new TrustedHeaders(source, terms);
    headers.#believe(believed);
    return headers;
  }

  /** Trusted headers up to a height, ascending: each verified from earlier ones. */
  trace(height: bigint): Believed[] {
    const known = [...this.#known.values()].filter(({ trusted }) => trusted.height <= height);
    return known.sort((a, b) => (a.trusted.height < b.trusted.height ? -1 : 1));
  }

  /** The header of any height that the source still has. @throws VerifyFault when it cannot be believed */
  async at(height: bigint): Promise<Believed> {
    const known = this.#known.get(height);
    if (known !== undefined) return known;
    const below = this.#nearest((at) => at < height);
    return below === undefined ? this.#down(height) : this.#up(below.trusted, height);
  }

  /** The headers from `first` to `last`, in order: `last` by its signatures, those below it by the hashes that lead to them. */
  async range(first: bigint, last: bigint): Promise<Believed[]> {
    let upper = await this.at(last);
    const found = [upper];
    for (let height = last - 1n; height >= first; height--) {
      upper = this.#known.get(height) ?? (await this.#before(upper));
      found.push(upper);
    }
    return found.reverse();
  }

  async #up(from: Trusted, height: bigint): Promise<Believed> {
    const block = await this.#lightBlock(height);
    let trusted = from;
    let pending: readonly LightBlock[] = [block];
    for (;;) {
      const step = bisect({ trusted, pending }, this.#terms);
      if (step.kind === "refused") throw refusal(`header ${step.height}`, step.why);
      for (const believed of step.passed) this.#believe(believed);
      if (step.kind === "verified") return present(this.#known.get(height), "what was asked for is believed last");
      trusted = step.bisection.trusted;
      pending = [...step.bisection.pending, await this.#lightBlock(step.height)];
    }
  }

  /** Below everything that is believed: from hash to hash. */
  async #down(height: bigint): Promise<Believed> {
    let upper = present(
      this.#nearest((at) => at > height),
      "something is believed",
    );
    while (upper.trusted.height > height) upper = await this.#before(upper);
    return upper;
  }

  async #before(upper: Believed): Promise<Believed> {
    const height = upper.trusted.height - 1n;
    const block = await this.#lightBlock(height);
    const trusted = must(`header ${height}`, verifyBefore(upper.trusted, block));
    return this.#believe({ trusted, block });
  }

  #believe(believed: Believed): Believed {
    this.#known.set(believed.trusted.height, believed);
    return believed;
  }

  async #lightBlock(height: bigint): Promise<LightBlock> {
    const block = await this.#source.lightBlock(height);
    if (block.header.height === height) return block;
    throw new VerifyFault("header.height", `header ${height}`, `the one of height ${block.header.height} came`);
  }

  /** Of the believed headers on one side, the one next to it: the highest below, or the lowest above. */
  #nearest(isOnSide: (height: bigint) => boolean): Believed | undefined {
    const heights = [...this.#known.keys()].filter(isOnSide).sort((a, b) => (a < b ? -1 : 1));
    const [lowest, highest] = [heights[0], heights.at(-1)];
    if (lowest === undefined || highest === undefined) return undefined;
    return this.#known.get(isOnSide(0n) ? highest : lowest);
  }
}
