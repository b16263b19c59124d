import { rebroadcast } from "#consensus/knowledge.js";
import { replay } from "#consensus/replay.js";
import { earlyInputs } from "#consensus/round.js";
import type { Input, StartHeight, ValidatorSet } from "#consensus/types.js";
import { AssertionError, present } from "#proto/assert.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { certificateCodec } from "#proto/types/block.js";
import { splitParts } from "#proto/types/parts.js";
import { isOneHonest } from "#proto/types/validators.js";
import type { Committed, Tip } from "../chain/types.js";
import type { LastWords } from "../signer/signer.js";
import type { BlocksInFlight } from "./blocks.js";
import type { Consensus, EffectOf } from "./consensus.js";
import type { DriveDeps } from "./deps.js";
import { leadsTo } from "./leads-to.js";
import { readRecords } from "./log-record.js";
import type { Timers } from "./timers.js";
import { validatorsOf } from "./validators.js";

/** One height after the other: each begins behind the tip, fresh or where its log ends, and its block is the next tip. */
export class Heights {
  readonly #deps: DriveDeps;
  readonly #consensus: Consensus;
  readonly #timers: Timers;
  readonly #blocks: BlocksInFlight;
  #self: Bytes | undefined;
  #tip: Tip | undefined;
  /** Monotonic time at which the current height started. */
  #startedMs = 0;
  /** Decided: the next height waits for its time. */
  #wait: { readonly next: ValidatorSet; begin(): void } | undefined;

  constructor(deps: DriveDeps, consensus: Consensus, timers: Timers, blocks: BlocksInFlight) {
    this.#deps = deps;
    this.#consensus = consensus;
    this.#timers = timers;
    this.#blocks = blocks;
  }

  /** Undefined before the first `resume`. */
  get tip(): Tip | undefined {
    return this.#tip;
  }

  /**
   * After a start, after a crash, or after sync brought the chain further.
   * @param self our consensus address; undefined for a node without a key
   */
  async resume(self: Bytes | undefined): Promise<void> {
    const { chainId, chain, wal, gossip, clock, log } = this.#deps;
    this.#self = self;
    const tip = await chain.tip();
    this.#tip = tip;
    const height = tip.height + 1n;
    if (this.#consensus.state().height === height) return; // The pause changed nothing.
    const records = readRecords(await wal.read(height));
    const inputs = records.flatMap((record) => (record.kind === "input" ? [record.input] : []));
    if (inputs.length === 0) return this.#start(tip);
    const { state, open, asked } = replay(inputs);
    const last = this.#wordsAt(height);
    const isOurs = last === undefined || leadsTo(chainId, asked, last);
    if (!isOurs || !isBegunBy(self, inputs[0]!)) {
      await wal.drop(height + 1n);
      return this.#start(tip);
    }
    await wal.begin(height);
    for (const record of records) if (record.kind === "block") await this.#restoreBlock(height, record.bytes);
    this.#consensus.restore(state);
    this.#startedMs = clock.monotonicMs();
    gossip.heightStarted(state.height);
    log.info("continuing from the write-ahead log", {
      height: state.height,
      round: state.round,
      inputs: inputs.length,
    });
    await this.#consensus.carryOut(open);
    for (const message of rebroadcast(this.#consensus.state())) gossip.publish(message);
  }

  /** The last signature of this node's key, if it is of this height. */
  #wordsAt(height: bigint): LastWords | undefined {
    const last = this.#deps.signer?.lastSigned();
    return last?.height === height ? last : undefined;
  }

  async #restoreBlock(height: bigint, bytes: Bytes): Promise<void> {
    const { blockId } = await this.#deps.chain.process(bytes);
    if (blockId === undefined) return;
    this.#blocks.put(blockId, bytes);
    const { header, parts } = splitParts(bytes);
    this.#deps.gossip.hold(height, header, parts);
  }

  /** Starts with an empty log. If our key already signed at the height, its lock is unknown, so the height is not signed. */
  async #start(tip: Tip): Promise<void> {
    const { wal, clock, gossip, log } = this.#deps;
    const last = this.#wordsAt(tip.height + 1n);
    if (last !== undefined) {
      log.warn(
        "this key has signed at this height, and the write-ahead log that led to the signature is missing: " +
          "this node follows the height without signing and signs again from the next one on",
        { height: last.height, round: last.round, step: last.step },
      );
    }
    await wal.begin(tip.height + 1n);
    this.#wait = undefined;
    this.#timers.clear();
    this.#blocks.clear();
    this.#startedMs = clock.monotonicMs();
    const early = earlyInputs(this.#consensus.state());
    await this.#consensus.feed(this.#startInput(tip, last === undefined ? this.#self : undefined));
    gossip.heightStarted(tip.height + 1n); // Its early frames are judged by the state of this height.
    // They stand in the log of this height too: a lock may rest on them.
    for (const input of early) await this.#consensus.feed(input);
  }

  #startInput(tip: Tip, self: Bytes | undefined): StartHeight {
    const lastCertificate = tip.certificate === undefined ? undefined : certificateCodec.decode(tip.certificate);
    if (isRejection(lastCertificate)) {
      throw new AssertionError(`our own certificate: ${rejectionText(lastCertificate)}`);
    }
    const { precisionMs, messageDelayMs } = tip.params;
    return {
      kind: "start_height",
      height: tip.height + 1n,
      validators: validatorsOf(tip),
      self,
      lastCertificate,
      timeouts: this.#deps.timeouts,
      timing: { precisionMs, messageDelayMs },
    };
  }

  async decide({ height, round, blockId, certificate }: EffectOf<"decide">): Promise<void> {
    const block = present(this.#blocks.get(blockId), "a decided value was judged, so its bytes are here");
    const startedMs = this.#startedMs;
    const { txs } = await this.commit(block, certificateCodec.encode(certificate));
    this.#deps.log.info("committed block", { height, round, txs: txs.length });
    const leftMs = startedMs + this.#deps.blockIntervalMs - this.#deps.clock.monotonicMs();
    const begin = (): void => {
      this.#wait = undefined;
      this.#consensus.job(async () => {
        if (this.#tip?.height === height && this.#consensus.state().height === height) await this.#start(this.#tip);
      });
    };
    this.#wait = { next: validatorsOf(present(this.#tip, "a height was committed")), begin };
    // Late precommits still join the certificate meanwhile (L82).
    this.#timers.after(Math.max(0, leftMs), begin);
    this.joinOthers();
  }

  /**
   * Begins the next height when more than a third of its power is heard in it: at least one of them is honest. A validator
   * that came late once would otherwise wait for its own interval at every height, find it decided, and rarely vote again.
   * Called after each early message; it walks the set once, over at most one early entry a validator.
   */
  joinOthers(): void {
    const { step, nextHeight } = this.#consensus.state();
    if (this.#wait === undefined || step !== "decided") return;
    const { members, totalPower } = this.#wait.next;
    const begun = members.filter(({ address }) => nextHeight.some(({ validator }) => equalBytes(validator, address)));
    const power = begun.reduce((sum, member) => sum + member.power, 0n);
    if (isOneHonest(power, totalPower)) this.#wait.begin();
  }

  /** The one way into the chain, for consensus and for sync. @throws ChainFault when the block is invalid here */
  async commit(block: Bytes, certificate: Bytes): Promise<Committed> {
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

/** A height that was begun with another key, or without one, is begun anew: what this log wants signed is not for this key. */
function isBegunBy(self: Bytes | undefined, first: Input): boolean {
  if (first.kind !== "start_height") return true;
  return self === undefined || first.self === undefined ? self === first.self : equalBytes(self, first.self);
}
