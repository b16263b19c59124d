import { codespace } from "#proto/rejection.js";

/** The Cosmos SDK's codes of x/slashing. */
export const slashingErrors = codespace("slashing", {
  noValidator: 2, // { validator }
  badValidator: 3, // { validator }: no operator address of this chain
  stillJailed: 4, // { until }
  notJailed: 5, // { validator }
  missingSelfDelegation: 6, // { validator }
  selfDelegationTooLow: 7, // { tokens, min }
  tombstoned: 9, // { validator }
});
