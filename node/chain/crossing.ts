import type { GenesisDocument } from "#proto/types/genesis.js";
import type { CrossedFault } from "../runtime/thread.js";
import { StorageFault, type StorageFaultCode } from "../storage/fault.js";
import type { Retention } from "../storage/types.js";
import { ChainFault, type ChainPort, type QueryPort } from "./types.js";

/** What the chain's thread is started with. */
export interface ChainThreadData {
  readonly directory: string;
  readonly retention: Retention;
  readonly genesis: GenesisDocument;
  /** Scaled by 10^18. */
  readonly gasPriceMin: bigint;
}

export interface ChainThreadMethods extends ChainPort {
  /** Resolves when the chain stands where the disk does. @throws ChainFault, StorageFault: it cannot be continued */
  open(): Promise<void>;
  /** Finishes what is open and ends the thread. */
  close(): Promise<void>;
}

/** What the thread of queries is started with. */
export interface QueryThreadData {
  readonly directory: string;
  readonly genesis: GenesisDocument;
}

export interface QueryThreadMethods extends QueryPort {
  close(): Promise<void>;
}

const FAULTS: Readonly<Record<string, (code: string, message: string, cause?: Error) => Error>> = {
  ChainFault: (code, message) => new ChainFault(code as ChainFault["code"], message),
  StorageFault: (code, message, cause) => new StorageFault(code as StorageFaultCode, message, cause),
};

/** Faults of the chain and its database come out of a thread as what they were. */
export function reviveFault({ name, code, message }: CrossedFault, cause: Error | undefined): Error | undefined {
  return code === undefined || !Object.hasOwn(FAULTS, name) ? undefined : FAULTS[name]!(code, message, cause);
}
