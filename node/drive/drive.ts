import { lacking, rebroadcast, summary, wantedBlocks, type Knowledge } from "#consensus/knowledge.js";
import { replay } from "#consensus/replay.js";
import { earlyInputs, initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Effect, Input, Message, StartHeight, State } from "#consensus/types.js";
import { present } from "#proto/assert.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { certificateCodec, type BlockId } from "#proto/types/block.js";
import { splitParts, type PartSetHeader } from "#proto/types/parts.js";
import { fromMessage, type ValidatorSet, type ValidatorSetMessage } from "#proto/types/validators.js";
import { ChainFault, type Committed, type Tip } from "../chain/types.js";
import { BlocksInFlight } from "./blocks.js";
import type { DriveDeps } from "./deps.js";
import { judge, type Judgement } from "./judge.js";
import { blockRecords, inputRecord, readRecords } from "./log-record.js";
import { Signing } from "./signing.js";
import { Timers } from "./timers.js";

type EffectOf<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;
type Runners = { readonly [K in Effect["kind"]]: (effect: EffectOf<K>) => Promise<void> | void };

/** Blocks leave room for a certificate and the header beside their transactions. */
const BLOCK_OVERHEAD_BYTES = 64 * 1024;

/**
 * Consensus meets the world: facts come in through one queue, are logged, and step by step become effects that are
 * carried out in order. Nothing leaves before what led to it is on disk.
 */
export class Drive {
  readonly #deps: DriveDeps;
  readonly #timers: Timers;
  readonly #signing: Signing;
  readonly #blocks = new BlocksInFlight();
  readonly #runners: Runners;
  readonly #queue: (() => Promise<void>)[] = [];
  #state: State = initialState();
  #self: Bytes | undefined;
  #tip: Tip | undefined;
  #running: Promise<void> | undefined;
  #committing: Promise<unknown> | undefined;
  #stopped = false;
  /** Sync has the chain: the queue stands still, nothing is signed or committed here (P8). */
  #paused = true;
  #next: { readonly height: bigint; readonly set: ValidatorSet } | undefined;
  /** Monotonic time at which the current height started. */
  #heightStartedMs = 0;

