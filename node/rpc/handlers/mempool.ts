import type { Bytes } from "#proto/bytes.js";
import { toBase64 } from "#proto/base64.js";
import { txHash, txResultJson, upperHex } from "#proto/rpc/json.js";
import type { PendingTxsResult } from "#proto/rpc/results.js";
import type { CheckResult, RpcDeps, SubmitRefused } from "../deps.js";
import type { Caller } from "../door.js";
import { busy, overRate, unavailable, type RpcFault } from "../fault.js";
import type { Submitted } from "../services/submission.js";
import { txByHash, type CommittedTx } from "../services/committed-tx.js";
import type { Desk, Handlers } from "./table.js";

type Mempool =
  | "unconfirmed_txs"
  | "num_unconfirmed_txs"
  | "check_tx"
  | "broadcast_tx_sync"
  | "broadcast_tx_async"
  | "broadcast_tx_commit";

const LIMIT = 30;
const LIMIT_MAX = 100;
/** CometBFT's timeout_broadcast_tx_commit. */
const COMMIT_TIMEOUT_MS = 10_000;

export function mempoolHandlers(
  deps: RpcDeps,
  { submission, limits }: Pick<Desk, "submission" | "limits">,
): Pick<Handlers, Mempool> {
  const { mempool, log } = deps;
  let commitWaiters = 0;
  /** The check's result. @throws RpcFault in CometBFT's words when it is refused before the check */
  async function admitted(tx: Bytes, caller: Caller): Promise<CheckResult> {
    const entered = submission.submit(tx, caller);
    return looked("refused" in entered ? entered : await entered.answer);
  }
  const pending = (limit: number, withTxs: boolean): PendingTxsResult => {
    const { count, bytes, txs } = mempool.view(limit);
    return {
      n_txs: String(withTxs ? txs.length : count),
      total: String(count),
      total_bytes: String(bytes),
      txs: withTxs ? txs.map(toBase64) : null,
    };
  };
  return {
    unconfirmed_txs: ({ limit }) =>
      pending(Math.min(limit === undefined || limit === 0 ? LIMIT : limit, LIMIT_MAX), true),
    num_unconfirmed_txs: () => pending(0, false),
    check_tx: async ({ tx }, caller) => checkJson(looked(await submission.check(tx, caller))),

    async broadcast_tx_sync({ tx }, caller) {
      const { code, data, log: text, codespace } = await admitted(tx, caller);
      return { code, data: upperHex(data), log: text, codespace, hash: upperHex(txHash(tx)) };
    },

    broadcast_tx_async({ tx }, caller) {
      const entered = submission.submit(tx, caller);
      if ("refused" in entered) throw refusal(entered);
      entered.answer.then(
        () => log.debug("async transaction checked"),
        (error: unknown) => log.error("async transaction was not checked", { error: String(error) }),
      );
      return { code: 0, data: "", log: "", codespace: "", hash: upperHex(txHash(tx)) };
    },

    async broadcast_tx_commit({ tx }, caller) {
      if (commitWaiters >= limits.commitWaitersMax) {
        throw busy(`${commitWaiters} callers wait for their blocks; send with broadcast_tx_sync and look with tx`);
      }
      commitWaiters++;
      const watch = watchFor(deps, txHash(tx));
      try {
        const check = await admitted(tx, caller);
        const hash = upperHex(txHash(tx));
        if (check.code !== 0) {
          const none = txResultJson(NO_RESULT);
          return { check_tx: checkJson(check), tx_result: none, deliver_tx: none, hash, height: "0" };
        }
        const found = await watch.found;
        if (found === undefined) throw unavailable("timed out waiting for tx to be included in a block");
        const result = txResultJson(found.result);
        return {
          check_tx: checkJson(check),
          tx_result: result,
          deliver_tx: result,
          hash,
          height: String(found.height),
        };
      } finally {
        commitWaiters--;
        watch.stop();
      }
    },
  };
}

const NO_RESULT = {
  code: 0,
  data: new Uint8Array(0),
  log: "",
  gasWanted: 0n,
  gasUsed: 0n,
  events: [],
  codespace: "",
};

const checkJson = (check: CheckResult): ReturnType<typeof txResultJson> => txResultJson({ ...check, events: [] });

const FAULTS: Readonly<Record<SubmitRefused["refused"], (log: string) => RpcFault>> = {
  duplicate: () => unavailable("tx already exists in cache"),
  full: unavailable,
  too_large: unavailable,
  busy,
  rate: overRate,
};
export const refusal = ({ refused, log }: SubmitRefused): RpcFault => FAULTS[refused](log);

/** @throws RpcFault when it was refused unseen */
function looked(answer: Submitted): CheckResult {
  if ("refused" in answer) throw refusal(answer);
  return answer;
}

/** Looks after each commit whether the transaction is in; undefined after the timeout or when stopped. */
function watchFor(
  { chain, search, events }: RpcDeps,
  hash: Bytes,
): { readonly found: Promise<CommittedTx | undefined>; stop(): void } {
  let stop = (): void => {};
  const found = new Promise<CommittedTx | undefined>((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), COMMIT_TIMEOUT_MS);
    const stopListening = events.listen((event) => {
      if (event.kind !== "committed") return;
      txByHash(chain, search, hash).then((tx) => {
        if (tx !== undefined) resolve(tx);
      }, reject);
    });
    stop = () => {
      clearTimeout(timer);
      stopListening();
      resolve(undefined);
    };
  });
  return { found, stop: () => stop() };
}
