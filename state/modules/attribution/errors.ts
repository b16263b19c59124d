import { codespace } from "#proto/rejection.js";

/** Codes are permanent. What is wrong inside an opening is refused in codespace "poa", with its place in the message. */
export const attributionErrors = codespace("attribution", {
  batchNotFound: 1, // { batch_id }
  batchFull: 2, // { batch_id, field, max }
  batchCollecting: 3, // { batch_id, formed_height }
  batchSettled: 4, // { batch_id, height }
  beaconPending: 5, // { batch_id, epoch }
  windowClosed: 6, // { batch_id, deadline }
  voucherNotFound: 7, // { batch_id, voucher_id }
  notParty: 8, // { voucher_id, want }
  notDrawn: 9, // { voucher_id, index }
  alreadyOpened: 10, // { voucher_id, index }
  nothingToOpen: 11, // { field }
  stillMissing: 12, // { batch_id, drawn, opened, deadline }
  attestationInactive: 13, // tier A has no committee on this chain
  alreadySettling: 14, // { batch_id }
  notBegun: 15, // { voucher_id, index }: a part without a head, of an opening that this signer has not begun
});
