import { codespace } from "#proto/rejection.js";

/** Codes are permanent; 3 is not given again. What is wrong inside a voucher is refused in codespace "poa". */
export const usageErrors = codespace("usage", {
  channelNotFound: 1, // { channel_id }
  notConsumer: 2, // { channel_id }
  versionNotFound: 4, // { version_id }
  versionNotUsable: 5, // { version_id, stage }
  invalidAmount: 6, // { field, want }
  keyCannotSign: 7, // { consumer, why }
  channelNotOpen: 8, // { channel_id, status }
  graceEnded: 9, // { channel_id, ended }
  graceRunning: 10, // { channel_id, withdrawable_height }
  voucherReplayed: 11, // { channel_id, nonce, redeemed_nonce }
  voucherMissing: 12, // { field }
  notParty: 13, // { channel_id, want }
  graceFull: 14, // { channel_id, provider, version_id, max, free_at, fix }
  invalidEndpoint: 15, // { field, part, want } of the url; { field, have, want } of the time
  endpointNotFound: 16, // { provider, version_id }
});
