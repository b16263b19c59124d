import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "#p2p/host.js";
import type { Clock } from "./deps.js";
import { createEarlyFrames } from "./early.js";

/** Early frames judged at one go: some milliseconds, when each is a certificate of many. */
const SLICE = 16;

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

  /** In slices, so that neither votes nor timers wait for what many have sent ahead. */
  #judge(): void {
    for (let i = 0; i < SLICE; i++) {
      const frame = this.#height === undefined ? undefined : this.#frames.next(this.#height);
      if (frame === undefined) {
        this.#height = undefined;
        return;
      }
      this.#onFrame(frame.peer, frame.bytes);
    }
    this.#clock.after(0, () => this.#judge());
  }
}
