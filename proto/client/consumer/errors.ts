import { codespace } from "../../rejection.js";

/** Rejections of a consumer's program. They never enter a block. Codes are permanent. */
export const consumerErrors = codespace("consumer", {
  overCap: 1, // { cap, have, need }: the owner's own limit
  noRoom: 2, // { waiting, max }: credit is used up, and the queue for it is full
  noDeposit: 3, // { left, need }: of the channel
  noAnswer: 4, // { why }: the provider gave none; nothing is owed
  wrongAnswer: 5, // { field, have, need }: an answer that is not OpenAI's shape, or has no receipt
  broken: 6, // { why }: the connection to the provider ended; ask again for the same answer
  underWay: 7, // { fix }: a request with the same Idempotency-Key
  bookClosed: 8, // { why }: a row could not be written, or the program ends
  notOffered: 9, // { model, fix }
  txRefused: 10, // { why }: by the chain
  txNotSeen: 11, // { seconds, fix }: in no block yet
});
