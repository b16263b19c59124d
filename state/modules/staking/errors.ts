import { codespace } from "#proto/rejection.js";

/** Codes are permanent: those of the Cosmos SDK's x/staking where it has one, our own above 1000. */
export const stakingErrors = codespace("staking", {
  validatorNotFound: 3, // { validator }
  operatorExists: 4, // { validator }
  keyExists: 5, // { consensus_address }: used by a validator, now or ever
  keyType: 6, // { type, want }
  validatorJailed: 7, // { validator }
  commissionHuge: 10, // { field }
  commissionAboveMax: 11, // { rate, max }
  commissionTooSoon: 12, // { next_time }
  changeAboveMax: 14, // { max_change_rate, max_rate }
  commissionChange: 15, // { change, max }
  selfDelegationBelowMinimum: 16, // { have, min }
  minSelfDelegationDecreased: 17, // { have, want }
  noDelegation: 19, // { delegator, validator }
  notEnoughShares: 24, // { have, need }
  noUnbonding: 26, // { validator, creation_height }
  maxUnbondings: 27, // { max }
  exchangeRate: 34, // { validator }: its tokens were slashed to nothing, or its shares have run out of digits
  commissionBelowMinimum: 40, // { rate, min }
  delegationNotActive: 1001, // { delegator, validator }: only operators bond, with their own validators
  redelegationNotActive: 1002, // {}
  lastValidator: 1003, // { validator }: no other validator would be left
  totalPower: 1004, // { max }
});
