import { answerOf, verifyAnswer } from "#proto/attribution/answer.js";
import { CEILING_ID_BYTES, feeUnder, signCeiling, type Ceiling } from "#proto/attribution/ceiling.js";
import type { Issued, Question, RequestText } from "#proto/attribution/issue.js";
import { feeByPrices } from "#proto/attribution/prices.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { requestHash } from "#proto/attribution/request.js";
import type { SumTree } from "#proto/attribution/sum-tree.js";
import { signVoucher, voucherDigest, type Voucher } from "#proto/attribution/voucher.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";
import { countedOf, receiptOf, requestOf, type Answered, type Asked, type Terms } from "./exchange.js";

/** A receipt with the texts that it stands for: only its hashes go on the chain. */
export interface Kept {
  readonly issued: Issued;
  readonly asked: readonly RequestText[];
  readonly answer: string;
}

/** A voucher with all receipts of the channel, whose tree it signs. */
export interface SignedBatch {
  readonly voucher: Voucher;
  readonly signature: Bytes;
  readonly kept: readonly Kept[];
  readonly tree: SumTree;
  /** Index of the first receipt that the voucher before did not cover. */
  readonly first: number;
  /** Amount added to the previous voucher, in base units. */
  readonly fee: bigint;
}

/** Tokens of an answer that a consumer is ready to pay for. */
const ANSWER_TOKENS = 256n;
/** Blocks in which an answer may begin. */
const CEILING_BLOCKS = 30n;

/** The consumer's side of one channel: it believes nothing that it has not recomputed. */
export class ConsumerBook {
  readonly terms: Terms;
  readonly #secretKey: Bytes;
  readonly #kept: Kept[] = [];
  #nonce = 0n;
  #amount = 0n;
  /** Of the last voucher. */
  #signed: { receipts: number; amount: bigint; digest: Bytes } = { receipts: 0, amount: 0n, digest: new Uint8Array(0) };

  constructor(terms: Terms, secretKey: Bytes) {
    this.terms = terms;
    this.#secretKey = secretKey;
  }

  get nextNonce(): bigint {
    return this.#nonce + 1n;
  }

  /**
   * Signs the ceiling of the next request. It names the datanets of its marked texts: they may be paid for what the answer
   * takes from there.
   * @param fresh a seed of 32 bytes and a salt of 16, of each request
   */
  ask(
    texts: readonly RequestText[],
    height: bigint,
    { seed, salt }: { readonly seed: Bytes; readonly salt: Bytes },
  ): Asked {
    const { chainId, channelId } = this.terms;
    const named = new Set(texts.map(({ datanet }) => datanet).filter((datanet) => datanet !== undefined));
    const datanets = [...named].sort((a, b) => (a < b ? -1 : 1));
    const question = { chainId, channelId, nonce: this.nextNonce, height, datanets, texts, seed };
    const ceiling = this.#ceilingOf(question, salt);
    return { question, ceiling, signature: signCeiling(ceiling, this.#secretKey) };
  }

  #ceilingOf(question: Question, salt: Bytes): Ceiling {
    const { chainId, channelId, versionId, prices, deposit } = this.terms;
    const { input } = countedOf(question, "");
    const most = feeByPrices(prices, { input, output: ANSWER_TOKENS });
    const left = deposit - this.#amount;
    return {
      chainId,
      channelId,
      requestHash: requestHash(requestOf(question).request),
      versionId,
      prices: { ...prices },
      feeMax: most < left ? most : left,
      lastVoucher: this.#signed.digest,
      time: question.height,
      expiry: question.height + CEILING_BLOCKS,
      bookId: sha256(utf8(`book of channel ${channelId}`)).slice(0, CEILING_ID_BYTES),
      salt,
    };
  }

  /**
   * Takes an answer on record, once nonce, version, fee and the provider's signature over what was really said are right.
   * @throws CliFault(answer) for anything else: a consumer pays for no other answer
   */
  accept({ question, ceiling }: Asked, { reply, signature }: Answered): void {
    const { terms } = this;
    const wrong = (what: string): CliFault => new CliFault("answer", `answer ${question.nonce}: ${what}`);
    if (question.nonce !== this.nextNonce) throw wrong(`its nonce is not ${this.nextNonce}`);
    if (reply.versionId !== terms.versionId) throw wrong(`it is of version ${reply.versionId}`);
    const { prices } = terms;
    const fee = feeUnder({ ...ceiling, prices }, countedOf(question, reply.answer));
    if (reply.fee !== fee) throw wrong(`its fee is ${reply.fee}, by the version's prices and the ceiling ${fee}`);
    const issued = receiptOf(requestOf(question), reply);
    const refused = verifyAnswer(answerOf(ceiling, issued.receipt), signature, terms.providerKey);
    if (refused !== undefined) throw wrong(`the provider did not sign this text: ${rejectionText(refused)}`);
    this.#kept.push({ issued, asked: question.texts, answer: reply.answer });
    this.#nonce = question.nonce;
    this.#amount += fee;
  }

  /** One signature over everything since the channel opened; the chain takes the difference to the voucher before. */
  sign(openAll: boolean): SignedBatch {
    const kept = [...this.#kept];
    const before = this.#signed;
    const tree = receiptTree(kept.map(({ issued }) => issued.receipt));
    if (isRejection(tree)) throw new CliFault("receipt", rejectionText(tree));
    const { chainId, channelId } = this.terms;
    const { top } = tree;
    const voucher: Voucher = {
      chainId,
      channelId,
      nonce: this.#nonce,
      amount: this.#amount,
      auditRoot: top.hash,
      auditSum: top.sum,
      auditCount: top.count,
      openAll,
    };
    this.#signed = { receipts: kept.length, amount: this.#amount, digest: voucherDigest(voucher) };
    const signature = signVoucher(voucher, this.#secretKey);
    return { voucher, signature, kept, tree, first: before.receipts, fee: this.#amount - before.amount };
  }
}
