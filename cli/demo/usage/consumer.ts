import { verifyAnswer } from "#proto/attribution/answer.js";
import type { Issued } from "#proto/attribution/issue.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { EMPTY_SUM, type SumTree } from "#proto/attribution/sum-tree.js";
import { signVoucher, type Voucher } from "#proto/attribution/voucher.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";
import { receiptOf, type Terms } from "./exchange.js";
import { feeOf } from "./prices.js";
import { answerWord, type Reply } from "./provider.js";

/** Receipts that one voucher covers, with the tree that it signs. */
export interface SignedBatch {
  readonly voucher: Voucher;
  readonly signature: Bytes;
  readonly receipts: readonly Issued[];
  readonly seeds: readonly Bytes[];
  readonly tree: SumTree;
}

/** The consumer's side of one channel: it believes nothing that it has not recomputed. */
export class ConsumerBook {
  readonly terms: Terms;
  readonly #secretKey: Bytes;
  #kept: { readonly issued: Issued; readonly seed: Bytes }[] = [];
  #nonce = 0n;
  #amount = 0n;

  constructor(terms: Terms, secretKey: Bytes) {
    this.terms = terms;
    this.#secretKey = secretKey;
  }

  get nextNonce(): bigint {
    return this.#nonce + 1n;
  }

  /**
   * Takes an answer to `prompt` on record, once nonce, fee and the provider's signature over what was really said are right.
   * @throws CliFault(answer) for anything else: a consumer pays for no other answer
   */
  accept(prompt: string, { exchange, signature }: Reply): void {
    const { chainId, prices, providerKey } = this.terms;
    const wrong = (what: string): CliFault => new CliFault("answer", `answer ${exchange.nonce}: ${what}`);
    if (exchange.nonce !== this.nextNonce) throw wrong(`its nonce is not ${this.nextNonce}`);
    const fee = feeOf(prices, prompt, exchange.answer);
    if (exchange.fee !== fee) throw wrong(`its fee is ${exchange.fee}, by the version's prices ${fee}`);
    const issued = receiptOf(this.terms, { ...exchange, prompt });
    const refused = verifyAnswer(answerWord(chainId, prompt, issued), signature, providerKey);
    if (refused !== undefined) throw wrong(`the provider did not sign this text: ${rejectionText(refused)}`);
    this.#kept.push({ issued, seed: exchange.seed });
    this.#nonce = exchange.nonce;
    this.#amount += fee;
  }

  /** One signature over everything since the last voucher; amount and nonce count over the channel's life. */
  sign(openAll: boolean): SignedBatch {
    const receipts = this.#kept.map(({ issued }) => issued);
    const seeds = this.#kept.map(({ seed }) => seed);
    const tree = receiptTree(receipts.map(({ receipt }) => receipt));
    if (isRejection(tree)) throw new CliFault("receipt", rejectionText(tree));
    const { chainId, channelId } = this.terms;
    const top = receipts.length === 0 ? EMPTY_SUM : tree.top;
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
    this.#kept = [];
    return { voucher, signature: signVoucher(voucher, this.#secretKey), receipts, seeds, tree };
  }
}
