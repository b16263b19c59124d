import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { blockKey, equalBlockIds } from "#proto/types/block-id.js";
import { PRECOMMIT, PREVOTE, type VoteType } from "#proto/types/vote.js";
import { proposerAt, validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type {
  BlockId,
  Certificate,
  Effect,
  Input,
  PolkaCertificate,
  Proposal,
  StartHeight,
  State,
  Vote,
} from "#consensus/types.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

/** Tiny builders: a world of validators whose signatures are names, for the core checks none. */

export const HEIGHT = 1n;
export const TIME = 1_000_000n;

export function validators(powers: readonly bigint[]): ValidatorSet {
  const set = validatorSet(powers.map((power, i) => ({ pubKey: sha256(utf8(`validator ${i}`)), power })));
  if (isRejection(set)) throw new Error("bad test powers");
  return set;
}

/** A block by its name. */
export function block(name: string): BlockId {
  return blockIdFrom(sha256(utf8(name)), 1, sha256(utf8(`parts ${name}`)));
}

export const startHeight = (set: ValidatorSet, self: Bytes | undefined, height = HEIGHT): StartHeight => ({
  kind: "start_height",
  height,
  validators: set,
  self,
  lastCertificate: undefined,
  timeouts: {
    proposeMs: 100,
    proposeDeltaMs: 10,
    prevoteMs: 100,
    prevoteDeltaMs: 10,
    precommitMs: 100,
    precommitDeltaMs: 10,
  },
  timing: { precisionMs: 500n, messageDelayMs: 2000n },
});

export function vote(
  set: ValidatorSet,
  index: number,
  type: VoteType,
  round: number,
  blockId: BlockId | undefined,
  height = HEIGHT,
): Vote {
  const signature = sha256(utf8(`${index} ${type} ${height} ${round} ${blockKey(blockId)}`));
  return { type, height, round, blockId, validator: set.members[index]!.address, index, signature };
}

/** One node under test: inputs go in by short words, the effects of the last one are in `effects`. */
export class World {
  readonly set: ValidatorSet;
  state: State;
  effects: readonly Effect[] = [];
  readonly log: Input[] = [];
  readonly allEffects: Effect[] = [];

  /** @param self index of our validator; undefined follows without a key. "proposer" is the proposer of round 0, "other" the one of the
   *  last round of a full turn. */
  constructor(powers: readonly bigint[], self: number | undefined | "proposer" | "other", height = HEIGHT) {
    this.set = validators(powers);
    this.state = initialState();
    const index =
      typeof self === "string" ? this.proposer(self === "proposer" ? 0 : this.set.members.length - 1) : self;
    const address = index === undefined ? undefined : this.set.members[index]!.address;
    this.feed(startHeight(this.set, address, height));
  }

  /** The index of a round's proposer. */
  proposer(round: number): number {
    const { address } = proposerAt(this.set, round);
    return this.set.members.findIndex((member) => member.address.join() === address.join());
  }

  feed(input: Input): readonly Effect[] {
    this.log.push(input);
    const { state, effects } = step(this.state, input);
    this.state = state;
    this.effects = effects;
    this.allEffects.push(...effects);
    return effects;
  }

  proposal(
    round: number,
    name: string,
    polRound = -1,
    change: Partial<Proposal> = {},
    receivedTimeMs = TIME,
  ): readonly Effect[] {
    const proposal: Proposal = {
      height: this.state.height,
      round,
      polRound,
      blockId: block(name),
      proposer: proposerAt(this.set, round).address,
      signature: sha256(utf8(`proposal ${round} ${name} ${polRound}`)),
      ...change,
    };
    return this.feed({ kind: "proposal", proposal, receivedTimeMs });
  }

  value(name: string, options: { round?: number; valid?: boolean; timeMs?: bigint } = {}): readonly Effect[] {
    const { round = 0, valid = true, timeMs = TIME } = options;
    return this.feed({ kind: "proposed_value", height: this.state.height, blockId: block(name), round, timeMs, valid });
  }

  /** Votes of several validators for one block; undefined is nil. */
  votes(type: VoteType, round: number, name: string | undefined, indexes: readonly number[]): Effect[] {
    const blockId = name === undefined ? undefined : block(name);
    const all: Effect[] = [];
    for (const index of indexes) {
      all.push(...this.feed({ kind: "vote", vote: vote(this.set, index, type, round, blockId, this.state.height) }));
    }
    this.effects = all;
    return all;
  }

  prevotes(round: number, name: string | undefined, indexes: readonly number[]): Effect[] {
    return this.votes(PREVOTE, round, name, indexes);
  }

  precommits(round: number, name: string | undefined, indexes: readonly number[]): Effect[] {
    return this.votes(PRECOMMIT, round, name, indexes);
  }

  timeout(step: "propose" | "prevote" | "precommit", round: number, height = this.state.height): readonly Effect[] {
    return this.feed({ kind: "timeout_elapsed", timeout: { height, round, step } });
  }

  certificate(type: VoteType, round: number, name: string, indexes: readonly number[]): Certificate & PolkaCertificate {
    const blockId = block(name);
    const signatures = indexes.map((index) => {
      const { validator, signature } = vote(this.set, index, type, round, blockId, this.state.height);
      return { index, validator, signature };
    });
    return { height: this.state.height, round, blockId, signatures };
  }

  /** Rounds pass without a word from anybody. */
  skipTo(round: number): void {
    while (this.state.round < round) this.timeout("precommit", this.state.round);
    this.effects = [];
  }
}

const voteName = (effect: Effect & { kind: "sign_vote" }): string =>
  effect.type === PREVOTE ? "prevote" : "precommit";

/** Effects as short words: "prevote A@0", "precommit nil@1", "timer propose@2", "decide A@0", "propose A vr=0 @2". */
export function words(effects: readonly Effect[], names: readonly string[] = ["A", "B", "C", "D"]): string[] {
  const nameOf = (id: BlockId | undefined): string =>
    id === undefined ? "nil" : (names.find((name) => equalBlockIds(block(name), id)) ?? "?");
  return effects.map((effect) => {
    switch (effect.kind) {
      case "sign_vote":
        return `${voteName(effect)} ${nameOf(effect.blockId)}@${effect.round}`;
      case "sign_proposal":
        return `propose ${nameOf(effect.blockId)} vr=${effect.polRound} @${effect.round}`;
      case "build_block":
        return `build @${effect.round}`;
      case "schedule_timeout":
        return `timer ${effect.timeout.step}@${effect.timeout.round}`;
      case "decide":
        return `decide ${nameOf(effect.blockId)}@${effect.round}`;
      case "disagree":
        return `disagree ${nameOf(effect.certificate.blockId)}`;
      case "report_evidence":
        return `evidence ${effect.evidence.kind}`;
      case "publish":
        return `publish ${effect.message.kind}`;
    }
  });
}
