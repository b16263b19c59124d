import assert from "node:assert/strict";
import { newEpoch } from "#proto/attribution/epoch.js";
import { present } from "#proto/assert.js";
import { concat, u64be } from "#proto/bytes.js";
import { buildIndex, FingerprintIndex } from "#state/fingerprints/index.js";
import { epochs, unsettled, waiting } from "#state/modules/attribution/keys.js";
import { statuses } from "#state/modules/datanet/codes.js";
import { chunks, contributions, standingChanges } from "#state/modules/datanet/keys.js";
import type { Contribution } from "#state/modules/datanet/records.js";
import { MemoryBase } from "#state/store/memory.js";
import { View } from "#state/store/view.js";

/** A fingerprint that is far from its neighbours. */
export const print = (n: number): bigint => BigInt.asUintN(64, BigInt(n) * 0x9e37_79b9_7f4a_7c15n);

const high = (value: number): number => Number(print(value) >> 32n);
const low = (value: number): number => Number(BigInt.asUintN(32, print(value)));
const known = (id: number | undefined): bigint | undefined => (id === undefined ? undefined : BigInt(id));

export const senior = (index: FingerprintIndex, value: number, asOf?: bigint): bigint | undefined =>
  known(index.senior(high(value), low(value), asOf));
export const place = (index: FingerprintIndex, datanet: bigint, value: number, asOf?: bigint): bigint | undefined =>
  known(index.place(datanet, high(value), low(value), asOf));

const HASH = new Uint8Array(32);
const SEEDS = [new Uint8Array(8).fill(3), new Uint8Array(8).fill(4)] as const;

/** Records of contributions as the module writes them, block by block, with an index that follows. */
export class History {
  readonly base = new MemoryBase();
  readonly index = new FingerprintIndex(SEEDS[0]);
  height = 0n;
  #view = new View(this.base);
  #next = 1n;
  readonly #sets = new Map<bigint, readonly number[]>();
  readonly #records = new Map<bigint, Contribution>();
  readonly #releases = new Map<number, number>();
  /** Heights at which unsettled batches were formed. */
  readonly formed: bigint[] = [];

