import type { Bytes } from "#proto/bytes.js";
import { P2pFault } from "#p2p/host.js";
import type { ByteLinkEvents, OnByteLink } from "#p2p/transport/byte-link.js";
import type { VirtualClock } from "./clock.js";
import type { SeededRandom } from "./random.js";

/** What is lost is sent again, and all behind it waits. */
const AGAIN_MS_LEAST = 200;
const AGAIN_MS_SPREAD = 1_300;
/** Who gets no acknowledgement for so long gives the connection up. */
const GIVE_UP_MS = 20_000;
/** As node/signer dials: behind it the handshake has failed. */
const DIAL_MS_MAX = 5_000;

export type End = "node" | "signer";
const farOf = (end: End): End => (end === "node" ? "signer" : "node");

export interface LineWeather {
  /** One way; least and most. */
  readonly delayMs: readonly [number, number];
  readonly lossPercent: number;
}
export const calm: LineWeather = { delayMs: [1, 10], lossPercent: 0 };

/** What carries the connections between one node and its signer, as TCP would over a bad network. */
export class SignerLine {
  /** The node listens; undefined: it does not. */
  listener: OnByteLink | undefined;
  weather = calm;
  readonly clock: Pick<VirtualClock, "monotonicMs" | "after">;
  readonly #random: SeededRandom;
  readonly #connections = new Set<Connection>();
  #isCut = false;

  constructor(clock: Pick<VirtualClock, "monotonicMs" | "after">, random: SeededRandom) {
    this.clock = clock;
    this.#random = random;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** @param clock of the dialling machine, which may lose power meanwhile. @throws P2pFault */
  async dial(clock: Pick<VirtualClock, "after">, onLink: OnByteLink): Promise<void> {
    const pass = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
    await pass(this.travelMs() + this.travelMs());
    if (this.#isCut) {
      await pass(DIAL_MS_MAX);
      throw new P2pFault("dial_failed", "no answer");
    }
    const { listener } = this;
    if (listener === undefined) throw new P2pFault("dial_failed", "nobody listens");
    for (const connection of this.#connections) if (connection.isOver) this.#connections.delete(connection);
    this.#connections.add(new Connection(this, { node: listener, signer: onLink }));
  }

  travelMs(): number {
    const [least, most] = this.weather.delayMs;
    const again = this.#random.chance(this.weather.lossPercent);
    const ms = least + this.#random.below(most - least + 1);
    return again ? ms + AGAIN_MS_LEAST + this.#random.below(AGAIN_MS_SPREAD) : ms;
  }

  /** Nothing arrives until it is healed; neither end is told. */
  cut(): void {
    this.#isCut = true;
  }

  heal(): void {
    this.#isCut = false;
    for (const connection of [...this.#connections]) connection.goOn();
  }

  /** Both ends are told at once. */
  reset(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }

  /** The machine at one end has lost power, which the other end does not hear. */
  vanish(end: End): void {
    if (end === "node") this.listener = undefined;
    for (const connection of [...this.#connections]) connection.vanish(end);
  }
}

/** Bytes, or that no more come. */
type Packet = { readonly to: End; readonly bytes: Bytes | undefined };

/** One connection. An end is there until it is closed, has given up or has vanished. */
class Connection {
  readonly #line: SignerLine;
  readonly #ends: Record<End, ByteLinkEvents | undefined> = { node: undefined, signer: undefined };
  readonly #lastArrivalMs: Record<End, number> = { node: 0, signer: 0 };
  /** Arrived at a cut: who sent it sends it again. */
  #held: Packet[] = [];

  constructor(line: SignerLine, onLink: Readonly<Record<End, OnByteLink>>) {
    this.#line = line;
    for (const end of ["signer", "node"] as const) {
      this.#ends[end] = onLink[end]({
        remote: `the ${farOf(end)}`,
        send: (bytes) => this.#send({ to: farOf(end), bytes: bytes.slice() }),
        close: () => {
          this.#send({ to: farOf(end), bytes: undefined });
          this.#line.clock.after(1, () => this.#close(end, "closed"));
        },
      });
    }
  }

  get isOver(): boolean {
    return this.#ends.node === undefined && this.#ends.signer === undefined;
  }

  goOn(): void {
    for (const packet of this.#held.splice(0)) this.#arrive(packet);
  }

  reset(): void {
    this.#close("node", "reset");
    this.#close("signer", "reset");
  }

  vanish(end: End): void {
    this.#ends[end] = undefined;
  }

  #send(packet: Packet): void {
    const { clock } = this.#line;
    const ms = Math.max(this.#lastArrivalMs[packet.to], clock.monotonicMs() + this.#line.travelMs());
    this.#lastArrivalMs[packet.to] = ms;
    clock.after(ms - clock.monotonicMs(), () => this.#arrive(packet));
  }

  #arrive(packet: Packet): void {
    const { to, bytes } = packet;
    if (this.#line.isCut) {
      if (!this.#held.some((held) => held.to === to)) this.#giveUpLater(farOf(to));
      this.#held.push(packet);
    } else if (this.#ends[to] === undefined) this.#close(farOf(to), "reset");
    else if (bytes === undefined) this.#close(to, "closed by the other end");
    else this.#ends[to].bytes(bytes);
  }

  /** Only who waits for an acknowledgement notices that none comes. */
  #giveUpLater(end: End): void {
    this.#line.clock.after(GIVE_UP_MS, () => {
      if (!this.#held.some(({ to }) => to === farOf(end))) return;
      this.#held = this.#held.filter(({ to }) => to === end);
      this.#close(end, "timed out");
    });
  }

  #close(end: End, reason: string): void {
    const events = this.#ends[end];
    this.#ends[end] = undefined;
    events?.closed(reason);
  }
}
