import { codespace } from "../rejection.js";

/** Codes that every Cosmos client knows, in codespace "sdk" (cosmos-sdk/types/errors). */
export const sdkErrors = codespace("sdk", {
  txDecode: 2,
  unauthorized: 4,
  insufficientFunds: 5,
  unknownRequest: 6,
  invalidAddress: 7,
  invalidPubKey: 8,
  unknownAddress: 9,
  invalidCoins: 10,
  outOfGas: 11,
  memoTooLarge: 12,
  insufficientFee: 13,
  tooManySignatures: 14,
  noSignatures: 15,
  invalidRequest: 18,
  txInMempoolCache: 19,
  mempoolIsFull: 20,
  txTooLarge: 21,
  keyNotFound: 22,
  invalidHeight: 26,
  txTimeoutHeight: 30,
  wrongSequence: 32,
  notSupported: 37,
});
