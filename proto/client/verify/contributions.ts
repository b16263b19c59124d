import { FINGERPRINT_BYTES } from "../../attribution/packed.js";
import type { CommittedSet } from "../../attribution/rule/sets.js";
import { verifySet } from "../../attribution/set-tree.js";
import { standAt, type Contribution } from "../../attribution/standing.js";
import { concat, type Bytes } from "../../bytes.js";
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

  /** The committed sets of all that stood for their fingerprints after the block of a height, each verified against its root. */
  setsAt(height: bigint): Promise<CommittedSet[]> {
    const standing = this.all.filter((contribution) => standAt(contribution, height).stands);
    return inOrder(standing, async (contribution) => ({
      contribution,
      fingerprints: await this.#set(contribution),
    }));
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
