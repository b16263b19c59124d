import type { Input, State } from "#consensus/types.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import type { Rejection } from "#proto/rejection.js";
import type { Signer } from "../signer/signer.js";
import type { Consensus, EffectOf } from "./consensus.js";
import type { DriveDeps } from "./deps.js";
import type { Signing } from "./signing.js";

/** Proposals and votes of this node: signed, they enter consensus like those of others. */
export class OwnMessages {
  readonly #deps: DriveDeps;
  readonly #consensus: Consensus;
  readonly #signing: Signing;

  constructor(deps: DriveDeps, consensus: Consensus, signing: Signing) {
    this.#deps = deps;
    this.#consensus = consensus;
    this.#signing = signing;
  }

  signProposal({ height, round, polRound, blockId }: EffectOf<"sign_proposal">): void {
    this.#sign(
      "a proposal",
      { height, round },
      (signer) => signer.signProposal({ height, round, polRound, blockId }),
      (proposer, signature) => {
        const proposal = { height, round, polRound, blockId, proposer, signature };
        return { kind: "proposal", proposal, receivedTimeMs: this.#deps.clock.now() };
      },
    );
  }

  signVote({ type, height, round, blockId, index }: EffectOf<"sign_vote">): void {
    this.#sign(
      "a vote",
      { height, round },
      (signer) => signer.signVote({ type, height, round, blockId }),
      (validator, signature) => ({
        kind: "vote",
        vote: { type, height, round, blockId, validator, index, signature },
      }),
    );
  }

  /**
   * Outside the queue, so that a slow or absent signer delays no other input. The inputs that led to its vote are on disk before it is asked:
   * it never forgets, so a node that asks for other words at the same place after a loss of power is refused, and a
   * network of such nodes waits for votes that never come.
   */
  #sign(
    what: string,
    place: Pick<State, "height" | "round">,
    request: (signer: Signer) => Promise<Bytes | Rejection>,
    input: (self: Bytes, signature: Bytes) => Input,
  ): void {
    const signer = present(this.#deps.signer, "only a node with a key signs");
    const self = present(this.#consensus.state().self, "only a node with a key signs");
    this.#consensus.aside(async () => {
      const signature = await this.#signing.ask(what, place, async () => {
        await this.#deps.wal.flush();
        return request(signer);
      });
      if (signature !== undefined) this.#consensus.input(input(self, signature));
    });
  }
}
