import { equalBytes, type Bytes } from "#proto/bytes.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import { splitParts } from "#proto/types/parts.js";
import { proposerAt } from "#proto/types/validators.js";
import type { Proposal } from "#proto/types/vote.js";
import { encodeConsensusFrame, type ConsensusFrame } from "#proto/wire/consensus.js";
import { altered, filterFrames, signedProposal, signedVote, type Role } from "./role.js";

/** As far ahead as others judge proposals. */
const ROUNDS_AHEAD = 64;

interface Lie {
  readonly height: bigint;
  readonly right: BlockId;
  /** The same header and part root, and one part more. */
  readonly wrong: BlockId;
  readonly bytes: Bytes;
}

/**
 * Proposes valid blocks under an id with one part too many, and votes for that. The right part set is opened by a
 * proposal for a later round of its own, so that the parts are taken and nothing is signed twice.
 */
export const wrongTotal: Role = (ports, stage) => {
  const { address, did } = stage;
  const { chain } = ports;
  let lie: Lie | undefined;
  /** Places of proposals that were signed ahead: what its node says there later is kept back. */
  const ahead = new Set<string>();

  function proposalFor(proposal: Proposal, bytes: Bytes): readonly Bytes[] {
    const { height, round, blockId } = proposal;
    if (!equalBytes(proposal.proposer, address)) return [bytes];
    if (ahead.has(`${height}/${round}`)) return [];
    const state = stage.node()?.drive.state;
    if (lie === undefined || !equalBlockIds(lie.right, blockId) || state?.height !== height) return [bytes];
    did();
    const { right, wrong } = lie;
    const { header: parts, parts: all } = splitParts(lie.bytes);
    const said: Bytes[] = [];
    for (let later = round + 1; later < round + ROUNDS_AHEAD; later++) {
      if (!equalBytes(proposerAt(state.validators, later).address, address)) continue;
      ahead.add(`${height}/${later}`);
      const value = signedProposal(stage, { height, round: later, polRound: -1, blockId: right });
      said.push(encodeConsensusFrame({ kind: "proposal", value }));
      break;
    }
    said.push(
      encodeConsensusFrame({ kind: "proposal", value: signedProposal(stage, { ...proposal, blockId: wrong }) }),
    );
    for (const part of all) said.push(encodeConsensusFrame({ kind: "part", value: { height, parts, part } }));
    return said;
  }

  function translated(frame: ConsensusFrame, bytes: Bytes): readonly Bytes[] {
    if (frame.kind === "proposal") return proposalFor(frame.value, bytes);
    if (frame.kind !== "vote" || !equalBytes(frame.value.validator, address)) return [bytes];
    if (lie === undefined || !equalBlockIds(frame.value.blockId, lie.right)) return [bytes];
    return [encodeConsensusFrame({ kind: "vote", value: signedVote(stage, { ...frame.value, blockId: lie.wrong }) })];
  }

  return {
    ...ports,
    chain: altered(chain, {
      async build(request) {
        const built = await chain.build(request);
        if (built !== undefined && built.blockId.parts !== undefined) {
          const { blockId: right, bytes } = built;
          const wrong = { ...right, parts: { ...built.blockId.parts, total: built.blockId.parts.total + 1 } };
          lie = { height: request.height, right, wrong, bytes };
        }
        return built;
      },
    }),
    host: filterFrames(ports, (_peer, frame, bytes) => translated(frame, bytes)),
  };
};
