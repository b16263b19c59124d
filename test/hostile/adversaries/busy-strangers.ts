import { encodeConsensusFrame } from "#proto/wire/consensus.js";
import { encodeStatus } from "#proto/wire/status.js";
import type { Bytes } from "#proto/bytes.js";
import { protocols } from "#p2p/protocols/table.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";
import type { SeededRandom } from "../../simulation/random.js";
import type { Adversary } from "../adversary.js";
import { seedOf, strangers } from "../peer/stranger.js";
import { pause, progress } from "../waiting.js";

const STRANGERS = 8;
const TICK_MS = 50;
/** Of its own limits, alike for frames and bytes. */
const SHARE = 0.9;
const PART_BYTES = 60_000;

export const busyStrangers: Adversary = {
  name: "busy-strangers",
  does: `${STRANGERS} peers send what costs a node most, each within its own rates`,
  seconds: 40,
  control: "quiet",
  async run({ net, random, signal }) {
    const all = await strangers(net, random, STRANGERS);
    const { framesRate, bytesRate } = protocols.consensus;
    const perTick = (rate: number): number => Math.floor((rate * SHARE * TICK_MS) / 1000);
    while (!signal.aborted) {
      const startedMs = performance.now();
      const height = BigInt((await progress(net.targets[0]!))?.height ?? 1) + 1n;
      const status = ignorant(height);
      const parts = Math.floor(perTick(bytesRate.perSecond) / PART_BYTES);
      for (const { transport, linked } of all) {
        for (const peer of linked) {
          if (random.chance(50)) transport.send(peer, "status", encodeStatus({ base: 1n, height: height - 1n }));
          for (let i = 0; i < parts; i++) transport.send(peer, "consensus", part(height, random));
          for (let i = parts; i < perTick(framesRate.perSecond); i++) transport.send(peer, "consensus", status);
        }
      }
      await pause(Math.max(1, TICK_MS - (performance.now() - startedMs)), signal);
    }
    await Promise.all(all.map((one) => one.stop()));
    return undefined;
  },
};

/** Asks for everything of the height again and again. */
function ignorant(height: bigint): Bytes {
  return encodeConsensusFrame({ kind: "status", value: { height, round: 0, step: 0, rounds: [], parts: [] } });
}

/** Of a block that was not proposed. */
function part(height: bigint, random: SeededRandom): Bytes {
  const { parts } = blockIdFrom(seedOf(random), 1, seedOf(random));
  const bytes = Buffer.alloc(PART_BYTES, random.below(256));
  return encodeConsensusFrame({ kind: "part", value: { height, parts, part: { index: 0, bytes, aunts: [] } } });
}
