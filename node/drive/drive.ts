import { lacking, summary, wantedBlocks, type Knowledge } from "#consensus/knowledge.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Effect, Input, Message, State } from "#consensus/types.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { equalParts, type BlockId, type PartSetHeader } from "#proto/types/block-id.js";
import { ChainFault } from "../chain/types.js";
import { BlocksInFlight } from "./blocks.js";
import type { Consensus, EffectOf, ValueInput } from "./consensus.js";
import type { DriveDeps, Taken } from "./deps.js";
import { Heights } from "./heights.js";
import { judgeBlock } from "./judge-block.js";
import { judge, type Judgement } from "./judge.js";
import { blockRecords, inputRecord } from "./log-record.js";
import { OwnMessages } from "./own-messages.js";
import { Proposing } from "./proposing.js";
import { Signing } from "./signing.js";
import { Timers } from "./timers.js";
import { NextValidators } from "./validators.js";

type Runners = { readonly [K in Effect["kind"]]: (effect: EffectOf<K>) => Promise<void> | void };

/**
 * Consensus meets the world: facts come in through one queue, are logged, and step by step become effects that are
 * carried out in order. Nothing leaves before what led to it is on disk.
 */
export class Drive {
  readonly #deps: DriveDeps;
  readonly #timers: Timers;
  readonly #signing: Signing;
  readonly #blocks = new BlocksInFlight();
  readonly #heights: Heights;
  readonly #next = new NextValidators();
  readonly #runners: Runners;
  readonly #queue: (() => Promise<void>)[] = [];
  readonly #observers = new Set<(taken: Taken) => void>();
  #state: State = initialState();
  /** Asked for with every frame that arrives; states are fewer. */
  #told: { readonly state: State; readonly knowledge: Knowledge } | undefined;
  #running: Promise<void> | undefined;
  #committing: Promise<unknown> | undefined;
  #stopped = false;
  /** Sync has the chain: the queue stands still, nothing is signed or committed here (P8). */
  #paused = true;

