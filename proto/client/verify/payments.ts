import { newAccount, paidOf, payKinds, type PayEntry } from "../../attribution/pay.js";
import { amountOf } from "../../attribution/settled.js";
import type { Messages } from "../../codec/message.js";
import { fromBech32 } from "../../crypto/address.js";
import type { Bytes } from "../../bytes.js";
import { stateKeys } from "../../light/state-keys.js";
import type { Comparison } from "./compare.js";
import { VerifyFault } from "./fault.js";
import { inOrder, type ProvenState } from "./state.js";

type Account = Messages["tributary.payout.v1.Account"];
type Line = Messages["tributary.payout.v1.Line"];

/**
 * The state of what a batch booked, in billionths of the base unit: booked = pending + accruing + released + owed + paid + treasuries.
 */
export interface Payments {
  readonly booked: bigint;
  readonly pending: bigint;
  /** Royalties and revenue that matured but are not released to the version's owner yet. */
  readonly accruing: bigint;
  /** The part of royalties and revenue that was released. */
  readonly released: bigint;
  /** Matured and not yet paid. */
  readonly owed: bigint;
  readonly paid: bigint;
  readonly treasuries: bigint;
}

/** Nothing booked. */
export const NO_PAYMENTS: Payments = {
  booked: 0n,
  pending: 0n,
  accruing: 0n,
  released: 0n,
  owed: 0n,
  paid: 0n,
  treasuries: 0n,
};

/** The sums, field by field. */
export function addPayments(a: Payments, b: Payments): Payments {
  const sum = Object.keys(a).map((name) => [name, a[name as keyof Payments] + b[name as keyof Payments]]);
  return Object.fromEntries(sum) as unknown as Payments;
}

interface World {
  readonly state: ProvenState;
  readonly bech32Prefix: string;
}

/** Follows every entry into its owner's account: what matured is earned there to the unit, and what was paid is counted. */
export async function comparePayments(
  world: World,
  entries: readonly PayEntry[],
  found: Comparison,
): Promise<Payments> {
  const all = await inOrder(entries, (entry) => paymentOf(world, entry, found));
  return all.reduce(addPayments, NO_PAYMENTS);
}

async function paymentOf(world: World, entry: PayEntry, found: Comparison): Promise<Payments> {
  const { matured, owner } = entry;
  const [amount, treasury, released] = [entry.amount, entry.treasury, entry.released].map(amountOf) as [
    bigint,
    bigint,
    bigint,
  ];
  const none = { ...NO_PAYMENTS, booked: amount };
  if (!matured) return { ...none, pending: amount };
  if (entry.kind === payKinds.royalty || entry.kind === payKinds.revenue) {
    return { ...none, accruing: amount - released, released };
  }
  const what = `line of ${owner} for batch ${entry.batchId}, contribution ${entry.subject}`;
  const line = await readLine(world, addressOf(world, owner), entry, what);
  const earned = amount - treasury;
  found.equal(`earned in the ${what}`, line?.earned, earned.toString());
  const paid = line === undefined ? 0n : paidOf(line, await readAccount(world, owner));
  return { ...none, paid, owed: earned - paid, treasuries: treasury };
}

/**
 * An owner's account against all that the verified batches owe: held back and matured, to the unit.
 * @param entries of every settled batch of the chain
 */
export async function compareOwner(
  world: World,
  owner: string,
  entries: readonly PayEntry[],
  found: Comparison,
): Promise<Payments> {
  const address = addressOf(world, owner);
  const account = await readAccount(world, owner);
  const own = entries.filter((entry) => entry.owner === owner);
  const pending = own
    .filter(({ matured }) => !matured)
    .reduce((sum, { amount, treasury }) => sum + amountOf(amount) - amountOf(treasury), 0n);
  const lines = await inOrder(entries, (entry) =>
    readLine(world, address, entry, `line of ${owner} for batch ${entry.batchId}, ${entry.kind}/${entry.subject}`),
  );
  const matured = lines.reduce((sum, line) => sum + amountOf(line?.earned ?? "0"), 0n);
  found.equal(`pending of ${owner}`, account.pending, pending.toString());
  found.equal(`matured of ${owner}`, account.matured, matured.toString());
  const [paid, repaid, recovered] = [account.paid, account.repaid, account.recovered].map(amountOf) as [
    bigint,
    bigint,
    bigint,
  ];
  const owed = matured + recovered - paid - repaid;
  return { ...NO_PAYMENTS, booked: pending + matured, pending, owed, paid };
}

function addressOf({ bech32Prefix }: World, owner: string): Bytes {
  const address = fromBech32(bech32Prefix, owner);
  if (address === undefined) throw new VerifyFault("wrong_record", `owner ${owner}`, "no address of this chain");
  return address;
}

function readLine(world: World, owner: Bytes, entry: PayEntry, what: string): Promise<Line | undefined> {
  const { batchId, kind, subject } = entry;
  return world.state.find("tributary.payout.v1.Line", stateKeys.payLine(owner, batchId, kind, subject), what);
}

async function readAccount(world: World, owner: string): Promise<Account> {
  const key = stateKeys.payAccount(addressOf(world, owner));
  const account = await world.state.find("tributary.payout.v1.Account", key, `payout account of ${owner}`);
  return account ?? newAccount(owner);
}
