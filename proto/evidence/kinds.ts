import type { Messages } from "../codec/message.js";

export type DuplicateVote = Messages["tributary.chain.v1.DuplicateVote"];
export type DuplicateProposal = Messages["tributary.chain.v1.DuplicateProposal"];
export type LightClientAttack = Messages["tributary.chain.v1.LightClientAttack"];
