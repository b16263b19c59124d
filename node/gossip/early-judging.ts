import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "#p2p/host.js";
import type { Clock } from "./deps.js";
import { createEarlyFrames } from "./early.js";

/** Early frames judged at one go. One can be a certificate of many, and its sender a peer to part with: so time counts too. */
const SLICE = { frames: 16, ms: 5 } as const;

/** Judges the frames kept for a height once that height has started. */
export class EarlyJudging {
  readonly #clock: Clock;
  readonly #onFrame: (peer: PeerId, bytes: Bytes) => void;
  readonly #frames = createEarlyFrames();
  /** Frames of this height are being judged. */
  #height: bigint | undefined;

  constructor(clock: Clock, onFrame: (peer: PeerId, bytes: Bytes) => void) {
    this.#clock = clock;
    this.#onFrame = onFrame;
  }

  /** Of the next height only. Not noted as seen: it is looked at again when its height starts. */
  keep(peer: PeerId, height: bigint, bytes: Bytes, current: bigint): void {
    if (height === current + 1n) this.#frames.keep({ peer, height, bytes });
  }

  forget(peer: PeerId): void {
    this.#frames.forget(peer);
  }

  heightStarted(height: bigint): void {
    this.#frames.dropBelow(height);
    const isRunning = this.#height !== undefined;
    this.#height = height;
    if (!isRunning) this.#judge();
  }

  /** In slices, each followed by a rest of its length, so that neither votes nor timers wait for what many sent ahead. */
  #judge(): void {
    const startedMs = this.#clock.monotonicMs();
    const spentMs = (): number => this.#clock.monotonicMs() - startedMs;
    for (let i = 0; i < SLICE.frames && (i === 0 || spentMs() < SLICE.ms); i++) {
      const frame = this.#height === undefined ? undefined : this.#frames.next(this.#height);
      if (frame === undefined) {
        this.#height = undefined;
        return;
      }
      this.#onFrame(frame.peer, frame.bytes);
    }
    this.#clock.after(spentMs(), () => this.#judge());
  }
}
