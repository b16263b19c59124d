import { blocks } from "./blocks/index.js";
import { consensus } from "./consensus/index.js";
import { evidence } from "./evidence/index.js";
import type { Protocol } from "./protocol.js";
import { status } from "./status/index.js";
import { txs } from "./txs/index.js";

/** Every protocol that a node speaks. The host reads the limits from here, so no handler can forget them. */
export const protocols = { consensus, status, evidence, blocks, txs } as const satisfies Readonly<
  Record<string, Protocol>
>;

export type ProtocolTable = Readonly<Record<string, Protocol>>;

/**
 * The id on the wire. `network` names chain and genesis, so that nodes of another chain find no common protocol.
 * @param network e.g. "tributary-1-0f3a…": letters, digits, dots and dashes
 */
export function protocolId(network: string, name: string): string {
  return `/tributary/${network}/${name}/1`;
}
