import { assert } from "#proto/assert.js";
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

/** The row of a protocol; a name that is missing, or of another kind, is a mistake of this program. */
export function protocolRow<K extends Protocol["kind"]>(
  table: ProtocolTable,
  name: string,
  kind: K,
): Extract<Protocol, { kind: K }> {
  const row = table[name];
  assert(row?.kind === kind, `${name} is no ${kind} protocol`);
  return row as Extract<Protocol, { kind: K }>;
}
