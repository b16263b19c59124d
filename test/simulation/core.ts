import assert from "node:assert/strict";
import { equalBytes, toHex, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { blockKey, equalBlockIds } from "#proto/types/block-id.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { rotate, validatorSet } from "#proto/types/validators.js";
import { lacking, summary, wantedBlocks, type Knowledge } from "#consensus/knowledge.js";
import { replay } from "#consensus/replay.js";
import { earlyInputs, initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type {
  BlockId,
  Certificate,
  Effect,
  Input,
  Message,
  Proposal,
  SignVote,
  StartHeight,
  State,
  ValidatorSet,
  Vote,
} from "#consensus/types.js";
import { decodeWalEntry, encodeWalEntry } from "#consensus/wal-entry.js";
import { guiltyOf, hear, isEnough, nothingHeard, type Heard } from "#test/simulation/accountability.js";
import { virtualClock, type VirtualClock } from "#test/simulation/clock.js";
import { seeded, type SeededRandom } from "#test/simulation/random.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

/**
 * Consensus cores alone on a virtual clock and a bad network: no signatures, no blocks, no disk, so that thousands of
 * seeds are cheap. One seed, one run. Agreement and honesty are checked at every step, progress after the network heals.
 */
export interface CoreRun {
  readonly seed: bigint;
  readonly powers: readonly bigint[];
  /** Indexes of validators that say different things to different peers. */
  readonly equivocators: readonly number[];
  /** Of those that forget the height, and with it their lock, again and again: also when they have decided it. */
  readonly amnesiacs: readonly number[];
  /**
   * The dishonest have a third of the power or more: the run ends with a fork, which must show the guilt of a third, or
   * with the time. Else any fork is a failure, and so is standing still.
   */
  readonly forkable: boolean;
  readonly lossPercent: number;
  readonly delayMs: number;
  readonly partitions: boolean;
  readonly crashes: boolean;
  /** Virtual time at which loss, partitions and crashes end. */
  readonly healsAtMs: number;
  /** All honest nodes must have decided this height in the end. */
  readonly heights: bigint;
  /** Virtual time after which a run without that is a failure. */
  readonly limitMs: number;
}

export interface CoreResult {
  readonly digest: string;
  readonly decided: bigint;
  readonly virtualMs: number;
  readonly rounds: number;
  readonly evidence: number;
  readonly forks: number;
  /** Inflicted, by kind. */
  readonly faults: Readonly<Record<string, number>>;
}

const GOSSIP_MS = 60;
const LACKING_MAX = 48;
const STORY = {
  proposeMs: 120,
  proposeDeltaMs: 40,
  prevoteMs: 60,
  prevoteDeltaMs: 30,
  precommitMs: 60,
  precommitDeltaMs: 30,
};

interface Value {
  readonly round: number;
  readonly timeMs: bigint;
}

interface Node {
  readonly index: number;
  readonly address: Bytes;
  readonly honest: boolean;
  state: State;
  /** Inputs of this height, as bytes: the log. `synced` of them survive a crash. */
  log: Bytes[];
  synced: number;
  /** What was signed, by place: the last-signed record that no crash loses. */
  readonly signed: Map<string, string>;
  /** Of these, the votes. */
  readonly votes: Map<string, Vote>;
  certificates: Map<bigint, Certificate>;
  /** The last block this node has told others that it precommits: its lock may not fall behind. */
  promised: { height: bigint; round: number } | undefined;
  life: number;
}

/** Told what each node takes in and gives out. */
export interface CoreObserver {
  /** A life begins, from what a crash left of the log of its height. */
  begin(node: number, log: readonly Bytes[]): void;
  fed(node: number, input: Input, effects: readonly Effect[]): void;
}

export function runCores(run: CoreRun, observer?: CoreObserver): CoreResult {
  return new Cluster(run, observer).run();
}

class Cluster {
  readonly #clock: VirtualClock = virtualClock();
  readonly #random: SeededRandom;
  readonly #nodes: Node[];
  readonly #sets = new Map<bigint, ValidatorSet>();
  readonly #values = new Map<string, Value>();
  readonly #decisions = new Map<bigint, BlockId>();
  readonly #options: CoreRun;
  readonly #observer: CoreObserver | undefined;
  #forkedAt: bigint | undefined;
  #groups: number[] | undefined;
  #digest: Bytes = new Uint8Array(32);
  #counters = { rounds: 0, evidence: 0, blocks: 0, forks: 0 };
  /** By height: what honest cores heard. */
  readonly #heard = new Map<bigint, Heard>();
  readonly #faults = {
    crashes: 0,
    partitions: 0,
    "packets lost": 0,
    "packets doubled": 0,
    "unsynced inputs lost": 0,
    "contradicting votes": 0,
    "contradicting proposals": 0,
    "heights forgotten": 0,
  };

  constructor(options: CoreRun, observer: CoreObserver | undefined) {
    this.#options = options;
    this.#observer = observer;
    this.#random = seeded(options.seed);
    const set = validatorSet(options.powers.map((power, i) => ({ pubKey: sha256(utf8(`validator ${i}`)), power })));
    assert.ok(!isRejection(set));
    this.#sets.set(1n, set);
    this.#nodes = set.members.map(({ address }, index) => ({
      index,
      address,
      honest: !options.equivocators.includes(index) && !options.amnesiacs.includes(index),
      state: initialState(),
      log: [],
      synced: 0,
      signed: new Map(),
      votes: new Map(),
      certificates: new Map(),
      promised: undefined,
      life: 0,
    }));
  }

  get #healed(): boolean {
    return this.#clock.monotonicMs() >= this.#options.healsAtMs;
  }

  run(): CoreResult {
    for (const node of this.#nodes) {
      this.#feed(node, this.#start(node, 1n, undefined));
      this.#clock.after(this.#random.below(GOSSIP_MS), () => this.#tick(node));
    }
    if (this.#options.partitions) this.#clock.after(20, () => this.#partition());
    const honest = this.#nodes.filter((node) => node.honest);
    const done = (): boolean => honest.every((node) => node.state.height > this.#options.heights);
    const { forkable } = this.#options;
    while (!done() && this.#counters.forks === 0) {
      const late = this.#clock.monotonicMs() > this.#options.limitMs;
      if (late && forkable) break;
      assert.ok(
        !late,
        `seed ${this.#options.seed}: no progress: ${honest.map((node) => this.#where(node)).join(", ")}`,
      );
      assert.ok(this.#clock.advance());
    }
    this.#holdToAccount();
    const { rounds, evidence, forks } = this.#counters;
    const decided = honest.reduce((most, { state }) => (state.height - 1n > most ? state.height - 1n : most), 0n);
    const virtualMs = this.#clock.monotonicMs();
    const digest = toHex(this.#digest);
    return { digest, decided, virtualMs, rounds, evidence, forks, faults: this.#faults };
  }

  #where({ index, state }: Node): string {
    return `${index} at ${state.height}/${state.round}/${state.step}`;
  }

  #setOf(height: bigint): ValidatorSet {
    let set = this.#sets.get(height);
    if (set === undefined) this.#sets.set(height, (set = rotate(this.#setOf(height - 1n)).next));
    return set;
  }

  #start(node: Node, height: bigint, lastCertificate: Certificate | undefined): StartHeight {
    const timing = { precisionMs: 50n, messageDelayMs: 300n };
    return {
      kind: "start_height",
      height,
      validators: this.#setOf(height),
      self: node.address,
      lastCertificate,
      timeouts: STORY,
      timing,
    };
  }

  /** Log first, then step, then carry out. */
  #feed(node: Node, input: Input): void {
    const bytes = encodeWalEntry(input);
    if (input.kind === "start_height") node.log = [];
    node.log.push(bytes);
    if (isOwn(node, input) || input.kind === "start_height" || input.kind === "built") node.synced = node.log.length;
    if (this.#options.forkable && node.honest) hear(input, (height) => this.#heardAt(height));
    const before = node.state;
    const { state, effects } = step(before, input);
    node.state = state;
    this.#observer?.fed(node.index, input, effects);
    if (state.round > before.round) this.#counters.rounds++;
    this.#digest = sha256(this.#digest, u64be(BigInt(node.index)), bytes, utf8(String(effects.length)));
    for (const effect of effects) this.#carry(node, effect);
    this.#remembers(node);
  }

  /** No crash makes a node forget what it is locked on. */
  #remembers(node: Node): void {
    const { promised, state } = node;
    if (promised === undefined || !node.honest || promised.height !== state.height || state.step === "decided") return;
    const kept = state.locked !== undefined && state.locked.round >= promised.round;
    assert.ok(
      kept,
      `seed ${this.#options.seed}: node ${node.index} forgot its lock of ${promised.height}/${promised.round}`,
    );
  }

  /** Who is locked prevotes another block only when a polka since then allows it. */
  #keepsWord(node: Node, { type, round, blockId }: SignVote): void {
    const { locked, rounds } = node.state;
    if (type !== PREVOTE || blockId === undefined || locked === undefined || locked.round >= round) return;
    if (equalBlockIds(locked.blockId, blockId)) return;
    const polRound = rounds.find((log) => log.round === round)?.proposal?.proposal.polRound ?? -1;
    assert.ok(polRound >= locked.round, `seed ${this.#options.seed}: node ${node.index} prevotes against its lock`);
  }

  #later(node: Node, ms: number, act: () => void): void {
    const { life } = node;
    this.#clock.after(ms, () => {
      if (node.life === life) act(); // What a node waited for when it crashed never comes.
    });
  }

  #carry(node: Node, effect: Effect): void {
    switch (effect.kind) {
      case "build_block":
        return this.#later(node, 1 + this.#random.below(20), () => this.#built(node, effect.height, effect.round));
      case "sign_proposal": {
        const { height, round, polRound, blockId } = effect;
        const signature = this.#sign(node, `proposal ${height} ${round}`, `${polRound} ${blockKey(blockId)}`);
        if (signature === undefined) return;
        const proposal = { height, round, polRound, blockId, proposer: node.address, signature };
        return this.#later(node, 0, () =>
          this.#feed(node, { kind: "proposal", proposal, receivedTimeMs: this.#clock.now() }),
        );
      }
      case "sign_vote": {
        this.#keepsWord(node, effect);
        const vote = this.#vote(node, effect);
        if (vote !== undefined) this.#later(node, 0, () => this.#feed(node, { kind: "vote", vote }));
        return;
      }
      case "publish":
        return this.#publish(node, effect.message);
      case "schedule_timeout":
        return this.#later(node, effect.afterMs, () =>
          this.#feed(node, { kind: "timeout_elapsed", timeout: effect.timeout }),
        );
      case "decide":
        return this.#decide(node, effect.height, effect.blockId, effect.certificate);
      case "report_evidence": {
        const culprit =
          effect.evidence.kind === "duplicate_vote" ? effect.evidence.a.validator : effect.evidence.a.proposer;
        const guilty = this.#nodes.find((each) => equalBytes(each.address, culprit));
        assert.ok(
          guilty !== undefined && !guilty.honest,
          `seed ${this.#options.seed}: evidence against an honest node`,
        );
        this.#counters.evidence++;
        return;
      }
      case "disagree":
        assert.fail(`seed ${this.#options.seed}: every block is valid here`);
    }
  }

  #newBlock(round: number): BlockId {
    const name = `block ${this.#options.seed} ${this.#counters.blocks++}`;
    const blockId = blockIdFrom(sha256(utf8(name)), 1, sha256(utf8(`${name} parts`)));
    this.#values.set(blockKey(blockId), { round, timeMs: this.#clock.now() });
    return blockId;
  }

  #built(node: Node, height: bigint, round: number): void {
    const blockId = this.#newBlock(round);
    this.#feed(node, { kind: "built", height, round, blockId, timeMs: this.#valueOf(blockId).timeMs });
  }

  #valueOf(blockId: BlockId): Value {
    return this.#values.get(blockKey(blockId))!;
  }

  #vote(node: Node, { type, height, round, blockId, index }: SignVote): Vote | undefined {
    const words = blockKey(blockId);
    const place = `vote ${height} ${round} ${type}`;
    const signature = this.#sign(node, place, words);
    // Who forgot is reminded by its signer, and goes on from there.
    if (signature === undefined) {
      return this.#options.amnesiacs.includes(node.index) ? node.votes.get(place) : undefined;
    }
    const vote = { type, height, round, blockId, validator: node.address, index, signature };
    node.votes.set(place, vote);
    return vote;
  }

  /** The signer: once a place is signed, it gives the same signature for the same words and refuses others. */
  #sign(node: Node, place: string, words: string): Bytes | undefined {
    const known = node.signed.get(place);
    if (known !== undefined && known !== words) return undefined;
    node.signed.set(place, words);
    return sha256(utf8(`${node.index} ${place} ${words}`));
  }

  #decide(node: Node, height: bigint, blockId: BlockId, certificate: Certificate): void {
    if (this.#options.amnesiacs.includes(node.index) && this.#isOpen(height)) {
      return this.#later(node, this.#random.below(30), () => this.#forget(node));
    }
    const known = this.#decisions.get(height);
    if (node.honest && known === undefined) this.#decisions.set(height, blockId);
    else if (node.honest && !equalBlockIds(known, blockId)) {
      assert.ok(this.#options.forkable, `seed ${this.#options.seed}: fork at height ${height}, node ${node.index}`);
      this.#counters.forks++;
      this.#forkedAt = height;
    }
    node.certificates.set(height, certificate);
    this.#later(node, 5 + this.#random.below(30), () => {
      const early = earlyInputs(node.state);
      this.#feed(node, this.#start(node, height + 1n, certificate));
      for (const input of early) this.#feed(node, input);
    });
  }

  /** Begins the height again with nothing but what its signer remembers. */
  #forget(node: Node): void {
    const { height, last } = node.state;
    this.#faults["heights forgotten"]++;
    node.life++;
    node.state = initialState();
    this.#observer?.begin(node.index, []);
    this.#feed(node, this.#start(node, height, last?.certificate));
  }

  /** Some honest node has not decided it yet: forgetting it may be worth while. */
  #isOpen(height: bigint): boolean {
    return this.#nodes.some(({ honest, state }) => honest && state.height === height && state.step !== "decided");
  }

  #heardAt(height: bigint): Heard {
    let heard = this.#heard.get(height);
    if (heard === undefined) this.#heard.set(height, (heard = nothingHeard()));
    return heard;
  }

  /** The joined inputs of honest cores convict no honest validator, and at a fork a third. */
  #holdToAccount(): void {
    for (const [height, heard] of this.#heard) {
      const guilty = guiltyOf(this.#setOf(height), heard);
      for (const { member, crime } of guilty) {
        const honest = this.#nodes.some((node) => node.honest && equalBytes(node.address, member.address));
        assert.ok(!honest, `seed ${this.#options.seed}: height ${height} convicts an honest node of ${crime}`);
      }
      const enough = height !== this.#forkedAt || isEnough(this.#setOf(height), guilty);
      assert.ok(enough, `seed ${this.#options.seed}: the fork at ${height} convicts less than a third`);
    }
  }

  // The network.

  #partition(): void {
    if (this.#healed) {
      this.#groups = undefined;
      return;
    }
    this.#groups = this.#random.chance(75) ? this.#nodes.map(() => this.#random.below(2)) : undefined;
    if (this.#groups !== undefined) this.#faults.partitions++;
    // Short ones cut a round in two, long ones let the halves go their own ways.
    const short = this.#random.chance(this.#options.forkable ? 10 : 70);
    const longMs = this.#options.forkable ? 3_000 : 800;
    const ms = short ? 10 + this.#random.below(120) : 200 + this.#random.below(longMs);
    this.#clock.after(ms, () => this.#partition());
  }

  #send(from: Node, to: Node, receive: () => void): void {
    const both = !this.#options.forkable || (from.honest && to.honest); // Plotters stand between the sides.
    const apart = both && this.#groups !== undefined && this.#groups[from.index] !== this.#groups[to.index];
    if (!this.#healed && (apart || this.#random.chance(this.#options.lossPercent))) {
      this.#faults["packets lost"]++;
      return;
    }
    const copies = this.#random.chance(5) ? 2 : 1;
    if (copies === 2) this.#faults["packets doubled"]++;
    for (let i = 0; i < copies; i++) this.#clock.after(1 + this.#random.below(this.#options.delayMs), receive);
  }

  #publish(from: Node, message: Message): void {
    if (message.kind === "vote" && message.vote.type === PRECOMMIT && message.vote.blockId !== undefined) {
      from.promised = { height: message.vote.height, round: message.vote.round };
    }
    const second = this.#options.equivocators.includes(from.index) ? this.#contradiction(from, message) : undefined;
    for (const to of this.#nodes) {
      if (to === from) continue;
      const told = second !== undefined && this.#random.chance(50) ? second : message;
      if (told === second) this.#faults[message.kind === "vote" ? "contradicting votes" : "contradicting proposals"]++;
      this.#send(from, to, () => this.#receive(to, told));
      if (second !== undefined && this.#random.chance(20)) this.#send(from, to, () => this.#receive(to, second));
    }
  }

  /** Another block, or nil, in the same place. */
  #contradiction(from: Node, message: Message): Message | undefined {
    if (message.kind === "vote") {
      const { vote } = message;
      const seen = [...from.state.values.map((value) => value.blockId), undefined];
      const others = seen.filter((blockId) => !equalBlockIds(blockId, vote.blockId));
      const blockId = others.length === 0 ? this.#newBlock(vote.round) : others[this.#random.below(others.length)];
      return {
        kind: "vote",
        vote: { ...vote, blockId, signature: sha256(vote.signature, utf8(blockKey(blockId))) },
      };
    }
    if (message.kind !== "proposal") return undefined;
    const blockId = this.#newBlock(message.proposal.round);
    const proposal: Proposal = {
      ...message.proposal,
      polRound: -1,
      blockId,
      signature: sha256(utf8(blockKey(blockId))),
    };
    return { kind: "proposal", proposal };
  }

  #receive(node: Node, message: Message): void {
    switch (message.kind) {
      case "proposal":
        return this.#feed(node, { kind: "proposal", proposal: message.proposal, receivedTimeMs: this.#clock.now() });
      case "vote":
        return this.#feed(node, { kind: "vote", vote: message.vote });
      case "commit":
        if (this.#options.amnesiacs.includes(node.index) && this.#isOpen(message.certificate.height)) return;
        return this.#feed(node, message);
      case "polka":
      case "round":
        return this.#feed(node, message);
    }
  }

  #tick(node: Node): void {
    if (this.#options.amnesiacs.includes(node.index) && node.state.step !== "decided" && this.#random.chance(2)) {
      this.#forget(node);
    }
    if (this.#options.crashes && !this.#healed && node.honest && this.#random.chance(1)) this.#crash(node);
    for (const blockId of wantedBlocks(node.state)) {
      // The parts come over the network too.
      if (!this.#healed && this.#random.chance(this.#options.lossPercent)) continue;
      const { height } = node.state;
      const { round, timeMs } = this.#valueOf(blockId);
      const input: Input = { kind: "proposed_value", height, blockId, round, timeMs, valid: true };
      this.#later(node, this.#random.below(10), () => this.#feed(node, input));
    }
    const told = summary(node.state);
    for (const peer of this.#nodes) if (peer !== node) this.#send(node, peer, () => this.#answer(peer, node, told));
    this.#clock.after(GOSSIP_MS, () => this.#tick(node));
  }

  #answer(node: Node, peer: Node, told: Knowledge): void {
    if (this.#options.forkable && !node.honest) return; // Who plots does not help one side to what the other has.
    for (const message of lacking(node.state, told, LACKING_MAX)) {
      this.#send(node, peer, () => this.#receive(peer, message));
    }
    // Further behind than one height: the blocks themselves, which is the node's own protocol.
    if (told.height + 1n >= node.state.height) return;
    const certificate = node.certificates.get(told.height);
    if (certificate === undefined) return;
    this.#send(node, peer, () => {
      const { round, timeMs } = this.#valueOf(certificate.blockId!);
      const { height, blockId } = certificate;
      this.#feed(peer, { kind: "proposed_value", height, blockId: blockId!, round, timeMs, valid: true });
      this.#feed(peer, { kind: "commit", certificate });
    });
  }

  /** Loses what was not synced, replays the log, and carries out what it still owes. */
  #crash(node: Node): void {
    this.#faults.crashes++;
    node.life++;
    const kept = node.synced + this.#random.below(node.log.length - node.synced + 1);
    this.#faults["unsynced inputs lost"] += node.log.length - kept;
    node.log = node.log.slice(0, kept);
    const inputs = node.log.map((bytes) => {
      const input = decodeWalEntry(bytes);
      assert.ok(!isRejection(input));
      return input;
    });
    const { state, open } = replay(inputs);
    node.state = state;
    this.#observer?.begin(node.index, node.log);
    for (const effect of open) this.#carry(node, effect);
    this.#remembers(node);
  }
}

