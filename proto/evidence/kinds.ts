import type { Messages } from "../codec/message.js";

/** Two conflicting votes of one validator (E1). */
export type DuplicateVote = Messages["tributary.chain.v1.DuplicateVote"];
/** Two conflicting proposals of one validator (E1). */
export type DuplicateProposal = Messages["tributary.chain.v1.DuplicateProposal"];
/** A conflicting header that validators of the common height signed (E3, E4). */
export type LightClientAttack = Messages["tributary.chain.v1.LightClientAttack"];
