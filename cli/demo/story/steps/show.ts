import { present } from "#proto/assert.js";
import { explainReceipt, rpcSource, type BatchVerdict, type DecidedReceipt } from "#proto/client/verify/index.js";
import { receiptText } from "../../../explain/receipt.js";
import { CliFault } from "../../../fault.js";
import type { Story } from "../story.js";
import type { ConsumerProgram } from "./consumers.js";

/** An answer with its place, as `tribd explain receipt` asks for it. */
export interface ShownAnswer {
  readonly batchId: bigint;
  readonly voucherId: bigint;
  readonly index: bigint;
  readonly answer: string;
}

/** Receipts that a consumer's program lists at most: all of the story's. */
const RECEIPTS = 1_000;

/** Ends the story with one answer, its words by who is paid. The words are the consumer's: the chain has hashes of them. */
export async function showAnswer(
  { evidence, world }: Story,
  batches: readonly BatchVerdict[],
  consumers: readonly ConsumerProgram[],
): Promise<ShownAnswer> {
  const { out } = world;
  const [most, ...rest] = batches.flatMap(({ batch, receipts }) =>
    receipts.map((receipt) => ({ batchId: batch.id, receipt, kinds: kindsOf(receipt) })),
  );
  const { batchId, receipt } = rest.reduce(
    (best, one) => (one.kinds > best.kinds ? one : best),
    present(most, "something was opened"),
  );
  const { voucherId, index } = receipt;
  const answer = await answerOf(world.system.fetch, consumers, receipt);
  const { node, genesis, now } = await evidence();
  const place = { batchId, voucherId, index };
  const explained = await explainReceipt(rpcSource(node), genesis, { ...place, answer, now });
  if (out.format === "text") out.line(`\nOne answer, word by word\n${receiptText(explained, answer, out.isColoured)}`);
  return { ...place, answer };
}

/** The consumer whose program has the receipt has the words, too. */
async function answerOf(
  fetch: typeof globalThis.fetch,
  consumers: readonly ConsumerProgram[],
  { receipt: { channelId, nonce } }: DecidedReceipt,
): Promise<string> {
  for (const { url, apiKey } of consumers) {
    const view = new URL(`/consumer/receipts?limit=${RECEIPTS}`, url);
    const response = await fetch(view, { headers: { authorization: `Bearer ${apiKey}` } });
    const rows = (await response.json()) as readonly { channel: string; nonce: string; answer: string }[];
    const found = rows.find(({ channel, nonce: n }) => channel === String(channelId) && n === String(nonce));
    if (found !== undefined) return found.answer;
  }
  throw new CliFault("story", `receipt ${nonce} of channel ${channelId} is in no consumer's book`);
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
