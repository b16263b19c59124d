import { receiptCodec, receiptHash, receiptLeaf } from "#proto/attribution/receipt.js";
import { sumPath, sumTree, verifySumPath, type SumNode } from "#proto/attribution/sum-tree.js";
import { auditTop, type Voucher } from "#proto/attribution/voucher.js";
import { equalBytes } from "#proto/bytes.js";
import { askedTexts, type Exchange } from "#proto/exchange/provider.js";
import { receiptOf } from "#proto/exchange/sealed.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { exchangeErrors } from "#proto/exchange/errors.js";
import { terms } from "./terms.js";

/** Recomputes every receipt from its kept texts, as an opening does, and says what a voucher over them contradicts. */
export function openingHashes(rows: readonly Exchange[]): { check(voucher: Voucher): string | undefined } | Rejection {
  const leaves: SumNode[] = [];
  for (const { asked, sealed } of rows) {
    const { receipt, seed, added, answer } = sealed!;
    const said = { nonce: receipt!.nonce, seed, time: receipt!.time, added, answer };
    const issued = receiptOf(terms, askedTexts(asked!), said);
    if (isRejection(issued)) return issued;
    if (!equalBytes(receiptCodec.encode(issued.receipt), receiptCodec.encode(receipt!))) {
      return reject(exchangeErrors.refused, { field: "receipt" });
    }
    leaves.push(receiptLeaf(receipt!.fee, receiptHash(receipt!)));
  }
  return {
    check(voucher) {
      const count = Number(voucher.auditCount);
      if (count > leaves.length) return "a voucher is over receipts that nobody has";
      const tree = sumTree(leaves.slice(0, count));
      if (isRejection(tree)) return tree.name;
      const index = count - 1;
      const path = sumPath(tree, index);
      const interval = verifySumPath(auditTop(voucher), leaves[index]!, BigInt(index), path);
      return isRejection(interval) ? "a voucher contradicts the receipts" : undefined;
    },
  };
}
