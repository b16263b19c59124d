import type { TokenPay } from "#proto/attribution/explain.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";

/** A word that is paid to a contribution. */
export const pay = (payee: bigint, contester?: bigint): TokenPay => ({
  ...{ payee, contester, reason: 0, byRun: true, unlicensed: undefined },
});

export const NOTHING_PAID: TokenPay = {
  ...{ payee: undefined, contester: undefined, reason: residualReasons.unmatched, byRun: false, unlicensed: undefined },
};
