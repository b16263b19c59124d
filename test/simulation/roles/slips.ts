import { equalBytes, type Bytes } from "#proto/bytes.js";
import { partsRootOf, type BlockId } from "#proto/types/block-id.js";
import { PRECOMMIT, PREVOTE, type Proposal, type Vote } from "#proto/types/vote.js";
import { encodeConsensusFrame, type ConsensusFrame } from "#proto/wire/consensus.js";
import { filterFrames, noBlock, randomBytes, signedProposal, signedVote, type Role, type Stage } from "./role.js";

/** One field of one statement, changed a little. */
type Slip<T> = (said: T, stage: Stage) => Partial<T>;

const beside = ({ random }: Stage): 1 | -1 => (random.chance(50) ? 1 : -1);
const round = (said: { readonly round: number }, stage: Stage) => ({ round: Math.max(0, said.round + beside(stage)) });
const height = (said: { readonly height: bigint }, stage: Stage) => ({
  height: said.height > 1n ? said.height + BigInt(beside(stage)) : said.height + 1n,
});
/** What is no statement at all would only get it banned. */
const legal = (polRound: number, { round: last }: Proposal): number => Math.max(-1, Math.min(last - 1, polRound));

/** Another block of this height, or one that does not exist. */
function anotherBlock({ node, random }: Stage): BlockId {
  const known = node()?.drive.state.values ?? [];
  return known[random.below(known.length + 1)]?.blockId ?? noBlock(random);
}

function otherTotal({ hash, parts }: BlockId, stage: Stage): BlockId {
  return { hash, parts: parts && { ...parts, total: Math.max(1, parts.total + beside(stage)) } };
}

function otherRoot({ hash, parts }: BlockId, { random }: Stage): BlockId {
  return { hash, parts: parts && { total: parts.total, hash: partsRootOf(randomBytes(random, 32)) } };
}

const inBlock =
  <T extends Vote | Proposal>(change: (id: BlockId, stage: Stage) => BlockId): Slip<T> =>
  (said, stage) =>
    ({ blockId: said.blockId === undefined ? anotherBlock(stage) : change(said.blockId, stage) }) as Partial<T>;

const votes: readonly Slip<Vote>[] = [
  round,
  height,
  ({ type }) => ({ type: type === PREVOTE ? PRECOMMIT : PREVOTE }),
  ({ blockId }, stage) => ({ blockId: blockId === undefined ? anotherBlock(stage) : undefined }),
  inBlock((_id, stage) => anotherBlock(stage)),
  inBlock(otherTotal),
  inBlock(otherRoot),
];

const proposals: readonly Slip<Proposal>[] = [
  round,
  height,
  (said, stage) => ({ polRound: legal(said.polRound + beside(stage), said) }),
  (said, { random }) => ({ polRound: random.below(said.round + 1) - 1 }),
  inBlock((_id, stage) => anotherBlock(stage)),
  inBlock(otherTotal),
  inBlock(otherRoot),
];

const SLIPS_PERCENT = 30;
const TOLD_PERCENT = 60;

/**
 * Runs the protocol as it is, and in some of its own statements one field is slightly wrong, signed all the same, to some
 * of its peers: a round or a height beside, another type, nil for a block or a block for nil, another block, another
 * number of its parts. Small lies pass checks that large ones do not reach.
 */
export const slips: Role = (ports, stage) => {
  const { random, address, did } = stage;
  /** What each place is changed to, once for all peers; undefined is the truth. */
  const chosen = new Map<string, Bytes | undefined>();
  const told = new Map<string, boolean>();

  function once<V>(of: Map<string, V>, key: string, draw: () => V): V {
    if (!of.has(key)) {
      if (of.size >= PLACES_MAX) of.clear();
      of.set(key, draw());
    }
    return of.get(key)!;
  }

  function slipped(frame: ConsensusFrame): Bytes | undefined {
    if (!random.chance(SLIPS_PERCENT)) return undefined;
    if (frame.kind === "vote") {
      const vote = { ...frame.value, ...votes[random.below(votes.length)]!(frame.value, stage) };
      return encodeConsensusFrame({ kind: "vote", value: signedVote(stage, vote) });
    }
    if (frame.kind !== "proposal") return undefined;
    const proposal = { ...frame.value, ...proposals[random.below(proposals.length)]!(frame.value, stage) };
    return encodeConsensusFrame({ kind: "proposal", value: signedProposal(stage, proposal) });
  }

  return {
    ...ports,
    host: filterFrames(ports, (peer, frame, bytes) => {
      const place = placeOf(frame, address);
      const lie = place === undefined ? undefined : once(chosen, place, () => slipped(frame));
      if (lie === undefined || !once(told, `${peer} ${place}`, () => random.chance(TOLD_PERCENT))) return [bytes];
      did();
      return [lie];
    }),
  };
};

/** Beyond it everything is drawn anew. */
const PLACES_MAX = 10_000;

/** Undefined for what it did not say itself. */
function placeOf(frame: ConsensusFrame, self: Bytes): string | undefined {
  if (frame.kind === "vote" && equalBytes(frame.value.validator, self)) {
    return `${frame.value.height}/${frame.value.round}/${frame.value.type}`;
  }
  if (frame.kind === "proposal" && equalBytes(frame.value.proposer, self)) {
    return `${frame.value.height}/${frame.value.round}`;
  }
  return undefined;
}
