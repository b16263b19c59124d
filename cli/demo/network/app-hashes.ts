import type { LocalNetwork } from "./network.js";

export interface AppHashes {
  readonly height: bigint;
  /** Upper-case hex, one a node, in their order. */
  readonly hashes: readonly string[];
}

/** The state roots that the nodes have in their headers of one height, which all of them have reached. */
export async function appHashesOf(network: LocalNetwork, timeoutMs: number): Promise<AppHashes> {
  const height = await network.reach(1n, timeoutMs);
  const hashes: string[] = [];
  for (const node of network.nodes) {
    await network.reach(height, timeoutMs, node);
    const { signed_header } = await node.client.commit(height);
    hashes.push(signed_header.header.app_hash);
  }
  return { height, hashes };
}
