import type { GenesisDocument } from "#proto/types/genesis.js";
import { StorageFault } from "../storage/fault.js";
import type { Retention } from "../storage/types.js";
import { ChainFault, type ChainPort, type QueryPort } from "./types.js";

/** Start data of the chain's thread. */
export interface ChainThreadData {
  readonly directory: string;
  readonly retention: Retention;
  readonly genesis: GenesisDocument;
  /** Scaled by 10^18. */
  readonly gasPriceMin: bigint;
  /** Account signatures that are remembered as good. */
  readonly signaturesKept: number;
}

export interface ChainThreadMethods extends ChainPort {
  /** Resolves when the chain stands where the disk does. @throws ChainFault, StorageFault: it cannot be continued */
  open(): Promise<void>;
  /** Finishes what is open and ends the thread. */
  close(): Promise<void>;
}

/** Start parameters of the query thread. */
export interface QueryThreadData {
  readonly directory: string;
  readonly genesis: GenesisDocument;
}

export interface QueryThreadMethods extends QueryPort {
  close(): Promise<void>;
}

/** Faults that calls of both threads may throw. */
export const THREAD_FAULTS = [ChainFault, StorageFault] as const;
