import { codespace } from "../rejection.js";

/** Rejections between a consumer and its provider. They never enter a block. Codes are permanent. */
export const exchangeErrors = codespace("exchange", {
  unknownPath: 1, // { have, need }
  notUtf8: 2, // { field }
  notJson: 3, // { field, why }
  wrongType: 4, // { field, need }
  wrongValue: 5, // { field, have, need }
  notServed: 6, // { field, have, fix }: what one answer at a known price cannot be
  tooManyTexts: 7, // { field, count, max }
  answerTooLong: 8, // { field, max }
  wrongMarking: 30, // { field, have, need }
  wrongDatanets: 31, // { have, need }
  otherBook: 32, // { have, need }: another program of the same consumer uses the channel
  unknownVoucher: 33, // { digest }: the ceiling names a voucher that the provider does not hold; send it along
  bookBehind: 34, // { have, need }: a voucher pays for receipts that the provider's book does not have
  overCredit: 35, // { unpaid, inFlight, feeMax, credit }
  feeTooLow: 36, // { feeMax, need }: the request alone costs more
  ceilingVoid: 37, // { ceilingId }: it has ended without an answer; ask with a new one
  tooManyVoids: 38, // { count, max }
  unknownCeiling: 39, // { ceilingId }
  refused: 40, // { field, have, need }: an answer that is not what was agreed
  channelStopped: 41, // { why }: a refused answer ended the use of the channel
  notMoney: 42, // { field, have, need } of an x402 message
  wrongTerms: 43, // { field, have, need }: terms of a provider that its version or the chain contradicts
});