  /** @param order place of the intent among all, different each time */
  complete(datanet: number, order: number, values: readonly number[]): bigint {
    const id = this.#next++;
    const prints = [...new Set(values)].map(print).sort((a, b) => (a < b ? -1 : 1));
    this.#sets.set(id, values);
    chunks.put(this.#view, [id, 0], concat(...prints.map(u64be)));
    this.#write({
      ...{ id, datanetId: BigInt(datanet), owner: "", intentHeight: BigInt(order), intentIndex: order % 3 },
      ...{ contentRoot: HASH, contentBytes: 1n, recordCount: 1, mediaType: "", title: "", termsVersion: 1 },
      ...{ termsHash: HASH, fpRoot: HASH, fpCount: prints.length, tokenCount: 9, status: statuses.inReview, bond: "0" },
      ...{ createdHeight: 0n, completeHeight: this.height + 1n, firstCommitted: 0, decidedHeight: 0n, reason: 0 },
      ...{ withdrawnHeight: 0n, active: [], firstRelease: 0, lastRelease: 0, deposit: "0", contests: 0 },
    });
    return id;
  }

  accept(id: bigint): this {
    const contribution = this.#read(id);
    const firstRelease = (this.#releases.get(Number(contribution.datanetId)) ?? 0) + 1;
    this.#write({ ...contribution, status: statuses.accepted, decidedHeight: this.height + 1n, firstRelease });
    return this;
  }

  withdraw(id: bigint): this {
    this.#write({ ...this.#read(id), status: statuses.withdrawn, withdrawnHeight: this.height + 1n });
    return this;
  }

  /** Numbers the datanet's next release. */
  release(datanet: number): void {
    this.#releases.set(datanet, (this.#releases.get(datanet) ?? 0) + 1);
  }

  block(): void {
    this.height += 1n;
    this.base.apply(this.#view.writes());
    this.index.extend(this.base, this.height);
    this.#view = new View(this.base);
  }

  /** A block in which a batch is formed. */
  form(): bigint {
    const height = this.height + 1n;
    epochs.put(this.#view, [height], newEpoch(height, height, 0n));
    waiting.put(this.#view, [height], true);
    unsettled.put(this.#view, [height, 1n], true);
    this.formed.push(height);
    this.block();
    return height;
  }

  settle(height: bigint): void {
    waiting.delete(this.#view, [height]);
    unsettled.delete(this.#view, [height, 1n]);
    this.formed.splice(this.formed.indexOf(height), 1);
  }

  rebuilt(): FingerprintIndex {
    return buildIndex(this.base, SEEDS[1]);
  }

  ids(where: (contribution: Contribution) => boolean): bigint[] {
    return [...this.#sets.keys()].filter((id) => where(this.#read(id)));
  }

  /** The answers of the grown and of a rebuilt index are those of a walk through all records. */
  check(): void {
    const rebuilt = this.rebuilt();
    const values = new Set([...this.#sets.values()].flat());
    for (const asOf of [...this.formed, undefined]) {
      const at = asOf ?? this.height;
      const standing = this.ids(
        (one) => one.completeHeight <= at && !(one.withdrawnHeight > 0n && one.withdrawnHeight <= at),
      );
      for (const value of values) {
        const holders = standing
          .filter((id) => present(this.#sets.get(id), "known").includes(value))
          .map((id) => this.#read(id));
        const first = least(holders, ({ intentHeight }) => intentHeight);
        for (const index of [this.index, rebuilt]) assert.equal(senior(index, value, asOf), first);
        for (const datanet of [1n, 2n, 3n]) {
          const accepted = holders.filter(
            (one) => one.datanetId === datanet && one.firstRelease > 0 && one.decidedHeight <= at,
          );
          const placed = least(accepted, (one) => BigInt(one.firstRelease) * 1_000_000n + one.intentHeight);
          for (const index of [this.index, rebuilt]) assert.equal(place(index, datanet, value, asOf), placed);
        }
      }
    }
  }

  #read(id: bigint): Contribution {
    return present(this.#records.get(id), "known");
  }

  #write(contribution: Contribution): void {
    this.#records.set(contribution.id, contribution);
    contributions.put(this.#view, [contribution.id], contribution);
    standingChanges.put(this.#view, [this.height + 1n, contribution.id], true);
  }
}

function least(list: readonly Contribution[], key: (one: Contribution) => bigint): bigint | undefined {
  let first: Contribution | undefined;
  for (const one of list) if (first === undefined || key(one) < key(first)) first = one;
  return first?.id;
}

/** Blocks of random completions, acceptances, withdrawals and releases; batches are formed and settled in any order. */
export function randomHistory(seed: number, blocks: number, each: (history: History) => void): void {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 10) % below;
  };
  const history = new History();
  const orders = Array.from({ length: 1_000 }, (_, i) => i + 1);
  for (let block = 0; block < blocks; block++) {
    for (let i = random(4); i > 0; i--) {
      const order = present(orders.splice(random(orders.length), 1)[0], "enough of them");
      const values = Array.from({ length: 1 + random(4) }, () => 1 + random(6));
      const id = history.complete(1 + random(3), order, values);
      if (random(3) === 0) history.accept(id);
    }
    const one = (ids: readonly bigint[]): bigint | undefined => ids[random(Math.max(1, ids.length))];
    const waits = one(history.ids((c) => c.firstRelease === 0 && c.withdrawnHeight === 0n));
    if (waits !== undefined && random(2) === 0) history.accept(waits);
    const standing = one(history.ids((c) => c.withdrawnHeight === 0n));
    if (standing !== undefined && random(2) === 0) history.withdraw(standing);
    if (random(4) === 0) history.release(1 + random(3));
    const settled = one(history.formed.map((height) => height));
    if (settled !== undefined && random(4) === 0) history.settle(settled);
    if (random(4) === 0) history.form();
    else history.block();
    if (block % 6 === 5) each(history);
  }
}
