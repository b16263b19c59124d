import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { GAS } from "../../gas.js";
import { moduleAccounts } from "../../module-accounts.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { burn, type Ledger } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { giveBack, storedAmount, take } from "./bonds.js";
import { datanetErrors } from "./errors.js";
import { takenFingerprints } from "./keys.js";
import { paramsOf, type Contribution } from "./records.js";

/** Fingerprints of open intents, uploads and contributions that stand. */
export function takenOf(view: ReadView): bigint {
  return takenFingerprints.get(view, []) ?? 0n;
}

/** Base units for one fingerprint now: doubled when half of the tier is taken, and with each further tenth. */
export function fingerprintPrice(view: ReadView): bigint {
  const { fingerprintDeposit, fingerprintsMax } = paramsOf(view);
  const taken = takenOf(view);
  const doublings = 2n * taken < fingerprintsMax ? 0n : (10n * taken) / fingerprintsMax - 4n;
  return storedAmount(fingerprintDeposit) << doublings;
}

/**
 * Reserves the fingerprints and locks their deposit, flat at the price of this moment.
 * @returns the deposit; datanet/tierFull, or what the bank refuses
 */
export function reserve(context: Context, owner: Bytes, fpCount: number): bigint | Rejection {
  const { view } = context;
  const { fingerprintsMax: max, contestDepositMin } = paramsOf(view);
  const taken = takenOf(view);
  if (taken + BigInt(fpCount) > max) return reject(datanetErrors.tierFull, { taken, max });
  const [least, flat] = [storedAmount(contestDepositMin), fingerprintPrice(view) * BigInt(fpCount)];
  const deposit = flat < least ? least : flat;
  const unpaid = take(context, owner, deposit);
  if (unpaid !== undefined) return unpaid;
  takenFingerprints.put(view, [], taken + BigInt(fpCount));
  return deposit;
}

/** Charges for the change of the index when a contribution becomes complete, is accepted or withdrawn. */
export function chargeChange(context: Context, { fpCount }: Contribution): void {
  context.charge(GAS.perWindowChange * BigInt(fpCount));
}

/** Gives the capacity back. */
export function freeCapacity(view: WriteView, fpCount: number): void {
  takenFingerprints.put(view, [], takenOf(view) - BigInt(fpCount));
}

/** The loss of an intent that is never completed, in base units: a tenth, rounded up. */
export const lostTenth = (deposit: bigint): bigint => (deposit + 9n) / 10n;

/**
 * Burns `lost` of a locked deposit and returns the rest to the owner. No party earns the burned part, neither one that waits
 * for a deadline nor the judges of a ruling. A ruling calls it with the whole deposit.
 */
export function unlock(ledger: Ledger, owner: Bytes, deposit: bigint, lost: bigint): void {
  burn(ledger, moduleAccounts.datanet, chainConfig(ledger.view).bondDenom, lost);
  giveBack(ledger, owner, deposit - lost);
}

/** Ends the deposit of a contribution; the record to be stored. */
export function endDeposit(ledger: Ledger, contribution: Contribution, lost: bigint): Contribution {
  const owner = present(ledger.address.parse(contribution.owner), "a stored owner is an address");
  unlock(ledger, owner, storedAmount(contribution.deposit), lost);
  return { ...contribution, deposit: "0" };
}
