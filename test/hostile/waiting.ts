import { setTimeout as sleep } from "node:timers/promises";
import { VICTIM, type Attack, type Target } from "./adversary.js";
import { ask } from "./http.js";

/** Until the time is over. */
export async function rest(signal: AbortSignal): Promise<void> {
  await pause(2 ** 31 - 1, signal);
}

/** Shorter when the time is over before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // Ended by the signal: that is what it is for.
}

/** How long a validator that is restarted is down: a few heights. */
export const DOWN_MS = 4_000;

export async function restartVictim({ strike }: Pick<Attack, "strike">): Promise<void> {
  await strike("kill");
  await sleep(DOWN_MS);
  await strike("start");
}

interface StatusAnswer {
  readonly result: { readonly sync_info: { readonly latest_block_height: string; readonly catching_up: boolean } };
}

export interface Progress {
  readonly height: number;
  readonly catchingUp: boolean;
}

export async function progress({ rpcPort }: Target): Promise<Progress | undefined> {
  const answer = await ask(rpcPort, "/status", undefined, { timeoutMs: 3_000 });
  if (answer?.status !== 200) return undefined;
  const { latest_block_height: height, catching_up: catchingUp } = (JSON.parse(answer.text) as StatusAnswer).result
    .sync_info;
  return { height: Number(height), catchingUp };
}

/** Whether the victim is in consensus again within the limit, at the height of the others. What is wrong, otherwise. */
export async function victimIsBack({ net }: Pick<Attack, "net">, limitMs: number): Promise<string | undefined> {
  let last = "it does not answer";
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(250)) {
    const [others, victim] = await Promise.all([progress(net.targets[0]!), progress(net.targets[VICTIM]!)]);
    if (victim === undefined || others === undefined) continue;
    if (!victim.catchingUp && victim.height >= others.height - 1) return undefined;
    last = `at height ${victim.height} of ${others.height}${victim.catchingUp ? ", catching up" : ""}`;
  }
  return `the restarted validator is not back after ${(limitMs / 1000).toFixed(0)} s: ${last}`;
}
