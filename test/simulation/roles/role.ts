import type { Bytes } from "#proto/bytes.js";
import { signEd25519 } from "#proto/crypto/ed25519.js";
import { isRejection } from "#proto/rejection.js";
import type { BlockId } from "#proto/types/block-id.js";
import { proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "#proto/types/vote.js";
import { decodeConsensusFrame, type ConsensusFrame } from "#proto/wire/consensus.js";
import type { Node, NodePorts } from "#node/node.js";
import type { VirtualClock } from "../clock.js";
import type { SeededRandom } from "../random.js";
import type { Plot } from "./plot.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

/** What a dishonest machine has beside the ports of its node. */
export interface Stage {
  readonly id: string;
  readonly address: Bytes;
  /** Its secret key: it signs what it likes. */
  readonly keySeed: Bytes;
  readonly chainId: string;
  /** Of this life: its timers die with it. */
  readonly clock: Pick<VirtualClock, "now" | "monotonicMs" | "after">;
  readonly random: SeededRandom;
  /** Shared with the other dishonest machines of the cluster. */
  readonly plot: Plot;
  /** The node that runs on these ports, once it is open. */
  node(): Node | undefined;
  /** Loses power now, and comes back. */
  restart(afterMs: number): void;
  /** One misdeed, for the counts of the run. */
  did(): void;
}

/** The real node between ports that lie, so that no second consensus is written. */
export type Role = (ports: NodePorts, stage: Stage) => NodePorts;

/** What goes out over the consensus protocol passes through here; undefined is kept back. */
export function filterFrames(
  { host }: NodePorts,
  filter: (peer: string, frame: ConsensusFrame, bytes: Bytes) => readonly Bytes[],
): NodePorts["host"] {
  return altered(host, {
    send(peer, protocol, bytes) {
      const frame = protocol === "consensus" ? decodeConsensusFrame(bytes) : undefined;
      if (frame === undefined || isRejection(frame)) return host.send(peer, protocol, bytes);
      return filter(peer, frame, bytes).every((each) => host.send(peer, protocol, each));
    },
  });
}

/** A port some of whose methods do something else. */
export function altered<Port extends object>(port: Port, own: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, name) {
      if (name in own) return Reflect.get(own, name) as unknown;
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

export function signedVote(stage: Stage, vote: Omit<Vote, "validator" | "signature">): Vote {
  const { chainId, keySeed, address } = stage;
  return { ...vote, validator: address, signature: signEd25519(voteSignBytes(chainId, vote), keySeed) };
}

export function signedProposal(stage: Stage, proposal: Omit<Proposal, "proposer" | "signature">): Proposal {
  const { chainId, keySeed, address } = stage;
  return { ...proposal, proposer: address, signature: signEd25519(proposalSignBytes(chainId, proposal), keySeed) };
}

/** The id of a block that does not exist. */
export function noBlock(random: SeededRandom): BlockId {
  return blockIdFrom(randomBytes(random, 32), 1, randomBytes(random, 32));
}

export function randomBytes(random: SeededRandom, length: number): Bytes {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = random.below(256);
  return out;
}
