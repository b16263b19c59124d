import { toHex } from "#proto/bytes.js";
import { blockKey } from "#proto/types/block-id.js";
import { isQuorum, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, type Vote } from "#proto/types/vote.js";

export type SignedVote = Pick<Vote, "type" | "height" | "round" | "blockId">;

/** What each honest validator said in one height. */
interface Height {
  /** By round and block: the honest who prevoted it, and their power. */
  readonly prevoted: Map<string, Map<string, bigint>>;
  /** By validator: the block of its last precommit for one, and its round. */
  readonly locked: Map<string, { readonly block: string; readonly round: number }>;
}

/**
 * Who has precommitted a block prevotes no other one in a later round of its height, unless a polka of a round between has
 * set it free (L28 to L33); and nobody precommits a block without a polka of that very round (L36). Judged from what honest
 * validators signed, over all their lives. The dishonest may have signed whatever fits: their power counts for any block.
 */
export class LockCheck {
  /** By address, in hex: who may sign what it likes. */
  readonly dishonest = new Set<string>();
  readonly #problem: (line: string) => void;
  readonly #sets = new Map<bigint, ValidatorSet>();
  readonly #heights = new Map<bigint, Height>();

  constructor(problem: (line: string) => void) {
    this.#problem = problem;
  }

  /** Who votes at a height; the first word counts. */
  setAt(height: bigint, set: ValidatorSet): void {
    if (!this.#sets.has(height)) this.#sets.set(height, set);
  }

  /** A signature that has left the signer of an honest validator. @param address in hex */
  signed(address: string, { type, height, round, blockId }: SignedVote): void {
    if (blockId === undefined) return;
    const block = blockKey(blockId);
    const set = this.#sets.get(height);
    const power = set?.members.find((member) => toHex(member.address) === address)?.power;
    if (set === undefined || power === undefined) return; // It votes on something that is no height of this chain.
    let at = this.#heights.get(height);
    if (at === undefined) this.#heights.set(height, (at = { prevoted: new Map(), locked: new Map() }));
    if (type === PREVOTE) this.#prevote(at, set, { address, height, round, block, power });
    if (type === PRECOMMIT) this.#precommit(at, set, { address, height, round, block });
    for (const old of this.#heights.keys()) if (old < height - HEIGHTS_KEPT) this.#heights.delete(old);
    for (const old of this.#sets.keys()) if (old < height - HEIGHTS_KEPT) this.#sets.delete(old);
  }

  #prevote(at: Height, set: ValidatorSet, said: Said & { readonly power: bigint }): void {
    const { address, height, round, block, power } = said;
    const lock = at.locked.get(address);
    if (lock !== undefined && lock.round < round && lock.block !== block) {
      const freed = range(lock.round + 1, round).some((between) => this.#isPolka(at, set, between, block));
      if (!freed) {
        this.#problem(
          `${address} is locked on ${lock.block} since ${height}/${lock.round} and prevotes ${block} in round ${round}`,
        );
      }
    }
    const key = `${round} ${block}`;
    const voters = at.prevoted.get(key) ?? new Map<string, bigint>();
    at.prevoted.set(key, voters.set(address, power)); // The same words may leave twice: after a restart.
  }

  #precommit(at: Height, set: ValidatorSet, { address, height, round, block }: Said): void {
    if (!this.#isPolka(at, set, round, block)) {
      this.#problem(`${address} precommits ${block} at ${height}/${round} without a polka for it`);
    }
    if (round >= (at.locked.get(address)?.round ?? 0)) at.locked.set(address, { block, round });
  }

  #isPolka(at: Height, set: ValidatorSet, round: number, block: string): boolean {
    const honest = at.prevoted.get(`${round} ${block}`);
    const dishonest = set.members.filter(({ address }) => this.dishonest.has(toHex(address)));
    const powers = [...(honest?.values() ?? []), ...dishonest.map(({ power }) => power)];
    return isQuorum(
      powers.reduce((sum, power) => sum + power, 0n),
      set.totalPower,
    );
  }
}

interface Said {
  readonly address: string;
  readonly height: bigint;
  readonly round: number;
  readonly block: string;
}

/** Lagging nodes may still send messages of these. */
const HEIGHTS_KEPT = 100n;

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
