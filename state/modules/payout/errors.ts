import { codespace } from "#proto/rejection.js";

/** Codes are permanent. */
export const payoutErrors = codespace("payout", {
  nothingOwed: 1, // { owner, pending }
  keyReplaced: 2, // { owner, controller }: another key speaks for this owner
  sameKey: 3, // { owner }
  changePending: 4, // { owner, new_owner, executable_time }
  noChangePending: 5, // { owner }
  notNewOwner: 6, // { owner, want }
  delayRunning: 7, // { owner, executable_time }
  tooManyOwners: 8, // { new_owner, max }
  nothingToCorrect: 9, // { batch_id, contribution_id }
  wrongCorrection: 10, // { field, have, want }
  tooManyDebts: 11, // { debtor, max }
});
