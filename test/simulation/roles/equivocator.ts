import { equalBytes, type Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import { splitParts } from "#proto/types/parts.js";
import type { Proposal, Vote } from "#proto/types/vote.js";
import { encodeConsensusFrame, type ConsensusFrame } from "#proto/wire/consensus.js";
import type { NodePorts } from "#node/node.js";
import type { Plot } from "./plot.js";
import { altered, filterFrames, noBlock, signedProposal, signedVote, type Role } from "./role.js";

/**
 * Says one thing to some peers and another to the rest: two valid blocks in one place, and two votes, each signed. Its
 * signer asks no record. Where a proposer made twins, the deceived hear of the second one only.
 */
export const equivocator: Role = (ports, stage) => {
  const { chain, signer } = ports;
  const { plot, random, address, did } = stage;
  const choices = new Map<string, BlockId | "same" | "nil">();

  /** What the deceived are told instead of a vote. Each place has one second version. */
  function contradiction({ type, height, round, blockId }: Vote): BlockId | "same" | "nil" {
    if (plot.mode === "fork") return "same";
    const place = `${height}/${round}/${type}`;
    let choice = choices.get(place);
    if (choice === undefined) {
      const proposed = stage.node()?.drive.state.rounds.find((log) => log.round === round)?.proposal?.proposal.blockId;
      const other = blockId === undefined ? (proposed ?? noBlock(random)) : random.chance(70) ? "nil" : noBlock(random);
      choices.set(place, (choice = random.chance(60) ? other : "same"));
    }
    return choice;
  }

  function voteFor(peer: string, vote: Vote, bytes: Bytes): Bytes {
    if (!equalBytes(vote.validator, address)) return bytes;
    const isDeceived = plot.isDeceived(peer);
    const twins = plot.twinsAt(vote.height, vote.round);
    const told = twins === undefined ? contradiction(vote) : isDeceived ? twins.second : twins.first;
    const choice = twins === undefined && !isDeceived ? "same" : told;
    const blockId = choice === "nil" ? undefined : choice;
    if (blockId === "same" || equalBlockIds(blockId, vote.blockId)) return bytes;
    did();
    return encodeConsensusFrame({ kind: "vote", value: signedVote(stage, { ...vote, blockId }) });
  }

  function proposalFor(peer: string, proposal: Proposal, bytes: Bytes): Bytes[] {
    const { height, round } = proposal;
    const twins = plot.twinsAt(height, round);
    const own = equalBytes(proposal.proposer, address) && proposal.polRound === -1;
    if (!own || twins === undefined || !plot.isDeceived(peer)) return [bytes];
    did();
    const value = signedProposal(stage, { ...proposal, blockId: twins.second });
    const parts = { ...twins.second.parts! };
    return [
      encodeConsensusFrame({ kind: "proposal", value }),
      ...twins.secondParts.map((part) => encodeConsensusFrame({ kind: "part", value: { height, parts, part } })),
    ];
  }

  function translated(peer: string, frame: ConsensusFrame, bytes: Bytes): readonly Bytes[] {
    if (frame.kind === "vote") return [voteFor(peer, frame.value, bytes)];
    if (frame.kind === "proposal") return proposalFor(peer, frame.value, bytes);
    return [bytes];
  }

  return {
    ...ports,
    chain: altered(chain, {
      async build(request) {
        const built = await chain.build(request);
        const twin = built && (await chain.build({ ...request, time: request.time + 1n, txs: [] }));
        if (built === undefined || twin === undefined || plot.mode === "off") return built;
        const { parts } = splitParts(twin.bytes);
        plot.addTwins(request.height, request.round, {
          first: built.blockId,
          second: twin.blockId,
          secondParts: parts,
        });
        return built;
      },
    }),
    signer: signer && {
      ...signer,
      async signVote(vote) {
        const signature = await signer.signVote(vote); // The record is kept, so that the node starts again; not obeyed.
        return isRejection(signature) ? signedVote(stage, { ...vote, index: 0 }).signature : signature;
      },
      async signProposal(proposal) {
        const signature = await signer.signProposal(proposal);
        return isRejection(signature) ? signedProposal(stage, proposal).signature : signature;
      },
    },
    host: filterFrames(secretive(ports, plot), (peer, frame, bytes) => {
      if (plot.mode === "off") return [bytes];
      const said = translated(peer, frame, bytes);
      return plot.mode === "on" ? said : said.filter((each) => plot.fits(peer, each));
    }),
  };
};

/** The deceived nodes fetch no block that the others decided. */
function secretive(ports: NodePorts, plot: Plot): NodePorts {
  const { host } = ports;
  return {
    ...ports,
    host: altered(host, {
      serve: (protocol, handler) =>
        host.serve(protocol, (peer, question) =>
          plot.mode === "fork" && plot.isDeceived(peer) ? Promise.resolve(undefined) : handler(peer, question),
        ),
    }),
  };
}
