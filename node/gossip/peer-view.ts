import { BoundedMap, BoundedSet } from "#proto/bounded.js";
import { equalParts, type PartSetHeader } from "#proto/types/block-id.js";
import { hasBit } from "#proto/wire/bits.js";
import type { ConsensusStatus } from "#proto/wire/consensus.js";

/** After this a frame that the peer's status still lacks is sent again: it was lost, or a status was on its way. */
const RESEND_MS = 400;
const KEYS_MAX = 8_192;
/** Answered of one peer, in a second: five come by the clock, and some at each change that matters. */
const STATUSES_MAX = 40;

/** The assumed state of one peer. */
export interface PeerView {
  status: ConsensusStatus | undefined;
  neighbours: ReadonlySet<string>;
  /** Frames that it has sent us: it has them. */
  readonly has: Set<string>;
  /** Whether its status is looked through for what it lacks: a correct peer tells less often than this answers. */
  mayAsk(nowMs: number): boolean;
  /** Whether a frame may go out now as an answer to its status; true notes it as sent. */
  mayAnswer(key: string, nowMs: number): boolean;
  noteSent(key: string, nowMs: number): void;
}

export function createPeerView(): PeerView {
  const sent = new BoundedMap<string, number>(KEYS_MAX);
  let [askedSinceMs, asked] = [0, 0];
  return {
    status: undefined,
    neighbours: new Set(),
    has: new BoundedSet<string>(KEYS_MAX),
    mayAsk(nowMs) {
      if (nowMs - askedSinceMs >= 1_000) [askedSinceMs, asked] = [nowMs, 0];
      return ++asked <= STATUSES_MAX;
    },
    mayAnswer(key, nowMs) {
      const before = sent.get(key);
      if (before !== undefined && nowMs - before < RESEND_MS) return false;
      sent.set(key, nowMs);
      return true;
    },
    noteSent: (key, nowMs) => void sent.set(key, nowMs),
  };
}

/** Whether the peer's last status already lists the part. */
export function listsPart(peer: PeerView, header: PartSetHeader, index: number): boolean {
  const found = peer.status?.parts.find(({ parts }) => equalParts(parts, header));
  return found !== undefined && hasBit(found.have, index);
}
