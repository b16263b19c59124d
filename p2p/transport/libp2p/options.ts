import type { Bytes } from "#proto/bytes.js";
import type { ProtocolTable } from "../../protocols/table.js";

export interface Libp2pOptions {
  /** 32 bytes; from it follows the peer id. */
  readonly seed: Bytes;
  /** Multiaddrs such as /ip4/0.0.0.0/tcp/26656; port 0 takes a free one. */
  readonly listen: readonly string[];
  /** Addresses told to others instead of those listened on. */
  readonly announce?: readonly string[];
  /** Chain and genesis, see protocolId. */
  readonly network: string;
  /** Addresses of peers that the operator has named: strangers cannot crowd out their hosts. */
  readonly persistentPeers?: readonly string[];
  readonly protocols?: ProtocolTable;
  /** How often a peer has to show that it is alive, and in what time. */
  readonly pings?: { readonly everyMs: number; readonly answerMsMax: number };
  /** From the first byte to the end of Noise and the choice of a muxer. */
  readonly handshakeMsMax?: number;
}
