import type { PeerId } from "../host.js";
import type { TokenBucket } from "../peers/limits.js";

export interface Link {
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  /** Clock.now() when it came up. */
  readonly since: bigint;
  /** The same by the monotonic clock. */
  readonly sinceMs: number;
  /** When the peer last brought a validator's message that was new here. */
  usefulMs: number | undefined;
  readonly buckets: Map<string, TokenBucket>;
  /** Questions of the peer that are being answered, by protocol. */
  readonly answering: Map<string, number>;
}

/** State that the parts of the switch share. */
export interface SwitchState {
  running: boolean;
  /** In the order in which they came up. */
  readonly links: Map<PeerId, Link>;
}
