import { BILLIONTHS } from "#proto/amount.js";
import { NOTHING_REDEEMED } from "#proto/attribution/voucher.js";
import { equalBytes } from "#proto/bytes.js";
import type { Invariant } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import { newestRows } from "../attribution/index.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { feeTotals, heldFor } from "./channels.js";
import { channels } from "./keys.js";
import { feePlaces } from "./where-fees-are.js";

/** The account holds exactly what the channels have left. */
const accountEqualsChannels: Invariant = (view) => {
  let held = 0n;
  for (const [, channel] of channels.range(view)) held += heldFor(channel);
  const balance = balanceOf(view, moduleAccounts.usage, chainConfig(view).bondDenom);
  return balance === held ? undefined : `the account holds ${balance}, the channels have ${held} left`;
};

/** Nothing is redeemed but through a row of a batch, and the next difference is taken from where the last one ended. */
const channelsEqualRows: Invariant = (view) => {
  const rows = newestRows(view);
  for (const [[id], { redeemed, nonce, auditRoot, auditSum, auditCount }] of channels.range(view)) {
    const row = rows.get(id) ?? NOTHING_REDEEMED;
    const isSame =
      row.amount === redeemed &&
      row.nonce === nonce &&
      row.auditSum === auditSum &&
      row.auditCount === auditCount &&
      equalBytes(row.auditRoot, auditRoot);
    if (!isSame) return `channel ${id} has redeemed nonce ${nonce}, its newest row says ${row.nonce}`;
  }
  return undefined;
};

/** No billionth of any fee is lost on its way through the three modules. */
const everyFeeIsSomewhere: Invariant = (view) => {
  const fees = storedAmount(feeTotals(view).fees) * BILLIONTHS;
  const found = Object.values(feePlaces(view)).reduce((sum: bigint, amount: bigint) => sum + amount, 0n);
  return fees === found ? undefined : `fees are ${fees} billionths, ${found} are found`;
};

/** Invariants of the module (README). */
export const invariants = { accountEqualsChannels, channelsEqualRows, everyFeeIsSomewhere };
