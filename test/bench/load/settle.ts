import { setTimeout as sleep } from "node:timers/promises";

const SETTLED_MS_MAX = 60_000;

interface Answer<T> {
  readonly result?: T;
}

/** The answer of a GET of the RPC; undefined for an error. */
export const ask = async <T>(url: string, path: string): Promise<T | undefined> =>
  ((await (await fetch(`${url}/${path}`)).json()) as Answer<T>).result;

/** @throws Error unless the transaction is in a block and did what it should */
export async function settle(url: string, tx: string): Promise<void> {
  const bytes = Buffer.from(tx, "base64");
  const taken = await ask<{ code: number; log: string; hash: string }>(
    url,
    `broadcast_tx_sync?tx=0x${bytes.toString("hex")}`,
  );
  if (taken?.code !== 0) throw new Error(`the setup was refused: ${taken?.log}`);
  for (const end = performance.now() + SETTLED_MS_MAX; performance.now() < end; await sleep(200)) {
    const found = await ask<{ tx_result: { code: number; log: string } }>(url, `tx?hash=0x${taken.hash}`);
    if (found === undefined) continue;
    if (found.tx_result.code !== 0) throw new Error(`the setup failed: ${found.tx_result.log}`);
    return;
  }
  throw new Error(`the setup is in no block after ${SETTLED_MS_MAX} ms`);
}