function isOwn(node: Node, input: Input): boolean {
  if (input.kind === "vote") return equalBytes(input.vote.validator, node.address);
  return input.kind === "proposal" && equalBytes(input.proposal.proposer, node.address);
}

/** What a seed makes of the menu: 4 to 7 validators of equal or weighted power, with or without an equivocator. */
export function coreRunOf(seed: bigint, heights = 5n): CoreRun {
  const random = seeded(seed ^ 0x5eedn);
  const count = 4 + random.below(4);
  const weighted = random.chance(40);
  const powers = Array.from({ length: count }, () => (weighted ? BigInt(5 + random.below(6)) : 10n));
  const total = powers.reduce((sum, power) => sum + power, 0n);
  // The set orders by power; the last is the lightest, so it is below a third.
  const lightest = powers.reduce((least, power) => (power < least ? power : least));
  const equivocators = random.chance(60) && 3n * lightest < total ? [count - 1] : [];
  const dishonest = random.chance(12) ? overAThird(powers, random) : undefined;
  const kin = random.chance(70);
  const amnesiacs = (dishonest ?? []).filter(() => kin || random.chance(50));
  const forkable = dishonest !== undefined;
  return {
    seed,
    powers,
    equivocators: forkable ? dishonest.filter((index) => !amnesiacs.includes(index)) : equivocators,
    amnesiacs,
    forkable,
    lossPercent: random.below(forkable ? 4 : 35),
    delayMs: 2 + random.below(60),
    partitions: forkable || random.chance(70),
    crashes: !forkable && random.chance(50),
    healsAtMs: forkable ? 5_000 : 3_000,
    heights,
    limitMs: forkable ? 8_000 : 40_000,
  };
}

/** In the order of the set, heaviest first: at least a third and less than two thirds. */
function overAThird(powers: readonly bigint[], random: SeededRandom): number[] {
  const inOrder = [...powers].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  const total = inOrder.reduce((sum, power) => sum + power, 0n);
  for (;;) {
    const indexes = [...inOrder.keys()].filter(() => random.chance(50));
    const power = indexes.reduce((sum, index) => sum + inOrder[index]!, 0n);
    if (3n * power >= total && 3n * power < 2n * total) return indexes;
  }
}
