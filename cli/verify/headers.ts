import type { Bytes } from "#proto/bytes.js";
import type { LightBlock } from "#proto/light/header.js";
import { bisect, trustHash, verifyBefore, verifyFirst, type Trusted, type TrustTerms } from "#proto/light/trust.js";
import type { Genesis } from "#proto/types/genesis.js";
import { must, VerifyFault } from "./fault.js";
import type { Source } from "./source.js";

/** A header of which somebody knows the hash from a source of their own. */
export interface TrustPoint {
  readonly height: bigint;
  readonly hash: Bytes;
}

/** A header that is believed, with the block it came in. */
export interface Believed {
  readonly trusted: Trusted;
  readonly block: LightBlock;
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

  /** The header of a height at or above the first one. @throws VerifyFault when it cannot be believed */
  async at(height: bigint): Promise<Believed> {
    const known = this.#known.get(height);
    if (known !== undefined) return known;
    let trusted = this.#below(height);
    const block = await this.#source.lightBlock(height);
    if (block.header.height !== height)
      throw new VerifyFault("header.height", `header ${height}`, "another height came");
    let pending: readonly LightBlock[] = [block];
    for (;;) {
      const step = bisect({ trusted, pending }, this.#terms);
      if (step.kind === "refused") must(`header ${step.height}`, step.why);
      if (step.kind === "verified") {
        const believed = { trusted: step.trusted, block };
        this.#known.set(height, believed);
        return believed;
      }
      if (step.kind === "need") {
        trusted = step.bisection.trusted;
        const between = await this.#source.lightBlock(step.height);
        if (between.header.height !== step.height) {
          throw new VerifyFault("header.height", `header ${step.height}`, "another height came");
        }
        pending = [...step.bisection.pending, between];
      }
    }
  }

  /** The headers from `first` to `last`, in order: `last` by its signatures, those below it by the hashes that lead to them. */
  async range(first: bigint, last: bigint): Promise<Believed[]> {
    let upper = await this.at(last);
    const found = [upper];
    for (let height = last - 1n; height >= first; height--) {
      const known = this.#known.get(height);
      if (known === undefined) {
        const block = await this.#source.lightBlock(height);
        const trusted = must(`header ${height}`, verifyBefore(upper.trusted, block));
        upper = { trusted, block };
        this.#known.set(height, upper);
      } else upper = known;
      found.push(upper);
    }
    return found.reverse();
  }

  #below(height: bigint): Trusted {
    let best: Trusted | undefined;
    for (const { trusted } of this.#known.values()) {
      if (trusted.height < height && (best === undefined || trusted.height > best.height)) best = trusted;
    }
    if (best === undefined) throw new VerifyFault("trust.height", `header ${height}`, "it is below the trusted one");
    return best;
  }
}
