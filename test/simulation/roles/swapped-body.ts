import { equalBytes, type Bytes } from "#proto/bytes.js";
import { codespace, isRejection, reject } from "#proto/rejection.js";
import { blockKey, type BlockId } from "#proto/types/block-id.js";
import { blockCodec } from "#proto/types/block.js";
import { blockIdOf, splitParts } from "#proto/types/parts.js";
import { PRECOMMIT, type Proposal, type Vote } from "#proto/types/vote.js";
import { encodeConsensusFrame } from "#proto/wire/consensus.js";
import { altered, filterFrames, randomBytes, signedProposal, signedVote, type Role } from "./role.js";

/** Time for a decision without it; then it helps the round to end. */
const STUCK_MS = 700;
/** Time for the others to fetch the body that was swapped in. */
const RELEASE_MS = 300;

const roleErrors = codespace("role", { keptBack: 1 });

/**
 * Keeps its precommits back. Where a decision needed one, it announces the block's header over other transactions in the
 * next round of its own, and then gives the precommit: a node that knows blocks by their headers decides with the other body.
 */
export const swappedBody: Role = (ports, stage) => {
  const { chain, host, signer } = ports;
  const { clock, random, did } = stage;
  /** Valid blocks of this height, by id. */
  const bodies = new Map<string, Bytes>();
  let heldBack: Vote[] = [];
  let bodiesOf = 0n;

  function keep(height: bigint, blockId: BlockId | undefined, bytes: Bytes): void {
    if (height !== bodiesOf) bodies.clear();
    bodiesOf = height;
    bodies.set(blockKey(blockId), bytes);
  }

  function say(vote: Vote): void {
    stage.node()?.drive.deliver({ kind: "vote", vote }, clock.now());
    const bytes = encodeConsensusFrame({ kind: "vote", value: vote });
    for (const peer of host.peers()) host.send(peer, "consensus", bytes);
  }

  function holdBack(vote: Vote): void {
    did();
    heldBack = [...heldBack.filter(({ height }) => height === vote.height), vote];
    clock.after(STUCK_MS, () => {
      const state = stage.node()?.drive.state;
      const isStuck = state?.height === vote.height && state.round === vote.round && state.step === "precommit";
      if (isStuck) say(signedVote(stage, { ...vote, blockId: undefined }));
    });
  }

  function swapped(proposal: Proposal, body: Bytes): readonly Bytes[] {
    const block = blockCodec.decode(body, body.length);
    if (isRejection(block) || block.header === undefined) return [];
    const bytes = blockCodec.encode({ ...block, txs: [...block.txs, randomBytes(random, 100)] });
    const { height } = proposal;
    const { header: parts, parts: all } = splitParts(bytes);
    const value = signedProposal(stage, { ...proposal, blockId: blockIdOf(block.header, bytes) });
    did();
    clock.after(RELEASE_MS, () => {
      for (const vote of heldBack.splice(0)) if (vote.height === height) say(vote);
    });
    const frames = all.map((part) => encodeConsensusFrame({ kind: "part", value: { height, parts, part } }));
    return [encodeConsensusFrame({ kind: "proposal", value }), ...frames];
  }

  /** One swapped version of each of its proposals, so that nothing is proposed twice. */
  const versions = new Map<string, readonly Bytes[]>();
  function versionOf(proposal: Proposal, body: Bytes): readonly Bytes[] {
    const place = `${proposal.height}/${proposal.round}`;
    const known = versions.get(place) ?? swapped(proposal, body);
    versions.set(place, known);
    return known;
  }

  return {
    ...ports,
    chain: altered(chain, {
      async build(request) {
        const built = await chain.build(request);
        if (built !== undefined) keep(request.height, built.blockId, built.bytes);
        return built;
      },
      async process(bytes) {
        const verdict = await chain.process(bytes);
        if (verdict.valid) keep(verdict.height, verdict.blockId, bytes);
        return verdict;
      },
    }),
    signer: signer && {
      ...signer,
      signVote(vote) {
        const { type, height, round, blockId } = vote;
        const state = stage.node()?.drive.state;
        if (type !== PRECOMMIT || blockId === undefined || state?.selfIndex === undefined) return signer.signVote(vote);
        holdBack(signedVote(stage, { type, height, round, blockId, index: state.selfIndex }));
        return Promise.resolve(reject(roleErrors.keptBack));
      },
    },
    host: filterFrames(ports, (_peer, frame, bytes) => {
      if (frame.kind !== "proposal" || !equalBytes(frame.value.proposer, stage.address)) return [bytes];
      const body = bodies.get(blockKey(lastHeld(heldBack, frame.value.height)));
      return body === undefined ? [bytes] : versionOf(frame.value, body);
    }),
  };
};

const lastHeld = (votes: readonly Vote[], height: bigint): BlockId | undefined =>
  votes.findLast((vote) => vote.height === height)?.blockId;
