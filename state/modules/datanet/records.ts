import { addAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { moduleAccounts } from "../../module-accounts.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { mustMove, type Ledger } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { admissions } from "./codes.js";
import {
  chunks,
  contributions,
  counts,
  datanets,
  params,
  releases,
  standingChanges,
  terms,
  treasuries,
  withdrawals,
} from "./keys.js";

/** A datanet record. */
export type Datanet = Messages["tributary.datanet.v1.Datanet"];
/** Counts of a datanet. */
export type DatanetCounts = Messages["tributary.datanet.v1.DatanetCounts"];
/** A version of a datanet's terms. */
export type Terms = Messages["tributary.datanet.v1.Terms"];
/** A contribution record. */
export type Contribution = Messages["tributary.datanet.v1.Contribution"];
/** A release record. */
export type Release = Messages["tributary.datanet.v1.Release"];

/** The datanet; undefined for an unknown id. */
export function datanetOf(view: ReadView, id: bigint): Datanet | undefined {
  return datanets.get(view, [id]);
}

/** Whether the datanet accepts what anybody contributes, without a review. It never changes. An unknown datanet does not. */
export function admitsAnybody(view: ReadView, id: bigint): boolean {
  return datanetOf(view, id)?.admission === admissions.open;
}

/** The contribution is the senior of one pair more whose credit waits: its deposit stays. */
export function holdForContest(view: WriteView, id: bigint): void {
  const senior = present(contributionOf(view, id), "who contests is on record");
  contributions.put(view, [id], { ...senior, contests: senior.contests + 1 });
}

/** The counts of a datanet; all 0 if it has none. */
export function countsOf(view: ReadView, id: bigint): DatanetCounts {
  return counts.get(view, [id]) ?? { contributions: 0, accepted: 0, releases: 0 };
}

/** Owner and creators are bech32 texts: `address.parse` gives the 20 bytes. */
export function contributionOf(view: ReadView, id: bigint): Contribution | undefined {
  return contributions.get(view, [id]);
}

/** A version of the terms; undefined if it does not exist. */
export function termsOf(view: ReadView, datanetId: bigint, version: number): Terms | undefined {
  return terms.get(view, [datanetId, version]);
}

/** The treasury's share of what a contribution earns, by the terms it consented to. */
export function treasuryBasisPoints(view: ReadView, contribution: Contribution): bigint {
  const { datanetId, termsVersion } = contribution;
  return BigInt(
    present(termsOf(view, datanetId, termsVersion), "a contribution names terms that exist").treasuryBasisPoints,
  );
}

/** The treasury's balance in base units. */
export function treasuryOf(view: ReadView, datanetId: bigint): bigint {
  return treasuries.get(view, [datanetId]) ?? 0n;
}

/** Moves `amount` in the bond denomination from the account of `from` into the treasury. @throws AssertionError when it is not there. */
export function creditTreasury(ledger: Ledger, datanetId: bigint, amount: bigint, from: Bytes): void {
  if (amount === 0n) return;
  present(datanetOf(ledger.view, datanetId), "a treasury belongs to a datanet");
  mustMove(ledger, from, moduleAccounts.datanet, chainConfig(ledger.view).bondDenom, amount);
  addToTreasury(ledger, datanetId, amount);
}

/** The books alone: the coins are in the module's account already. */
export function addToTreasury({ view, emit }: Ledger, datanetId: bigint, amount: bigint): void {
  const treasury = addAmount(treasuryOf(view, datanetId), amount);
  treasuries.put(view, [datanetId], treasury);
  emit("datanet.treasury", { datanet_id: String(datanetId), amount: String(amount), treasury: String(treasury) });
}

/** A release; undefined if it does not exist. */
export function releaseOf(view: ReadView, datanetId: bigint, number: number): Release | undefined {
  return releases.get(view, [datanetId, number]);
}

/** Whether a contribution may stand in a release: accepted before it was published, and not withdrawn then. One read less than `releaseContains`. */
export function inRelease(contribution: Contribution, datanetId: bigint, number: number): boolean {
  const { firstRelease, lastRelease, withdrawnHeight } = contribution;
  if (contribution.datanetId !== datanetId || firstRelease === 0 || number < firstRelease) return false;
  return withdrawnHeight === 0n || number <= lastRelease;
}

/** Whether a release contains a contribution, also one that was withdrawn later. */
export function releaseContains(view: ReadView, datanetId: bigint, number: number, contributionId: bigint): boolean {
  const contribution = contributionOf(view, contributionId);
  if (contribution === undefined || !inRelease(contribution, datanetId, number)) return false;
  return number <= countsOf(view, datanetId).releases;
}

/** Whether a contribution of the release was withdrawn after it. One step per later release with withdrawals after it. */
export function holdsWithdrawn(view: ReadView, datanetId: bigint, number: number): boolean {
  const behind = withdrawals.range(view, { from: [datanetId, number], to: [datanetId + 1n] });
  for (const [, leastFirst] of behind) if (leastFirst <= BigInt(number)) return true;
  return false;
}

/** Contributions that became complete, were accepted or withdrawn in the block of that height, ascending. */
export function changedAt(view: ReadView, height: bigint): bigint[] {
  const ids: bigint[] = [];
  for (const [[, id]] of standingChanges.range(view, { prefix: [height] })) ids.push(id);
  return ids;
}

/** All contributions, ascending by id. For what reads the whole state. */
export function* allContributions(view: ReadView): Iterable<Contribution> {
  for (const [, contribution] of contributions.range(view)) yield contribution;
}

/** The packed fingerprints of one contribution, chunk by chunk, ascending. */
export function* fingerprintChunks(view: ReadView, id: bigint): Iterable<Bytes> {
  for (const [, packed] of chunks.range(view, { prefix: [id] })) yield packed;
}

/** Parameters in force. Asserts that genesis has written them. */
export function paramsOf(view: ReadView): Messages["tributary.datanet.v1.Params"] {
  return present(params.get(view, []), "genesis has written the parameters");
}
