import { Fault } from "#proto/fault.js";
import type { Home } from "../config/home.js";
import { openLevel } from "../storage/database/level.js";

export type HomeFaultCode = "home.in_use"; // A node, a signer or a command that changes the data or the key works there.

/** Another process works in this home. */
export class HomeFault extends Fault<HomeFaultCode> {}

/**
 * The lock of a home, held by one process at a time: any that runs on its data, signs with its key, or changes these.
 * An empty database, since its lock is the one of the kernel that Node reaches: it ends with its process, however that ends.
 * @throws HomeFault
 */
export async function lockHome(home: Home): Promise<{ close(): Promise<void> }> {
  try {
    return await openLevel(home.lock);
  } catch (error) {
    const { code } = (((error as Error).cause as Error | undefined)?.cause ?? {}) as { code?: string };
    if (code !== "LEVEL_LOCKED") throw error;
    throw new HomeFault(
      "home.in_use",
      `another process works in ${home.root}: a node, a signer, or a command that changes the home; stop it first`,
      error,
    );
  }
}

/** Does what must be alone in a home. @throws HomeFault */
export async function alone<T>(home: Home, act: () => T | Promise<T>): Promise<T> {
  const lock = await lockHome(home);
  try {
    return await act();
  } finally {
    await lock.close();
  }
}
