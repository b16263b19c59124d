import { encodeConsensusFrame, type ConsensusStatus } from "#proto/wire/consensus.js";
import type { PeerId } from "#p2p/host.js";
import { partFrame } from "./blocks.js";
import type { GossipDeps } from "./deps.js";
import { frameKey, toFrame } from "./frames.js";
import type { PartSets } from "./part-sets.js";
import type { Relay } from "./relay.js";

/** Answers to one status: what a peer can use before its next one. */
const MESSAGES_MAX = 64;
const PARTS_MAX = 16;
/** Looked through for those that were not sent a moment ago. */
const LACKING_MAX = 512;

type AnswerDeps = Pick<GossipDeps, "clock" | "random" | "core">;

/** Sends a peer what its status lacks and this node has. */
export function answerStatus(
  deps: AnswerDeps,
  relay: Relay,
  sets: PartSets,
  peer: PeerId,
  status: ConsensusStatus,
): void {
  const { clock, random, core } = deps;
  const view = relay.viewOf(peer);
  const nowMs = clock.monotonicMs();
  if (core.summary() === undefined || !view.mayAsk(nowMs)) return;
  let messages = MESSAGES_MAX;
  for (const message of core.lacking(status, LACKING_MAX)) {
    if (messages === 0) break;
    const bytes = encodeConsensusFrame(toFrame(message));
    if (!view.mayAnswer(frameKey(bytes), nowMs)) continue;
    if (!relay.send(peer, bytes)) return;
    messages--;
  }
  let left = PARTS_MAX;
  for (const known of status.parts) {
    const set = known.parts === undefined ? undefined : sets.get(known.parts);
    if (set === undefined) continue;
    for (const part of sets.lacking(known, random.below(set.header.total), left)) {
      const bytes = partFrame(set.height, set.header, part);
      if (!view.mayAnswer(frameKey(bytes), nowMs)) continue;
      if (!relay.send(peer, bytes)) return;
      left--;
    }
  }
}
