import type { Bytes } from "#proto/bytes.js";
import { partsKey, type PartSetHeader } from "#proto/types/block-id.js";
import type { BlockPart } from "#proto/types/parts.js";
import { encodeConsensusFrame, type PartFrame } from "#proto/wire/consensus.js";
import type { PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import type { GossipDeps } from "./deps.js";
import type { EarlyJudging } from "./early-judging.js";
import { frameKey } from "./frames.js";
import type { PartSets } from "./part-sets.js";
import { listsPart } from "./peer-view.js";
import type { Relay } from "./relay.js";

/** Longer than a block's execution takes: consensus gets a block again that it still waits for. */
const OFFER_AGAIN_MS = 1_000;

/** Blocks in parts: collected from peers, relayed, and offered to consensus when they are whole. */
export class Blocks {
  readonly #deps: GossipDeps;
  readonly #relay: Relay;
  readonly #sets: PartSets;
  readonly #early: EarlyJudging;
  /** By part set; of this height. */
  readonly #offeredMs = new Map<string, number>();

  constructor(deps: GossipDeps, relay: Relay, sets: PartSets, early: EarlyJudging) {
    this.#deps = deps;
    this.#relay = relay;
    this.#sets = sets;
    this.#early = early;
  }

  /** Our own block, after its proposal. */
  publish(header: PartSetHeader): void {
    const set = this.#sets.get(header);
    if (set === undefined) return;
    for (const part of set.parts.values()) {
      const bytes = partFrame(set.height, header, part);
      this.#relay.spread(bytes, frameKey(bytes));
    }
  }

  /** True when this part completes its block. */
  receive(peer: PeerId, { height, parts: header, part }: PartFrame, bytes: Bytes): boolean {
    const { core, host } = this.#deps;
    const now = core.summary();
    if (now === undefined || header === undefined || part === undefined) return false;
    const key = frameKey(bytes);
    this.#relay.viewOf(peer).has.add(key);
    const verdict = this.#sets.add(header, part);
    if (verdict === "unknown") this.#early.keep(peer, height, bytes, now.height);
    if (verdict === "wrong") host.penalize(peer, penalties.badBlock, "consensus: a part outside its block");
    if (verdict !== "new" && verdict !== "complete") return false;
    this.#relay.spread(bytes, key, peer, (view) => listsPart(view, header, part.index));
    if (verdict === "complete") this.#finish(height, header);
    return verdict === "complete";
  }

  #finish(announced: bigint, header: PartSetHeader): void {
    const { height } = this.#sets.get(header)!;
    const bytes = this.#sets.bytes(header)!;
    this.#deps.log.debug("block assembled", { height, bytes: bytes.length, announced });
    this.#offer(height, header, bytes);
  }

  /** Also after a restart, when consensus knows a proposal from its log and the parts are gone. */
  collectWanted(height: bigint): void {
    const { core } = this.#deps;
    const headers = core.wanted().flatMap(({ parts }) => (parts === undefined ? [] : [parts]));
    this.#sets.protect(headers);
    for (const header of headers) {
      this.#sets.open(height, header, core.blockBytesMax());
      this.#offerAgain(header);
    }
  }

  /** A block may be whole before its proposal is judged, or come again in a later round; no other event reports it. */
  #offerAgain(header: PartSetHeader): void {
    const bytes = this.#sets.bytes(header);
    const lastMs = this.#offeredMs.get(partsKey(header)) ?? -OFFER_AGAIN_MS;
    if (bytes === undefined || this.#deps.clock.monotonicMs() - lastMs < OFFER_AGAIN_MS) return;
    this.#offer(this.#sets.get(header)!.height, header, bytes);
  }

  #offer(height: bigint, header: PartSetHeader, bytes: Bytes): void {
    this.#offeredMs.set(partsKey(header), this.#deps.clock.monotonicMs());
    this.#deps.core.assembled(height, header, bytes);
  }

  dropBelow(height: bigint): void {
    this.#sets.dropBelow(height);
    this.#offeredMs.clear();
  }
}

export const partFrame = (height: bigint, parts: PartSetHeader, part: BlockPart): Bytes =>
  encodeConsensusFrame({ kind: "part", value: { height, parts, part } });
