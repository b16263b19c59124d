export { Consumer, type Ask, type ConsumerParts, type Sums } from "./consumer.js";
export { StreamBroken } from "./asking.js";
export {
  UNDELIVERED_MAX,
  type Book,
  type ChannelHead,
  type Kept,
  type KeptAsk,
  type KeptVoucher,
  type Row,
} from "./book.js";
export { MemoryBook } from "./memory-book.js";
export { Budget, dayOf, type Caps } from "./budget.js";
export { ChainFacts, type ChainChannel, type VersionFacts } from "./facts.js";
export { Channels, channelStatus, type Books, type ChannelsParts, type Place } from "./channels.js";
export { MemoryBooks } from "./memory-books.js";
export { Pool, type Deposits, type PoolParts } from "./pool.js";
export { Wallet, type GasPrice, type WalletParts } from "./wallet.js";
export { consumerErrors } from "./errors.js";
export type { Policy } from "./policy.js";
export type { Http, HttpAsk, Ports } from "./ports.js";
export { problemResponse, rejectionProblem } from "./responses.js";
export { DEFAULT_MARKING, type Marking } from "../../exchange/http-request.js";
