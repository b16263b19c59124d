import type { Messages } from "../codec/message.js";
import { message } from "../codec/message.js";
import { concat, type Bytes } from "../bytes.js";
import type { BlockId } from "./block-id.js";

export type Vote = Messages["tributary.chain.v1.Vote"];
export type Proposal = Messages["tributary.chain.v1.Proposal"];
export const voteCodec = message("tributary.chain.v1.Vote");
export const proposalCodec = message("tributary.chain.v1.Proposal");

export const PREVOTE = 1;
export const PRECOMMIT = 2;
const PROPOSAL = 32;
export type VoteType = typeof PREVOTE | typeof PRECOMMIT;

const canonicalVote = message("tributary.chain.v1.CanonicalVote");
const canonicalProposal = message("tributary.chain.v1.CanonicalProposal");

/** Domain separated by chain, type, height and round in fixed width (P7); the length comes first. */
export function voteSignBytes(
  chainId: string,
  vote: { type: number; height: bigint; round: number; blockId: BlockId | undefined },
): Bytes {
  const { type, height, round, blockId } = vote;
  return delimited(canonicalVote.encode({ type, height, round: BigInt(round), blockId, chainId }));
}

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

/** The message behind its length as a varint: no signed byte string is the prefix of another. */
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
