import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { certificateCodec } from "#proto/types/block.js";
import { splitParts } from "#proto/types/parts.js";
import type { Tip } from "../chain/types.js";
import type { Consensus, EffectOf } from "./consensus.js";
import type { DriveDeps } from "./deps.js";
import type { Signing } from "./signing.js";
import type { Timers } from "./timers.js";

/** The header, with a chain id and proofs at their largest, and the framing of what stands beside it. */
const HEADER_BYTES_MAX = 4 * 1024;
/** Tag and length of a certificate or a piece of evidence. */
const FRAMING_BYTES = 5;

/** Builds this node's blocks, beside the queue: votes of others go on meanwhile. */
export class Proposing {
  readonly #deps: DriveDeps;
  readonly #consensus: Consensus;
  readonly #signing: Signing;
  readonly #timers: Timers;

  constructor(deps: DriveDeps, consensus: Consensus, signing: Signing, timers: Timers) {
    this.#deps = deps;
    this.#consensus = consensus;
    this.#signing = signing;
    this.#timers = timers;
  }

  /** Behind this tip. What comes of it is the input `built`; nothing, when the height is over by then. */
  build(wanted: EffectOf<"build_block">, tip: Tip): void {
    const signer = present(this.#deps.signer, "only a node with a key proposes");
    const proposer = present(this.#consensus.state().self, "only a node with a key proposes");
    this.#consensus.aside(async () => {
      // BT3: a proposer waits until its clock is past the last block's time.
      await this.#until(tip.time);
      const proof = await this.#signing.ask("a beacon", wanted, () => signer.proveBeacon(wanted.height, tip.beacon));
      if (proof !== undefined && !this.#consensus.stopped()) await this.#build(wanted, tip, proposer, proof);
    });
  }

  async #build(
    { height, round, lastCertificate }: EffectOf<"build_block">,
    tip: Tip,
    proposer: Bytes,
    beaconProof: Bytes,
  ): Promise<void> {
    const { chain, mempool, evidence: pool, clock, gossip, log } = this.#deps;
    const state = this.#consensus.state();
    if (state.height !== height || state.round !== round) return; // The wait was longer than the round.
    // A clock may have been set back while we waited: such a block would be invalid, and the round ends without it.
    const time = clock.now();
    if (time <= tip.time) return log.warn("not proposing: this clock is behind the last block", { height, time });
    const { blockBytesMax, blockGasMax, evidenceBytesMax } = tip.params;
    const evidence = pool.reap(Number(evidenceBytesMax));
    const certificate = lastCertificate === undefined ? undefined : certificateCodec.encode(lastCertificate);
    const beside = [...(certificate === undefined ? [] : [certificate]), ...evidence];
    const besideBytes = beside.reduce((sum, { length }) => sum + length + FRAMING_BYTES, HEADER_BYTES_MAX);
    const left = Math.max(0, Number(blockBytesMax) - besideBytes);
    const txs = mempool.reap(left, blockGasMax);
    const built = await chain.build({
      height,
      round,
      time,
      proposer,
      beaconProof,
      lastCertificate: certificate,
      txs,
      evidence,
    });
    if (built === undefined) return; // The height was decided meanwhile.
    if (built.dropped.length > 0) log.warn("proposing without transactions", { height, reason: built.problem });
    mempool.drop(built.dropped);
    const { header, parts } = splitParts(built.bytes);
    this.#consensus.job(async () => {
      gossip.hold(height, header, parts);
      const { blockId, time: timeMs, bytes } = built;
      await this.#consensus.value({ kind: "built", height, round, blockId, timeMs }, bytes);
    });
  }

  #until(time: bigint): Promise<void> {
    const waitMs = Number(time - this.#deps.clock.now()) + 1;
    if (waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#timers.after(waitMs, resolve));
  }
}
