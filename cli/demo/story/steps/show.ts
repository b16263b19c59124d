import { present } from "#proto/assert.js";
import { explainReceipt, rpcSource, type BatchVerdict, type DecidedReceipt } from "#proto/client/verify/index.js";
import { receiptText } from "../../../explain/receipt.js";
import type { Story } from "../story.js";
import type { RedeemedBatch } from "./use.js";

/** An answer with its place, as `tribd explain receipt` asks for it. */
export interface ShownAnswer {
  readonly batchId: bigint;
  readonly voucherId: bigint;
  readonly index: bigint;
  readonly answer: string;
}

/** Ends the story with one answer, its words by who is paid. The words are the consumer's: the chain has hashes of them. */
export async function showAnswer(
  { evidence, world: { out } }: Story,
  batches: readonly BatchVerdict[],
  redeemed: readonly RedeemedBatch[],
): Promise<ShownAnswer> {
  const [most, ...rest] = batches.flatMap(({ batch, receipts }) =>
    receipts.map((receipt) => ({ batchId: batch.id, receipt, kinds: kindsOf(receipt) })),
  );
  const { batchId, receipt } = rest.reduce(
    (best, one) => (one.kinds > best.kinds ? one : best),
    present(most, "something was opened"),
  );
  const { voucherId, index } = receipt;
  const signed = redeemed.flatMap(({ vouchers }) => vouchers).find((one) => one.voucherId === voucherId)?.signed;
  const { answer } = present(signed?.kept[Number(index)], "what was opened was redeemed here");
  const { node, genesis, now } = await evidence();
  const place = { batchId, voucherId, index };
  const explained = await explainReceipt(rpcSource(node), genesis, { ...place, answer, now });
  if (out.format === "text") out.line(`\nOne answer, word by word\n${receiptText(explained, answer, out.isColoured)}`);
  return { ...place, answer };
}

/** In how many ways the words of an answer are decided: more of them show more. */
function kindsOf({ ruling: { committers, payee, reason, contester, place } }: DecidedReceipt): number {
  const owner = (number: number): string => committers[number]?.owner.join() ?? "";
  const kinds = new Set(
    Array.from(payee, (paid, token) =>
      [owner(paid), reason[token]!, contester[token]! >= 0, place[token]! >= 0].join("/"),
    ),
  );
  return kinds.size;
}