  constructor(deps: DriveDeps) {
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
    this.#signing = new Signing(deps.clock, () => this.#state);
    this.#runners = {
      build_block: (effect) => this.#buildBlock(effect),
      sign_proposal: (effect) => this.#signProposal(effect),
      sign_vote: (effect) => this.#signVote(effect),
      publish: (effect) => this.#publish(effect),
      schedule_timeout: ({ timeout, afterMs }) =>
        this.#timers.after(afterMs, () => this.#input({ kind: "timeout_elapsed", timeout })),
      decide: (effect) => this.#decide(effect),
      report_evidence: ({ evidence }) => deps.evidence.report(evidence),
      disagree: ({ certificate }) => {
        throw new ChainFault(
          "invalid_decision",
          `height ${certificate.height} was decided with a block that this node judged invalid: its state or its ` +
            "software differs from the network's. Compare app hashes with a peer, then roll back or upgrade",
        );
      },
    };
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
    if (signer !== undefined)
      this.#self = validatorAddress(present(signer.publicKey, "consensus begins when the key is known"));
    this.#queue.unshift(async () => {
      await this.#resume();
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
    return this.#takesPart() ? summary(this.#state) : undefined;
  }

  lacking(peer: Knowledge, limit: number): readonly Message[] {
    return lacking(this.#state, peer, limit);
  }

  wanted(): readonly BlockId[] {
    return wantedBlocks(this.#state);
  }

  judge(message: Message): Judgement {
    return this.#takesPart() ? judge(this.#deps.chainId, this.#state, this.#nextValidators(), message) : "unknown";
  }

  blockBytesMax(): number {
    return Number(this.#tip?.params.blockBytesMax ?? 0n);
  }

  deliver(message: Message, receivedTimeMs: bigint): void {
    switch (message.kind) {
      case "proposal":
        return this.#input({ kind: "proposal", proposal: message.proposal, receivedTimeMs });
      case "vote":
        return this.#input({ kind: "vote", vote: message.vote });
      case "polka":
        return this.#input({ kind: "polka", certificate: message.certificate });
      case "round":
        return this.#input({ kind: "round", certificate: message.certificate });
      case "commit":
        return this.#input({ kind: "commit", certificate: message.certificate });
    }
  }

  /** All parts of a block are here: the chain judges it while votes go on. */
  assembled(height: bigint, parts: PartSetHeader, bytes: Bytes): void {
    // Behind the proposal that names it, which may still be on its way through the queue: only then the block is wanted.
    this.#job(() => Promise.resolve(this.#onAssembled(height, parts, bytes)));
  }

  #onAssembled(height: bigint, parts: PartSetHeader, bytes: Bytes): void {
    if (height !== this.#state.height) return;
    const blockId = this.wanted().find((id) =>
      equalBytes(present(id.parts, "a wanted block is complete").hash, parts.hash),
    );
    if (blockId === undefined) return;
    this.#aside(async () => {
      const verdict = await this.#deps.chain.process(bytes);
      const named = verdict.blockId !== undefined && equalBytes(verdict.blockId.hash, blockId.hash);
      const valid = verdict.valid && named && verdict.height === height;
      if (!valid)
        this.#deps.log.warn("a proposed block is invalid", {
          height,
          reason: verdict.reason || "another block's parts",
        });
      this.#job(() =>
        this.#value(
          { kind: "proposed_value", height, blockId, round: verdict.round, timeMs: verdict.time, valid },
          bytes,
        ),
      );
    });
  }

  /**
   * A decided block from a peer, its certificate verified, while consensus is paused: the same path into the chain.
   * @throws ChainFault when the block is invalid here
   */
  async commitDecided(block: Bytes, certificate: Bytes): Promise<void> {
    const committing = this.#commit(block, certificate);
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
    this.#state = state;
    await this.#carryOut(effects);
  }

  async #carryOut(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      if (this.#stopped) return;
      this.#deps.log.debug(effect.kind, { height: this.#state.height, round: this.#state.round });
      await (this.#runners[effect.kind] as (effect: Effect) => Promise<void> | void)(effect);
    }
  }

  /** A block's bytes stand in the log before the input that speaks of them. */
  async #value(input: Extract<Input, { kind: "proposed_value" | "built" }>, bytes: Bytes): Promise<void> {
    if (input.height !== this.#state.height || this.#state.step === "decided") return;
    if (this.#blocks.put(input.blockId.hash, bytes))
      for (const record of blockRecords(bytes)) this.#deps.wal.append(record);
    await this.#feed(input);
    this.#blocks.retain(this.#state.values.map((value) => value.blockId.hash)); // None after a decision: it is on disk.
  }

  // Beginnings.

  /** After a start, after a crash, or after sync brought the chain further. */
  async #resume(): Promise<void> {
    const tip = await this.#deps.chain.tip();
    this.#tip = tip;
    if (this.#state.height === tip.height + 1n) return; // The pause changed nothing.
    const records = readRecords(await this.#deps.wal.read(tip.height + 1n));
    const inputs = records.flatMap((record) => (record.kind === "input" ? [record.input] : []));
    if (inputs.length === 0) return this.#startHeight();
    if (!this.#isOurs(inputs[0]!)) {
      await this.#deps.wal.drop(tip.height + 2n);
      return this.#startHeight();
    }
    await this.#deps.wal.begin(tip.height + 1n);
    for (const record of records) if (record.kind === "block") await this.#restoreBlock(tip.height + 1n, record.bytes);
    const { state, open } = replay(inputs);
    this.#state = state;
    this.#heightStartedMs = this.#deps.clock.monotonicMs();
    this.#deps.gossip.heightStarted(state.height);
    this.#deps.log.info("continuing from the write-ahead log", {
      height: state.height,
      round: state.round,
      inputs: inputs.length,
    });
    await this.#carryOut(open);
    for (const message of rebroadcast(this.#state)) this.#deps.gossip.publish(message);
  }

  /** A height that was begun with another key, or without one: this key has said nothing in it that could be contradicted. */
  #isOurs(first: Input): boolean {
    if (first.kind !== "start_height") return true;
    const { self } = first;
    return self === undefined || this.#self === undefined ? self === this.#self : equalBytes(self, this.#self);
  }

  async #restoreBlock(height: bigint, bytes: Bytes): Promise<void> {
    const { blockId } = await this.#deps.chain.process(bytes);
    if (blockId === undefined) return;
    this.#blocks.put(blockId.hash, bytes);
    const { header, parts } = splitParts(bytes);
    this.#deps.gossip.hold(height, header, parts, false);
  }

  async #startHeight(): Promise<void> {
    const tip = present(this.#tip, "a height starts from a tip");
    await this.#deps.wal.begin(tip.height + 1n);
    this.#timers.clear();
    this.#blocks.clear();
    this.#heightStartedMs = this.#deps.clock.monotonicMs();
    const early = earlyInputs(this.#state);
    await this.#feed(this.#startInput(tip));
    this.#deps.gossip.heightStarted(tip.height + 1n); // Its early frames are judged by the state of this height.
    // They stand in the log of this height too: a lock may rest on them.
    for (const input of early) await this.#feed(input);
  }

  #startInput(tip: Tip): StartHeight {
    const lastCertificate = tip.certificate === undefined ? undefined : certificateCodec.decode(tip.certificate);
    if (isRejection(lastCertificate)) throw new Error(`our own certificate: ${rejectionText(lastCertificate)}`);
    const { precisionMs, messageDelayMs } = tip.params;
    return {
      kind: "start_height",
      height: tip.height + 1n,
      validators: this.validatorsOf(tip),
      self: this.#self,
      lastCertificate,
      timeouts: this.#deps.timeouts,
      timing: { precisionMs, messageDelayMs },
    };
  }

  /** The set that decides the height after a tip. */
  validatorsOf(tip: Tip): ValidatorSet {
    return ownSet(tip.validators);
  }

  /** Of the height after the one that consensus works on. */
  #nextValidators(): ValidatorSet | undefined {
    const tip = this.#tip;
    if (tip === undefined) return undefined;
    const height = this.#state.height + 1n;
    if (this.#next?.height === height) return this.#next.set;
    // A tip of this very height has come when the height is decided and committed, and not left yet.
    const message =
      height === tip.height + 2n ? tip.nextValidators : height === tip.height + 1n ? tip.validators : undefined;
    if (message === undefined) return undefined;
    this.#next = { height, set: ownSet(message) };
    return this.#next.set;
  }

  // Effects.

  /** Beside the queue: votes of others go on while the block is made. */
  #buildBlock(wanted: EffectOf<"build_block">): void {
    const { height, round } = wanted;
    const signer = present(this.#deps.signer, "only a node with a key proposes");
    const tip = present(this.#tip, "a height has started");
    this.#aside(async () => {
      // BT3: a proposer waits until its clock is past the last block's time.
      await this.#until(tip.time);
      const beaconProof = await this.#signing.ask(height, round, () => signer.proveBeacon(height, tip.beacon));
      if (beaconProof === undefined || this.#stopped) return;
      if (isRejection(beaconProof)) return this.#refused("a beacon", beaconProof);
      await this.#build(wanted, tip, beaconProof);
    });
  }

  async #build({ height, round, lastCertificate }: EffectOf<"build_block">, tip: Tip, proof: Bytes): Promise<void> {
    const { chain, mempool, evidence: pool, clock, gossip } = this.#deps;
    const { blockBytesMax, blockGasMax, evidenceBytesMax } = tip.params;
    const evidence = pool.reap(Number(evidenceBytesMax));
    const left = Number(blockBytesMax) - BLOCK_OVERHEAD_BYTES - evidence.reduce((sum, { length }) => sum + length, 0);
    const txs = mempool.reap(left, blockGasMax);
    const certificate = lastCertificate === undefined ? undefined : certificateCodec.encode(lastCertificate);
    const proposer = present(this.#self, "only a node with a key proposes");
    if (this.#state.height !== height) return;
    const built = await chain.build({
      height,
      round,
      time: clock.now(),
      proposer,
      beaconProof: proof,
      lastCertificate: certificate,
      txs,
      evidence,
    });
    if (built === undefined) return; // The height was decided meanwhile.
    if (built.dropped.length > 0)
      this.#deps.log.warn("proposing without transactions", { height, reason: built.problem });
    mempool.drop(built.dropped);
    const { header, parts } = splitParts(built.bytes);
    this.#job(async () => {
      gossip.hold(height, header, parts, true);
      await this.#value({ kind: "built", height, round, blockId: built.blockId, timeMs: built.time }, built.bytes);
    });
  }

  #until(time: bigint): Promise<void> {
    const { clock } = this.#deps;
    const waitMs = Number(time - clock.now()) + 1;
    if (waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#timers.after(waitMs, resolve));
  }

  #signProposal({ height, round, polRound, blockId }: EffectOf<"sign_proposal">): void {
    const signer = present(this.#deps.signer, "only a node with a key proposes");
    this.#sign(
      "a proposal",
      height,
      round,
      () => signer.signProposal({ height, round, polRound, blockId }),
      (signature) => {
        const proposer = present(this.#self, "only a node with a key proposes");
        const proposal = { height, round, polRound, blockId, proposer, signature };
        return { kind: "proposal", proposal, receivedTimeMs: this.#deps.clock.now() };
      },
    );
  }

  #signVote({ type, height, round, blockId, index }: EffectOf<"sign_vote">): void {
    const signer = present(this.#deps.signer, "only a node with a key votes");
    this.#sign(
      "a vote",
      height,
      round,
      () => signer.signVote({ type, height, round, blockId }),
      (signature) => {
        const validator = present(this.#self, "only a node with a key votes");
        return { kind: "vote", vote: { type, height, round, blockId, validator, index, signature } };
      },
    );
  }

  /**
   * Beside the queue: a signer that is slow or away holds up nobody. What led to its word is on disk before it is asked:
   * it never forgets, so a node that asks for other words at the same place after a loss of power is refused, and a
   * network of such nodes waits for votes that never come.
   */
  #sign(
    what: string,
    height: bigint,
    round: number,
    request: () => Promise<Bytes | Rejection>,
    input: (signature: Bytes) => Input,
  ): void {
    this.#aside(async () => {
      const signature = await this.#signing.ask(height, round, async () => {
        await this.#deps.wal.flush();
        return request();
      });
      if (signature === undefined) return;
      if (isRejection(signature)) return this.#refused(what, signature);
      this.#input(input(signature));
    });
  }

  #refused(what: string, rejection: Rejection): void {
    this.#deps.log.warn(`the signer refuses ${what}`, { reason: rejectionText(rejection) });
  }

  async #publish({ message }: EffectOf<"publish">): Promise<void> {
    await this.#deps.wal.flush();
    this.#deps.gossip.publish(message);
  }

  async #decide({ height, round, blockId, certificate }: EffectOf<"decide">): Promise<void> {
    const block = present(this.#blocks.get(blockId.hash), "a decided value was judged, so its bytes are here");
    const startedMs = this.#heightStartedMs;
    const { txs } = await this.#commit(block, certificateCodec.encode(certificate));
    this.#deps.log.info("committed block", { height, round, txs: txs.length });
    const leftMs = startedMs + this.#deps.blockIntervalMs - this.#deps.clock.monotonicMs();
    // Late precommits still join the certificate meanwhile (L82).
    this.#timers.after(Math.max(0, leftMs), () =>
      this.#job(async () => {
        if (this.#tip?.height === height && this.#state.height === height) await this.#startHeight();
      }),
    );
  }

  async #commit(block: Bytes, certificate: Bytes): Promise<Committed> {
    const { chain, wal, mempool } = this.#deps;
    const committed = await chain.commit(block, certificate);
    this.#tip = committed.tip;
    this.#timers.clear();
    await wal.drop(committed.tip.height + 1n);
    await mempool.update(committed.txs);
    await this.#deps.onCommitted(committed);
    return committed;
  }
}

function ownSet(message: ValidatorSetMessage): ValidatorSet {
  const set = fromMessage(message);
  if (isRejection(set)) throw new Error(`the chain's own validator set: ${rejectionText(set)}`);
  return set;
}
