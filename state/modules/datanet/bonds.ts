import { parseAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import type { Rejection } from "#proto/rejection.js";
import { signerAddress } from "../../fields.js";
import { moduleAccounts } from "../../module-accounts.js";
import { move, mustMove, type Ledger } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import type { Contribution } from "./records.js";

/** Stored amounts were parsed before they were stored. */
export function storedAmount(text: string): bigint {
  return present(parseAmount(text), "a stored amount is an amount");
}

/** Deposit of a datanet or bond of a contribution, into the module's account. */
export function take(ledger: Ledger, from: Bytes, amount: bigint): Rejection | undefined {
  return move(ledger, from, moduleAccounts.datanet, chainConfig(ledger.view).bondDenom, amount);
}

/** Pays out of the module's account, whose books hold the amount. */
export function giveBack(ledger: Ledger, to: Bytes, amount: bigint): void {
  mustMove(ledger, moduleAccounts.datanet, to, chainConfig(ledger.view).bondDenom, amount);
}

/**
 * The bond goes back whole to the owner: with every decision by name, with withdrawal, and when an upload is given up. Only
 * a ruling may keep it.
 */
export function returnBond(ledger: Ledger, contribution: Contribution): Contribution {
  if (contribution.bond === "0") return contribution;
  giveBack(ledger, signerAddress(ledger.address, contribution.owner), storedAmount(contribution.bond));
  return { ...contribution, bond: "0" };
}
