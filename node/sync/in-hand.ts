import type { PeerId } from "#p2p/host.js";
import type { DecidedBlock } from "./deps.js";

export interface Received extends DecidedBlock {
  readonly from: PeerId;
}

const BYTES_MAX = 32 * 1024 * 1024;

/** Blocks that wait for the ones before them. Beyond BYTES_MAX nothing more is asked for; answers under way still fit. */
export class InHand {
  readonly #blocks = new Map<bigint, Received>();
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes > BYTES_MAX;
  }

  has(height: bigint): boolean {
    return this.#blocks.has(height);
  }

  /** The first one that came stays. */
  put(height: bigint, received: Received): void {
    if (this.#blocks.has(height)) return;
    this.#blocks.set(height, received);
    this.#bytes += received.block.length;
  }

  take(height: bigint): Received | undefined {
    const received = this.#blocks.get(height);
    if (received === undefined) return undefined;
    this.#blocks.delete(height);
    this.#bytes -= received.block.length;
    return received;
  }

  forgetUpTo(height: bigint): void {
    for (const at of [...this.#blocks.keys()]) if (at <= height) this.take(at);
  }

  forgetFrom(peer: PeerId): void {
    for (const [at, { from }] of [...this.#blocks]) if (from === peer) this.take(at);
  }
}
