import {
  explainCredit,
  explainReceipt,
  isRejection,
  parseGenesis,
  rpcSource,
  verifyPayoutFrom,
  VerifyFault,
  type CreditExplanation,
  type Genesis,
  type OpenOptions,
  type PayoutReport,
  type ReceiptExplanation,
  type Source,
  type TrustPoint,
} from "#proto/client/verify/index.js";
import { rejectionText } from "#proto/rejection.js";
import { node } from "../node.js";

// The words need the tables of Unicode, which nothing else of the page does.
export { AnswerWords, Legend } from "./words.js";

/** The part of the page that is loaded when somebody wants to recompute: `tributary/verify` over the node's bytes. */
export interface Watch {
  /** How many answers of the node were used so far. */
  told(answers: number): void;
  readonly signal: AbortSignal;
  /** A header that the person knows; the genesis document of the node otherwise. */
  readonly trust: TrustPoint | undefined;
}

/** Of one recomputation: a node that always has something more cannot keep the page busy for ever. */
const ANSWERS_MAX = 200_000;

function watched(source: Source, { told, signal }: Watch): Source {
  let answers = 0;
  const counted =
    <A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      signal.throwIfAborted();
      if (answers >= ANSWERS_MAX) {
        throw new VerifyFault("bad_answer", "the recomputation", `it needs more than ${ANSWERS_MAX} answers`);
      }
      const answer = await ask(...args);
      told(++answers);
      return answer;
    };
  return {
    latestHeight: counted(() => source.latestHeight()),
    lightBlock: counted((height) => source.lightBlock(height)),
    state: counted((key, height) => source.state(key, height)),
    voucherIds: counted((batchId, height) => source.voucherIds(batchId, height)),
    openingPlaces: counted((batchId, height) => source.openingPlaces(batchId, height)),
  };
}

async function begun(watch: Watch): Promise<{ source: Source; genesis: Genesis; options: OpenOptions }> {
  const genesis = parseGenesis(await node.genesis());
  if (isRejection(genesis)) throw new VerifyFault("bad_answer", "the genesis document", rejectionText(genesis));
  return {
    source: watched(rpcSource(node), watch),
    genesis,
    options: { now: BigInt(Date.now()), trust: watch.trust },
  };
}

export async function recomputeBatch(batchId: bigint, watch: Watch): Promise<PayoutReport> {
  const { source, genesis, options } = await begun(watch);
  return verifyPayoutFrom(source, genesis, { ...options, batches: [batchId] });
}

export async function recomputeCredit(
  batchId: bigint,
  contributionId: bigint,
  watch: Watch,
): Promise<CreditExplanation> {
  const { source, genesis, options } = await begun(watch);
  return explainCredit(source, genesis, { ...options, batchId, contributionId });
}

export async function recomputeReceipt(
  place: { readonly batchId: bigint; readonly voucherId: bigint; readonly index: bigint },
  watch: Watch,
): Promise<ReceiptExplanation> {
  const { source, genesis, options } = await begun(watch);
  return explainReceipt(source, genesis, { ...options, ...place });
}
