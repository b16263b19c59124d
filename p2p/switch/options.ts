import type { Clock, Log, Random } from "../deps.js";
import type { PeerId } from "../host.js";
import type { Ban } from "../peers/bans.js";
import type { ProtocolTable } from "../protocols/table.js";
import type { Transport } from "../transport/transport.js";

export interface SwitchOptions {
  readonly transport: Transport;
  /** Addresses dialled again and again until the host stops; never given up, never evicted. */
  readonly persistentPeers: readonly string[];
  /** Admitted whatever others there are, as persistent peers are; they dial us. */
  readonly unconditionalPeers?: readonly PeerId[];
  /** Links of all others. */
  readonly peersMax: number;
  /** Only tests speak other protocols. */
  readonly protocols?: ProtocolTable;
  /** Bans of earlier runs, and where to keep them. */
  readonly bans?: { readonly kept: readonly Ban[]; save(list: readonly Ban[]): void };
}

export interface SwitchDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
