import type { ConsensusFrame } from "#proto/wire/consensus.js";
import { filterFrames, type Role } from "./role.js";

/** Tells where it stands, so that it hears everything, and nothing else. */
const told: readonly ConsensusFrame["kind"][] = ["status", "neighbours"];

/** Receives, and never sends a vote, a proposal, a part or a certificate. */
export const silent: Role = (ports, stage) => ({
  ...ports,
  host: filterFrames(ports, (_peer, { kind }, bytes) => {
    if (told.includes(kind)) return [bytes];
    stage.did();
    return [];
  }),
});
