import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "#p2p/host.js";
import type { GossipDeps } from "./deps.js";
import { createPeerView, type PeerView } from "./peer-view.js";

export const PROTOCOL = "consensus";

/** The assumed state of each peer, and the frames that follow from it. */
export class Relay {
  readonly #deps: Pick<GossipDeps, "clock" | "host">;
  readonly #views = new Map<PeerId, PeerView>();

  constructor(deps: Pick<GossipDeps, "clock" | "host">) {
    this.#deps = deps;
  }

  viewOf(peer: PeerId): PeerView {
    let view = this.#views.get(peer);
    if (view === undefined) this.#views.set(peer, (view = createPeerView()));
    return view;
  }

  forget(peer: PeerId): void {
    this.#views.delete(peer);
  }

  /** To one peer. False: not connected, or its queue is full and the link was cut. */
  send(peer: PeerId, bytes: Bytes): boolean {
    return this.#deps.host.send(peer, PROTOCOL, bytes);
  }

  /**
   * Sends to all peers but those that have it: the sender, other peers that sent it, and the sender's neighbours.
   * @param from the sender; undefined for our own messages
   */
  spread(bytes: Bytes, key: string, from?: PeerId, hasIt: (peer: PeerView) => boolean = () => false): void {
    const { host, clock } = this.#deps;
    const reached = from === undefined ? undefined : this.viewOf(from).neighbours;
    for (const peer of host.peers()) {
      const view = this.viewOf(peer);
      if (peer === from || view.has.has(key) || reached?.has(peer) === true || hasIt(view)) continue;
      view.noteSent(key, clock.monotonicMs());
      this.send(peer, bytes);
    }
  }
}
