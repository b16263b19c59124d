import type { Messages } from "#proto/codec/message.js";
import { amountOf } from "../amount.js";
import { formatCoin } from "../coins.js";
import { contributionStatus, entryKind, payoutStage, wordFor } from "#proto/client/words/codes.js";
import type { World } from "../world.js";

type Contribution = Messages["tributary.datanet.v1.Contribution"];
export type Account = Messages["tributary.payout.v1.Account"];
export type Entry = Messages["tributary.payout.v1.Entry"];

/** A line with its entry, which the chain always sends. */
export interface Line extends Omit<Messages["tributary.payout.v1.StatementLine"], "entry"> {
  readonly entry: Entry;
}

/** Names used by the lines. */
export interface Names {
  readonly contributions: ReadonlyMap<bigint, Contribution>;
  readonly versions: ReadonlyMap<bigint, string>;
  /** From settlement to maturity. */
  readonly holdBackMs: bigint;
}

export type Coin = (billionths: bigint) => string;

/** An amount of the ledger as a coin, exact to the billionth of the base unit. */
export function coinOf(terms: World["terms"]): Coin {
  const fine = { ...terms, displayExponent: terms.displayExponent + 9 };
  return (billionths) => formatCoin({ denom: terms.denom, amount: billionths }, fine);
}

/** Paid, due next, and held back, in billionths. */
export function sumsOf({ pending, matured, paid, recovered, repaid }: Account) {
  const owed = amountOf(matured) + amountOf(recovered) - amountOf(paid) - amountOf(repaid);
  return { paid: amountOf(paid), owed, pending: amountOf(pending) };
}

/** The name of a version for people. */
export const versionName = ({ versions }: Names, id: bigint): string => versions.get(id) ?? `version ${id}`;

/** The reason of a line: a contribution by its title, or a role. */
export function earnedFor(names: Names, { entry, contributionReason }: Line): string {
  const { kind, subject } = entry;
  if (kind === entryKind.provider) return "answering as the provider";
  if (kind === entryKind.revenue) return "owning the version";
  if (kind === entryKind.royalty) return `royalty of version ${subject}`;
  const contribution = names.contributions.get(subject);
  const what = `${subject} "${contribution?.title ?? ""}"`;
  const isAccepted = contribution === undefined || contribution.status === contributionStatus.accepted;
  return isAccepted ? what : `${what} (${statusText(contribution.status, contributionReason)})`;
}

/** "rejected: near-duplicate" */
export function statusText(status: number, reason: number): string {
  const name = wordFor("tributary.datanet.v1.Contribution", "status", status) ?? `status ${status}`;
  if (status !== contributionStatus.rejected) return name;
  return `${name}: ${wordFor("tributary.datanet.v1.Contribution", "reason", reason) ?? `reason ${reason}`}`;
}

/** Whether a line is held back and until when, to be paid, or paid. */
export function stateOf({ stage, entry, paid }: Line, coin: Coin): string {
  if (stage === payoutStage.pending) return `held back until ${dateText(entry.dueTime)}`;
  if (stage === payoutStage.paid) return "paid";
  const part = paid === "0" ? "" : `, ${coin(amountOf(paid))} paid`;
  return stage === payoutStage.accruing ? `accrues${part}` : `to be paid${part}`;
}

/** Of a JavaScript Date (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8_640_000_000_000_000n;

/** Minutes are enough for people: "2026-01-31 12:30" in UTC. */
export function dateText(unixMs: bigint): string {
  if (unixMs < 0n || unixMs > TIME_MAX) return `${unixMs} ms`;
  return new Date(Number(unixMs)).toISOString().slice(0, 16).replace("T", " ");
}
