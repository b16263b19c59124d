import { FINGERPRINT_BYTES } from "#proto/attribution/packed.js";
import { standAt } from "#proto/attribution/standing.js";
import { assert, present } from "#proto/assert.js";
import { readU32be, type Bytes } from "#proto/bytes.js";
import type { FingerprintLookup } from "../context.js";
import { unsettledHeights } from "../modules/attribution/index.js";
import {
  allContributions,
  changedAt,
  contributionOf,
  fingerprintChunks,
  type Contribution,
} from "../modules/datanet/index.js";
import type { ReadView } from "../store/view.js";
import { hasPlaceBefore, ID_MAX, isSenior, newMember, type Member } from "./members.js";
import { OrderedGroups } from "./order.js";
import { PastFirsts } from "./past.js";
import { WindowTable } from "./table.js";

/** Number of the seniors' groups in the table; datanets count from 1. */
const EVERYWHERE = 0;
const GROUP = 0x8000_0000;

/**
 * In-memory index of windows: who is the most senior of all that stand for one, and who has its place in a datanet, now
 * and as of each height at which an unsettled batch was formed. Both are functions of the state, so an index that was
 * rebuilt answers like one that has grown.
 *
 * A window of one contribution, the common case, is one slot of 16 bytes with its id. Further contributions make an
 * ordered group, and a group of each datanet that accepted them: joining and leaving takes steps that grow with the
 * logarithm of its size, and the first is known at once.
 */
export class FingerprintIndex implements FingerprintLookup {
  readonly #members: (Member | undefined)[] = [];
  readonly #table: WindowTable;
  readonly #seniors: OrderedGroups;
  readonly #places: OrderedGroups;
  readonly #past: PastFirsts;

  /** @param seed 8 bytes that contributors do not know; answers do not depend on it */
  constructor(seed: Bytes) {
    assert(seed.length === 8, "the seed of a fingerprint index is 8 bytes");
    const [key0, key1] = [readU32be(seed), readU32be(seed, 4)];
    this.#table = new WindowTable(key0, key1);
    this.#seniors = new OrderedGroups(this.#members, isSenior, key0);
    this.#places = new OrderedGroups(this.#members, hasPlaceBefore, key1);
    this.#past = new PastFirsts(() => new WindowTable(key0, key1));
  }

  /** Size of the arrays in bytes. */
  get bytes(): number {
    return this.#table.bytes + this.#seniors.bytes + this.#places.bytes + this.#past.bytes;
  }

  senior(high: number, low: number, asOf?: bigint): number | undefined {
    return this.#answer(EVERYWHERE, high, low, asOf);
  }

  place(datanet: bigint, high: number, low: number, asOf?: bigint): number | undefined {
    if (datanet < 1n || datanet > BigInt(ID_MAX)) return undefined;
    return this.#answer(Number(datanet), high, low, asOf);
  }

  /**
   * Takes over what the block of this height changed. Called once after each commit, with the committed state. Work:
   * each window of a contribution that became complete, was accepted or withdrawn; the block's gas has paid for them.
   */
  extend(base: ReadView, height: bigint): void {
    this.#keep(unsettledHeights(base).filter((formed) => formed < height));
    for (const id of changedAt(base, height)) {
      this.#follow(base, present(contributionOf(base, id), "what changed is on record"), height);
    }
  }

  /** Takes over a whole state, into an index without members. Reads every chunk once and again for what changed lately. */
  fill(base: ReadView): void {
    const formed = unsettledHeights(base);
    const kept: bigint[] = [];
    for (const height of [...formed, undefined]) {
      for (const contribution of allContributions(base)) {
        if (contribution.completeHeight !== 0n) this.#follow(base, contribution, height);
      }
      if (height === undefined) return;
      kept.push(height);
      this.#keep(kept);
    }
  }

