import type { Bytes } from "../bytes.js";

/** A question to the state by its path, as CometBFT's abci_query carries it, and what comes back. */
export interface AbciQuery {
  readonly path: string;
  readonly data: Bytes;
  /** Undefined: the latest that answers (without a proof the latest height, with one the latest that proves). */
  readonly height: bigint | undefined;
  readonly prove: boolean;
}

export interface AbciAnswer {
  /** 0: `value` answers. Otherwise codespace and code say why not, and `log` says it to people. */
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly key: Bytes;
  readonly value: Bytes;
  /** The height that answered; also set when code is not 0. */
  readonly height: bigint;
  /** At most one: an ICS-23 commitment proof of key and value under the state root after `height`. */
  readonly proofOps: readonly ProofOp[];
}

export interface ProofOp {
  readonly type: string;
  readonly key: Bytes;
  readonly data: Bytes;
}
