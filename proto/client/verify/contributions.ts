import { FINGERPRINT_BYTES } from "../../attribution/packed.js";
import { lowerBound, verifySet } from "../../attribution/set-tree.js";
import { isHolder, type Contribution } from "../../attribution/standing.js";
import { concat, readU64be, type Bytes } from "../../bytes.js";
import { stateKeys } from "../../light/state-keys.js";
import { mustHold, VerifyFault } from "./fault.js";
import { inOrder, type ProvenState } from "./state.js";

const nameOf = (id: bigint): string => `contribution ${id}`;

/** Every contribution of the chain. None can be omitted: their number is proven, and their ids have no gaps. */
export class Contributions {
  readonly all: readonly Contribution[];
  readonly #state: ProvenState;
  readonly #sets = new Map<bigint, Bytes>();

  private constructor(state: ProvenState, all: readonly Contribution[]) {
    this.#state = state;
    this.all = all;
  }

  /** Reads and proves all contributions. Throws VerifyFault if one is absent or unproven. */
  static async read(state: ProvenState): Promise<Contributions> {
    const next = await state.counter(stateKeys.nextContribution(), "the number of contributions", 1n);
    const ids = Array.from({ length: Number(next - 1n) }, (_, i) => BigInt(i + 1));
    const all = await inOrder(ids, async (id) => {
      const what = nameOf(id);
      const contribution = await state.get("tributary.datanet.v1.Contribution", stateKeys.contribution(id), what);
      if (contribution.id !== id) throw new VerifyFault("wrong_record", what, `the record is of ${contribution.id}`);
      return contribution;
    });
    return new Contributions(state, all);
  }

  /** The contribution with this id. Throws VerifyFault if there is none. */
  get(id: bigint): Contribution {
    const found = this.all[Number(id) - 1];
    if (found === undefined) throw new VerifyFault("missing", nameOf(id), "the chain has no such contribution");
    return found;
  }

  /**
   * Reads the committed fingerprint sets of all contributions that held fingerprints at a height, and verifies each
   * against its root. Returns the lookup of holders.
   */
  async holdersAt(height: bigint): Promise<(fingerprint: bigint) => readonly bigint[]> {
    const holding = this.all.filter((contribution) => isHolder(contribution, height));
    const sets = await inOrder(
      holding,
      async (contribution) => [contribution.id, await this.#set(contribution)] as const,
    );
    const known = new Map<bigint, readonly bigint[]>();
    return (fingerprint) => {
      const before = known.get(fingerprint);
      if (before !== undefined) return before;
      const found = sets.filter(([, set]) => holds(set, fingerprint)).map(([id]) => id);
      known.set(fingerprint, found);
      return found;
    };
  }

  async #set({ id, fpCount, fpRoot }: Contribution): Promise<Bytes> {
    const before = this.#sets.get(id);
    if (before !== undefined) return before;
    const chunks: Bytes[] = [];
    let size = 0;
    for (let index = 0; size < fpCount * FINGERPRINT_BYTES; index++) {
      const what = `fingerprints (chunk ${index}) of ${nameOf(id)}`;
      const chunk = await this.#state.bytes(stateKeys.fingerprints(id, index), what);
      if (chunk === undefined) throw new VerifyFault("missing", what, "the state has none");
      chunks.push(chunk);
      size += chunk.length;
    }
    const set = concat(...chunks);
    mustHold(`fingerprints of ${nameOf(id)}`, verifySet(fpRoot, set));
    this.#sets.set(id, set);
    return set;
  }
}

function holds(set: Bytes, fingerprint: bigint): boolean {
  const at = lowerBound(set, fingerprint) * FINGERPRINT_BYTES;
  return at < set.length && readU64be(set, at) === fingerprint;
}