  #keep(heights: readonly bigint[]): void {
    this.#past.keep(heights, (id) => {
      this.#members[id] = undefined;
    });
  }

  claim(high: number, low: number, asOf?: bigint): number | undefined {
    const value = this.#table.get(EVERYWHERE, high, low);
    if (value >= GROUP || (asOf !== undefined && this.#past.hasChangedSince(asOf))) {
      const id = this.senior(high, low, asOf);
      if (id === undefined) return undefined;
      return this.#answer(this.#member(id).datanet, high, low, asOf) === id ? id : -id;
    }
    // The window of one contribution, whose slot says all.
    if (value === 0) return undefined;
    const { completeHeight, acceptedHeight } = this.#member(value);
    if (asOf !== undefined && completeHeight > asOf) return undefined;
    return acceptedHeight !== 0 && (asOf === undefined || acceptedHeight <= asOf) ? value : -value;
  }

  #answer(datanet: number, high: number, low: number, asOf: bigint | undefined): number | undefined {
    const hash = this.#table.hashOf(datanet, high, low);
    const past = asOf === undefined ? 0 : this.#past.first(hash, datanet, high, low, asOf);
    const id = past === 0 ? this.#first(datanet, high, low) : past;
    if (id === 0 || asOf === undefined) return id === 0 ? undefined : id;
    const { completeHeight, acceptedHeight } = this.#member(id);
    const since = datanet === EVERYWHERE ? completeHeight : acceptedHeight;
    return since <= asOf ? id : undefined;
  }

  /** The first contribution now; 0 without one. A window of one contribution has no entry for its place: it follows from the slot. */
  #first(datanet: number, high: number, low: number): number {
    const value = this.#table.get(EVERYWHERE, high, low);
    if (value < GROUP) {
      if (value === 0 || datanet === EVERYWHERE) return value;
      const only = this.#member(value);
      return only.datanet === datanet && only.acceptedHeight !== 0 ? value : 0;
    }
    if (datanet === EVERYWHERE) return this.#seniors.first(value - GROUP);
    const place = this.#table.get(datanet, high, low);
    return place < GROUP ? place : this.#places.first(place - GROUP);
  }

  #member(id: number): Member {
    return present(this.#members[id], "the index names members that it has");
  }

  /** Brings one contribution to where it stands after a height. */
  #follow(base: ReadView, contribution: Contribution, height: bigint | undefined): void {
    const { stands, acceptedHeight: accepted } = standAt(contribution, height);
    const acceptedHeight = Number(accepted);
    const before = this.#members[Number(contribution.id)];
    if (before === undefined ? !stands : !before.stands) return;
    const member = before ?? newMember(contribution);
    const change: Change = {
      member,
      joins: before === undefined,
      isAccepted: stands && acceptedHeight !== member.acceptedHeight,
      leaves: !stands,
    };
    if (!change.joins && !change.isAccepted && !change.leaves) return;
    this.#members[member.id] = member;
    // The order of places needs it at once; that a place counts is told by `acceptedHeight`, when all windows have changed.
    if (change.isAccepted) member.firstRelease = contribution.firstRelease;
    this.#walk(base, contribution, change);
    member.acceptedHeight = change.leaves ? member.acceptedHeight : acceptedHeight;
    member.stands = stands;
    if (change.leaves && !this.#past.withdrew(member.id)) this.#members[member.id] = undefined;
  }

  #walk(base: ReadView, { id, fpCount }: Contribution, change: Change): void {
    let windows = 0;
    for (const packed of fingerprintChunks(base, id)) {
      for (let at = 0; at < packed.length; at += FINGERPRINT_BYTES) {
        this.#window(readU32be(packed, at), readU32be(packed, at + 4), change);
        windows++;
      }
    }
    assert(windows === fpCount, "the state has the windows of whatever stands, or stood at a height that is kept");
  }

  #window(high: number, low: number, change: Change): void {
    const { member, joins, isAccepted, leaves } = change;
    const isKept = this.#past.isNeeded;
    const senior = isKept ? this.#first(EVERYWHERE, high, low) : 0;
    const place = isKept ? this.#first(member.datanet, high, low) : 0;
    if (joins) this.#join(high, low, member);
    if (isAccepted) this.#takePlace(high, low, member);
    if (leaves) this.#leave(high, low, member);
    if (senior !== 0 && senior !== this.#first(EVERYWHERE, high, low)) {
      this.#past.changed(EVERYWHERE, high, low, senior);
    }
    if (place !== 0 && place !== this.#first(member.datanet, high, low)) {
      this.#past.changed(member.datanet, high, low, place);
    }
  }

  #join(high: number, low: number, { id }: Member): void {
    const value = this.#table.get(EVERYWHERE, high, low);
    this.#enter(this.#seniors, EVERYWHERE, high, low, id);
    if (value === 0 || value >= GROUP) return;
    const other = this.#member(value);
    if (other.acceptedHeight !== 0) this.#enter(this.#places, other.datanet, high, low, value);
  }

  #takePlace(high: number, low: number, { id, datanet }: Member): void {
    if (this.#table.get(EVERYWHERE, high, low) !== id) this.#enter(this.#places, datanet, high, low, id);
  }

  #leave(high: number, low: number, { id, datanet, acceptedHeight }: Member): void {
    const only = this.#exit(this.#seniors, EVERYWHERE, high, low, id);
    const wasAlone = only === undefined;
    if (!wasAlone && acceptedHeight !== 0) this.#exit(this.#places, datanet, high, low, id);
    if (wasAlone || only === 0) return;
    const other = this.#member(only);
    if (other.acceptedHeight !== 0) this.#exit(this.#places, other.datanet, high, low, only);
  }

  #enter(groups: OrderedGroups, datanet: number, high: number, low: number, id: number): void {
    const value = this.#table.get(datanet, high, low);
    if (value >= GROUP) return groups.insert(value - GROUP, id);
    if (value === 0) return this.#table.set(datanet, high, low, id);
    const group = groups.create(value);
    groups.insert(group, id);
    this.#table.set(datanet, high, low, GROUP + group);
  }

  /** @returns undefined if it was alone, else the only one that is left, 0 if more are */
  #exit(groups: OrderedGroups, datanet: number, high: number, low: number, id: number): number | undefined {
    const value = this.#table.get(datanet, high, low);
    if (value < GROUP) {
      this.#table.delete(datanet, high, low);
      return undefined;
    }
    const only = groups.remove(value - GROUP, id);
    if (only !== 0) this.#table.set(datanet, high, low, only);
    return only;
  }
}

/** Changes of one contribution's windows in one block, or all at once when the index is built. */
interface Change {
  readonly member: Member;
  readonly joins: boolean;
  readonly isAccepted: boolean;
  readonly leaves: boolean;
}

/**
 * Builds the index of a whole state at a node's start.
 * @param seed 8 secret bytes
 */
export function buildIndex(base: ReadView, seed: Bytes): FingerprintIndex {
  const index = new FingerprintIndex(seed);
  index.fill(base);
  return index;
}