  constructor(deps: DriveDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
    this.#signing = new Signing(deps.clock, deps.log, () => this.#state);
    const consensus = this.#inside();
    const heights = (this.#heights = new Heights(deps, consensus, this.#timers, this.#blocks));
    const ownMessages = new OwnMessages(deps, consensus, this.#signing);
    const proposing = new Proposing(deps, consensus, this.#signing, this.#timers);
    this.#runners = {
      build_block: (effect) => proposing.build(effect, present(heights.tip, "a height has started")),
      sign_proposal: (effect) => ownMessages.signProposal(effect),
      sign_vote: (effect) => ownMessages.signVote(effect),
      publish: (effect) => this.#publish(effect),
      schedule_timeout: ({ timeout, afterMs }) =>
        this.#timers.after(afterMs, () => this.#input({ kind: "timeout_elapsed", timeout })),
      decide: (effect) => heights.decide(effect),
      report_evidence: ({ evidence }) => deps.evidence.report(evidence),
      disagree: ({ certificate }) => {
        throw new ChainFault(
          "invalid_decision",
          `height ${certificate.height} was decided with a block that this node judged invalid: its state or its ` +
            "software differs from the network's. Compare app hashes with a peer, then restore a snapshot or upgrade",
        );
      },
    };
  }

  /** After each input, until it is called off. Costs nothing without observers. */
  observe(observer: (taken: Taken) => void): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  get state(): State {
    return this.#state;
  }

  /** Resolves when nothing of consensus is under way, and no commit of sync's either: the disk may be closed after it. */
  async pause(): Promise<void> {
    this.#paused = true;
    const answered = this.#signing.pause();
    await this.#running;
    await answered;
    await this.#committing?.catch(() => undefined); // Told to onFault by then.
  }

  /** Consensus goes on: where the log of the next height ends, or with a fresh one. */
  resume(): void {
    if (!this.#paused || this.#stopped) return;
    this.#paused = false;
    const { signer } = this.#deps;
    const self = signer && validatorAddress(present(signer.publicKey, "consensus begins when the key is known"));
    this.#queue.unshift(async () => {
      await this.#heights.resume(self);
      this.#signing.resume(); // Only now: what was wanted of a height that sync has passed is not asked.
    });
    this.#go();
  }

  stop(): void {
    this.#stopped = true;
    this.#timers.clear();
    this.#signing.clear();
    this.#queue.length = 0;
  }

  // What gossip asks (node/gossip/deps.ts, Core).

  summary(): Knowledge | undefined {
    if (!this.#takesPart()) return undefined;
    if (this.#told?.state !== this.#state) this.#told = { state: this.#state, knowledge: summary(this.#state) };
    return this.#told.knowledge;
  }

  lacking(peer: Knowledge, limit: number): readonly Message[] {
    return lacking(this.#state, peer, limit);
  }

  wanted(): readonly BlockId[] {
    return wantedBlocks(this.#state);
  }

  judge(message: Message): Judgement {
    if (!this.#takesPart()) return "unknown";
    const next = this.#next.after(this.#state.height, this.#heights.tip);
    return judge(this.#deps.chainId, this.#state, next, message);
  }

  blockBytesMax(): number {
    return Number(this.#heights.tip?.params.blockBytesMax ?? 0n);
  }

  deliver(message: Message, receivedTimeMs: bigint): void {
    this.#input(message.kind === "proposal" ? { ...message, receivedTimeMs } : message);
  }

  /** All parts of a block are here: the chain judges it while votes go on. */
  assembled(height: bigint, parts: PartSetHeader, bytes: Bytes): void {
    // Behind the proposal that names it, which may still be on its way through the queue: only then the block is wanted.
    this.#job(() => Promise.resolve(this.#onAssembled(height, parts, bytes)));
  }

  #onAssembled(height: bigint, parts: PartSetHeader, bytes: Bytes): void {
    if (height !== this.#state.height) return;
    // Several may name these parts, each with another header: every name is judged, so that none hides another.
    for (const blockId of this.wanted()) {
      if (!equalParts(blockId.parts, parts)) continue;
      this.#aside(async () => {
        const value = await judgeBlock(this.#deps, height, blockId, bytes);
        this.#job(() => this.#value(value, bytes));
      });
    }
  }

  /**
   * A decided block from a peer, its certificate verified, while consensus is paused: the same path into the chain.
   * @throws ChainFault when the block is invalid here
   */
  async commitDecided(block: Bytes, certificate: Bytes): Promise<void> {
    const committing = this.#heights.commit(block, certificate);
    this.#committing = committing;
    try {
      await committing;
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#committing = undefined;
    }
  }

  #takesPart(): boolean {
    return !this.#paused && !this.#stopped && this.#state.step !== "idle";
  }

  /** This, as its parts see it. */
  #inside(): Consensus {
    return {
      state: () => this.#state,
      stopped: () => this.#stopped,
      job: (job) => this.#job(job),
      input: (input) => this.#input(input),
      aside: (work) => this.#aside(work),
      feed: (input) => this.#feed(input),
      value: (input, bytes) => this.#value(input, bytes),
      restore: (state) => void (this.#state = state),
      carryOut: (effects) => this.#carryOut(effects),
    };
  }

  // The queue.

  #input(input: Input): void {
    this.#job(() => this.#feed(input));
  }

  #job(job: () => Promise<void>): void {
    if (this.#stopped) return;
    this.#queue.push(job);
    this.#go();
  }

  #go(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#queue.length > 0 && !this.#paused && !this.#stopped) this.#go();
    });
  }

  async #run(): Promise<void> {
    try {
      while (!this.#paused && !this.#stopped) {
        const job = this.#queue.shift();
        if (job === undefined) return;
        await job();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Work that the queue does not wait for. */
  #aside(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#deps.onFault(error);
  }

  async #feed(input: Input): Promise<void> {
    const { state, effects } = step(this.#state, input);
    // One vote can be certified in many ways: what only repeats votes that are here would fill the log.
    if ("certificate" in input && state === this.#state && effects.length === 0) return;
    this.#deps.wal.append(inputRecord(input));
    const isEarly = state.nextHeight !== this.#state.nextHeight;
    const before = this.#state;
    this.#state = state;
    await this.#tell({ input, before, after: state }, effects);
    await this.#carryOut(effects);
    if (isEarly) this.#heights.joinOthers();
  }

  async #tell(taken: Taken, effects: readonly Effect[]): Promise<void> {
    if (this.#observers.size === 0) return;
    // Observers carry it out of the node: nothing of ours leaves before it is on disk.
    if (effects.some(({ kind }) => kind === "publish")) await this.#deps.wal.flush();
    for (const observe of this.#observers) observe(taken);
  }

  async #carryOut(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      if (this.#stopped) return;
      this.#deps.log.debug(effect.kind, { height: this.#state.height, round: this.#state.round });
      await (this.#runners[effect.kind] as (effect: Effect) => Promise<void> | void)(effect);
    }
  }

  /** A block's bytes stand in the log before the input that speaks of them. */
  async #value(input: ValueInput, bytes: Bytes): Promise<void> {
    if (input.height !== this.#state.height || this.#state.step === "decided") return;
    if (this.#blocks.put(input.blockId, bytes)) for (const record of blockRecords(bytes)) this.#deps.wal.append(record);
    await this.#feed(input);
    this.#blocks.retain(this.#state.values.map((value) => value.blockId)); // None after a decision: it is on disk.
  }

  async #publish({ message }: EffectOf<"publish">): Promise<void> {
    await this.#deps.wal.flush();
    this.#deps.gossip.publish(message);
  }
}
