import { codespace } from "../rejection.js";

/** Rejections of PoA-2 input. Codes are permanent. */
export const poaErrors = codespace("poa", {
  textTooLong: 1, // { size, max }
  notUtf8: 2,
  loneSurrogate: 3, // { at }
  unknownProfile: 4, // { normId }
  notWhole: 5, // { field, size }: the size of a packed list is not a multiple of its item's
  tooMany: 6, // { field, count, max }
  notSorted: 7, // { field, index }
  wrongHashSize: 8, // { field, size }
  wrongIndex: 9, // { index, count }
  wrongPathLength: 10, // { field, have, need }
  wrongSiblingCount: 11, // { step, have, need }
  wrongRoot: 12, // { field }
  wrongSum: 13, // { have, need }
  overflow: 14, // a sum or count above 64 bits
  notAdjacent: 15, // { left, right }
  notAbsent: 16, // the proof's neighbours do not enclose the fingerprint
  wrongReceipt: 17, // { field, have, need }
  wrongTokens: 18, // { have, need }
  wrongVoucher: 19, // { field, have, need }
  badSignature: 20, // { field }
  feeShares: 22, // { field, basisPoints, min, max }
  royaltiesTooHigh: 23, // { basisPoints, max }
  tokenClass: 24, // { field, index }: class 3 is no class
  wrongSpan: 25, // { index }: an unknown kind, or a datanet of a text that is not marked
  wrongPiece: 26, // { index, why }
  wrongRequest: 27, // { field, have, need }
  wrongCeiling: 28, // { field, have, need }
  wrongAnswer: 29, // { field, have, need }
});
