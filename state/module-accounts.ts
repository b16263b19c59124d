import { toHex, type Bytes } from "#proto/bytes.js";
import { moduleAddress } from "#proto/crypto/address.js";

/** Accounts without a key: only the state machine moves their coins. */
export const moduleAccounts = {
  /** Transaction fees, and the validators' share of usage fees until staking distributes it. */
  feeCollector: moduleAddress("fee_collector"),
  /** Tokens of bonded validators. */
  bonded: moduleAddress("bonded_tokens_pool"),
  /** Tokens of all other validators, and unbonding tokens. */
  notBonded: moduleAddress("not_bonded_tokens_pool"),
  /** Bonds of contributions and the treasuries of datanets. */
  datanet: moduleAddress("datanet"),
  /** Deposits of open channels. */
  usage: moduleAddress("usage"),
  /** Withheld fees of batches until they are settled, and the attestation fund. */
  attribution: moduleAddress("attribution"),
  /** Settled but unpaid amounts. */
  payout: moduleAddress("payout"),
} as const;

const all = new Set(Object.values(moduleAccounts).map(toHex));

/** Whether the address is that of a module. No message may send coins to it. */
export function isModuleAccount(address: Bytes): boolean {
  return all.has(toHex(address));
}
