import type { Bytes } from "#proto/bytes.js";
import type { ByteLinkEvents, OnByteLink } from "#p2p/transport/byte-link.js";
import type { VirtualClock } from "#test/simulation/clock.js";

const DELAY_MS = 1;

/** A wire between two ends in one process: bytes arrive a millisecond later, in pieces of `pieceBytes`. */
export class Wire {
  readonly #clock: VirtualClock;
  readonly #pieceBytes: number;
  readonly #ends: ByteLinkEvents[] = [];
  /** A dead machine: nothing arrives, and no end is reported. */
  dead = false;
  #closed = false;
  /** Bytes that arrived at each end. */
  readonly carried: Bytes[][] = [[], []];

  constructor(clock: VirtualClock, a: OnByteLink, b: OnByteLink, pieceBytes = 7) {
    this.#clock = clock;
    this.#pieceBytes = pieceBytes;
    for (const [i, onLink] of [a, b].entries()) {
      this.#ends.push(
        onLink({
          remote: `end ${1 - i}`,
          send: (bytes) => this.send(1 - i, bytes),
          close: () => void clock.after(DELAY_MS, () => this.close()),
        }),
      );
    }
  }

  /** Also what no end of ours would say. */
  send(to: number, bytes: Bytes): void {
    for (let at = 0; at < bytes.length; at += this.#pieceBytes) {
      const piece = bytes.slice(at, at + this.#pieceBytes);
      this.#clock.after(DELAY_MS, () => {
        if (this.dead || this.#closed) return;
        this.carried[to]!.push(piece);
        this.#ends[to]!.bytes(piece);
      });
    }
  }

  close(): void {
    if (this.#closed || this.dead) return;
    this.#closed = true;
    for (const end of this.#ends) end.closed("closed");
  }
}
