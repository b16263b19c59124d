import { join } from "node:path";
import type { Home } from "../config/home.js";
import { readValidatorKey } from "../config/identity.js";
import { SignerFault } from "../signer/fault.js";
import { openFileSigner, type FileSigner } from "../signer/file-signer.js";
import { osSignerFiles } from "../signer/os-files.js";
import { openLevel } from "../storage/level.js";

/** A signer over this home's key and record, and how it is given back. */
export interface LocalSigner {
  readonly signer: FileSigner;
  close(): Promise<void>;
}

/**
 * The key of this home, for one process at a time: two that each remember what they signed last could contradict each
 * other. The system gives a dead process's lock back at once.
 * @throws SignerFault, ConfigFault
 */
export async function openLocalSigner(home: Home, chainId: string): Promise<LocalSigner> {
  const { seed } = readValidatorKey(home);
  const lock = await lockKey(home);
  try {
    const options = { seed, chainId, statePath: home.validatorState, files: osSignerFiles };
    return { signer: await openFileSigner(options), close: () => lock.close() };
  } catch (error) {
    await lock.close();
    throw error;
  }
}

/** An empty database: its lock is the one lock of the kernel that Node reaches. */
async function lockKey(home: Home): Promise<{ close(): Promise<void> }> {
  try {
    return await openLevel(join(home.data, "signer.lock"));
  } catch (error) {
    const { code } = ((error as Error).cause as Error | undefined)?.cause as { code?: string };
    if (code !== "LEVEL_LOCKED") throw error;
    throw new SignerFault(
      "signer.in_use",
      `another process signs with the key of ${home.root}: a node or a signer; stop it first`,
      error,
    );
  }
}
