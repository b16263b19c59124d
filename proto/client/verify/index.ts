/**
 * Verification for anybody: headers from genesis on, single values of the state, whole payouts. It believes a genesis
 * document and what is proven from it; the node that it asks is only where the bytes come from. It has no clock, no file
 * and no socket of its own and runs wherever JavaScript does.
 */
export { parseGenesis, type Genesis } from "../../types/genesis.js";
export { trustingPeriod, trustTerms, TRUST_LEVEL_DEFAULT, type Believed, type TrustTerms } from "../../light/trust.js";
export { stateKeys } from "../../light/state-keys.js";
export { isRejection, type Rejection } from "../../rejection.js";
export { VerifyFault } from "./fault.js";
export { rpcSource, type Claim, type OpeningPlace, type Source } from "./source.js";
export { TrustedHeaders, type TrustPoint } from "./headers.js";
export { ProvenState } from "./state.js";
export { askWitnesses, type Beginning, type Divergence, type Opinion, type Witness } from "./witnesses.js";
export {
  verifyPayout,
  verifyPayoutFrom,
  type BatchReport,
  type Disagreement,
  type PayoutOptions,
  type PayoutReport,
} from "./payout.js";
export type { BatchVerdict, DecidedReceipt } from "./batch.js";
export {
  explainCredit,
  explainReceipt,
  type CreditExplanation,
  type CreditQuestion,
  type PayingReceipt,
  type ReceiptExplanation,
  type ReceiptQuestion,
} from "./explain.js";
export type { Payments } from "./payments.js";
export type { OpenOptions } from "./world.js";
export { bundleName, bundleSource, bundleTime, readBundle, Recording, type Bundle } from "./bundle.js";
