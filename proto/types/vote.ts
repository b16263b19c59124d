import { message, type Messages } from "../codec/message.js";
import { concat, type Bytes } from "../bytes.js";
import type { BlockId } from "./block-id.js";

/** A prevote or precommit; blockId undefined means nil. */
export type Vote = Messages["tributary.chain.v1.Vote"];
/** A proposal; polRound is -1 for a fresh block. */
export type Proposal = Messages["tributary.chain.v1.Proposal"];
/** Canonical codec of `Vote`. */
export const voteCodec = message("tributary.chain.v1.Vote");
/** Canonical codec of `Proposal`. */
export const proposalCodec = message("tributary.chain.v1.Proposal");

/** Vote type, as in CometBFT. */
export const PREVOTE = 1;
/** Vote type, as in CometBFT. */
export const PRECOMMIT = 2;
const PROPOSAL = 32;
/** The two vote types. */
export type VoteType = typeof PREVOTE | typeof PRECOMMIT;

const canonicalVote = message("tributary.chain.v1.CanonicalVote");
const canonicalProposal = message("tributary.chain.v1.CanonicalProposal");

/**
 * The bytes that a vote signs: canonical, with chain id, type, height and round in fixed width (P7), behind their
 * length.
 */
export function voteSignBytes(
  chainId: string,
  vote: { type: number; height: bigint; round: number; blockId: BlockId | undefined },
): Bytes {
  const { type, height, round, blockId } = vote;
  return delimited(canonicalVote.encode({ type, height, round: BigInt(round), blockId, chainId }));
}

/** The bytes that a proposal signs, likewise. */
export function proposalSignBytes(
  chainId: string,
  proposal: { height: bigint; round: number; polRound: number; blockId: BlockId | undefined },
): Bytes {
  const { height, round, polRound, blockId } = proposal;
  return delimited(
    canonicalProposal.encode({
      type: PROPOSAL,
      height,
      round: BigInt(round),
      polRound: BigInt(polRound),
      blockId,
      chainId,
    }),
  );
}

/** The message preceded by its length as a varint, so that no signed byte string is a prefix of another. */
function delimited(bytes: Bytes): Bytes {
  const prefix: number[] = [];
  let rest = bytes.length;
  while (rest > 127) {
    prefix.push((rest & 127) | 128);
    rest >>>= 7;
  }
  prefix.push(rest);
  return concat(Uint8Array.from(prefix), bytes);
}
