import type { Bytes } from "#proto/bytes.js";
import type { Rejection } from "#proto/rejection.js";
import type { CheckResult, RpcDeps, SubmitRefused } from "../deps.js";
import type { Caller, TxDoor } from "../door.js";

export type Submitted = CheckResult | SubmitRefused;

/** Submissions of clients, through the door that bounds them. */
export interface Submission {
  /** Refused at once, or its answer. */
  submit(tx: Bytes, caller: Caller): SubmitRefused | { readonly answer: Promise<Submitted> };
  check(tx: Bytes, caller: Caller): Promise<Submitted>;
  /** Undefined when it was taken in. */
  evidence(bytes: Bytes, caller: Caller): Promise<Rejection | SubmitRefused | undefined>;
}

export function submission({ mempool, evidence }: Pick<RpcDeps, "mempool" | "evidence">, door: TxDoor): Submission {
  return {
    submit: (tx, { client }) =>
      door.enter<Submitted>({
        client,
        bytes: tx.length,
        run: () => mempool.submit(tx),
        // A doubled tx, or a full pool, is seen before anybody looks at the tx.
        isWasted: (answer) => !("refused" in answer) && answer.code !== 0,
      }),
    async check(tx, { client }) {
      const entered = door.enter<Submitted>({
        client,
        bytes: tx.length,
        run: () => mempool.check(tx),
        isWasted: () => true, // Nothing of it is ever paid for, however good it is.
      });
      return "refused" in entered ? entered : entered.answer;
    },
    async evidence(bytes, { client }) {
      const entered = door.enter({
        client,
        bytes: bytes.length,
        run: () => evidence.submit(bytes),
        isWasted: (refused) => refused !== undefined,
      });
      return "refused" in entered ? entered : entered.answer;
    },
  };
}
