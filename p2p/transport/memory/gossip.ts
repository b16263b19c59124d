import type { Bytes } from "#proto/bytes.js";
import type { Clock } from "../../deps.js";
import type { PeerId } from "../../host.js";
import type { Links, MemoryNode } from "./links.js";

export const SEEN_MAX = 20_000;
/** As gossipsub's heartbeat repairs what a mesh lost. */
const REPAIR_MS = 1_000;
const REPAIRS_MAX = 5;

/** Floods a message to every subscribed peer of a node; what a link loses is sent again, as a mesh would repair it. */
export class Flood {
  readonly #clock: Clock;
  readonly #links: Links;

  constructor(clock: Clock, links: Links) {
    this.#clock = clock;
    this.#links = links;
  }

  /** @param except who brought it; undefined for the node's own */
  spread(from: MemoryNode, topic: string, message: Bytes, id: string, except?: PeerId): void {
    from.seen.add(id);
    for (const to of this.#links.peersOf(from.id)) {
      if (to !== except) this.#hand(from, to, topic, message, id, REPAIRS_MAX);
    }
  }

  #hand(from: MemoryNode, to: PeerId, topic: string, message: Bytes, id: string, repairs: number): void {
    const link = this.#links.between(from.id, to);
    const far = this.#links.nodes.get(to);
    if (link === undefined || far === undefined || !far.topics.has(topic)) return;
    const carried = this.#links.carry(link, from.id, to, `${topic} ${id.slice(0, 16)}`, (events) => {
      if (far.seen.has(id)) return;
      far.seen.add(id);
      void Promise.resolve(events.gossip(from.id, topic, message.slice())).then((verdict) => {
        if (verdict === "accept" && far.events !== undefined) this.spread(far, topic, message, id, from.id);
      });
    });
    if (carried || repairs === 0) return;
    this.#clock.after(REPAIR_MS, () => this.#hand(from, to, topic, message, id, repairs - 1));
  }
}
