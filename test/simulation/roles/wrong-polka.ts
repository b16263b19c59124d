import { equalBytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import { splitParts, type BlockPart } from "#proto/types/parts.js";
import type { Proposal } from "#proto/types/vote.js";
import { encodeConsensusFrame } from "#proto/wire/consensus.js";
import type { ProposalToSign } from "#node/signer/signer.js";
import { filterFrames, signedProposal, type Role, type Stage } from "./role.js";

/** What it offers in a place instead of what its node would. */
interface Offer {
  readonly blockId: BlockId;
  readonly polRound: number;
  /** Of an unknown block; none for a known one. */
  readonly parts: readonly BlockPart[];
}

/**
 * Lies about the round in which a block got its polka: offers a fresh block where a valid one stands, a fresh one as if it
 * had a polka, a valid one as if it had none or with that of another round, or a block with the polka of another.
 */
export const wrongPolka: Role = (ports, stage) => {
  const { chain, signer } = ports;
  const { random, address, clock, did } = stage;
  /** Nothing: it lets its turn pass, so that there is a later round to lie about. */
  const offers = new Map<string, Offer | "nothing">();

  async function fresh(
    { height, round }: { height: bigint; round: number },
    polRound: number,
  ): Promise<Offer | undefined> {
    const tip = await chain.tip();
    const beaconProof = tip.height + 1n === height ? await signer!.proveBeacon(height, tip.beacon) : undefined;
    if (beaconProof === undefined || isRejection(beaconProof)) return undefined;
    const built = await chain.build({
      ...{ height, round, time: clock.now(), proposer: address, beaconProof },
      ...{ lastCertificate: tip.certificate, txs: [], evidence: [] },
    });
    return built && { blockId: built.blockId, polRound, parts: splitParts(built.bytes).parts };
  }

  async function offerInstead(proposal: ProposalToSign): Promise<Offer | "nothing" | undefined> {
    const { round, polRound, blockId } = proposal;
    const other = knownBlocks(stage).find((id) => !equalBlockIds(id, blockId));
    if (round === 0 && random.chance(50)) return "nothing";
    const anyRound = round === 0 ? -1 : random.below(round + 1) - 1;
    switch (random.below(polRound < 0 ? 3 : 5)) {
      case 0:
        return undefined;
      case 1:
        return { blockId, polRound: anyRound, parts: [] };
      case 2:
        return other && { blockId: other, polRound: anyRound, parts: [] };
      case 3:
        return fresh(proposal, anyRound);
      default:
        return fresh(proposal, -1);
    }
  }

  const isOwn = (proposal: Proposal): boolean => equalBytes(proposal.proposer, address);
  return {
    ...ports,
    signer: signer && {
      ...signer,
      async signProposal(proposal) {
        const signature = await signer.signProposal(proposal);
        const offer = await offerInstead(proposal);
        if (offer !== undefined) offers.set(`${proposal.height}/${proposal.round}`, offer);
        return signature;
      },
    },
    host: filterFrames(ports, (_peer, frame, bytes) => {
      if (frame.kind !== "proposal" || !isOwn(frame.value)) return [bytes];
      const { height, round } = frame.value;
      const offer = offers.get(`${height}/${round}`);
      if (offer === undefined) return [bytes];
      did();
      if (offer === "nothing") return [];
      const { blockId, polRound, parts } = offer;
      const value = signedProposal(stage, { ...frame.value, blockId, polRound });
      const header = { ...blockId.parts! };
      return [
        encodeConsensusFrame({ kind: "proposal", value }),
        ...parts.map((part) => encodeConsensusFrame({ kind: "part", value: { height, parts: header, part } })),
      ];
    }),
  };
};

/** Blocks of its height that it could offer. */
function knownBlocks({ node }: Stage): readonly BlockId[] {
  return node()?.drive.state.values.map(({ blockId }) => blockId) ?? [];
}
