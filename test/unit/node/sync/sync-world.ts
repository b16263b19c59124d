import assert from "node:assert/strict";
import { concat, equalBytes, u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { codespace, reject } from "#proto/rejection.js";
import { decodeBlocksQuestion, type BlocksQuestion } from "#proto/wire/blocks.js";
import { encodeStatus } from "#proto/wire/status.js";
import type { Chain, DecidedBlock } from "#node/sync/deps.js";
import { BlockSync } from "#node/sync/sync.js";
import type { Host } from "#p2p/host.js";
import { seeded } from "#test/simulation/random.js";
import { silent } from "../../p2p/silent.js";
import type { MemoryWorld } from "../../p2p/world-memory.js";

const errors = codespace("test", { wrong: 1 });

/** A block proves itself: its certificate is its hash with the height. */
const certificateOf = (height: bigint, block: Bytes): Bytes => sha256(concat(u64be(height), block));
export const blockOf = (height: bigint, size = 100): DecidedBlock => {
  const block = new Uint8Array(size).fill(Number(height % 250n) + 1);
  return { block, certificate: certificateOf(height, block) };
};

export interface TestNode {
  readonly chain: Chain & { readonly blocks: DecidedBlock[]; grow(to: bigint): void };
  readonly sync: BlockSync;
  readonly log: string[];
  readonly ready: { consensus: boolean };
}

export function node(world: MemoryWorld, host: Host, height: bigint, size = 100, isAlone = false): TestNode {
  const blocks: DecidedBlock[] = [];
  const log: string[] = [];
  const chain: TestNode["chain"] = {
    blocks,
    grow(to) {
      for (let at = BigInt(blocks.length) + 1n; at <= to; at++) blocks.push(blockOf(at, size));
    },
    height: () => BigInt(blocks.length),
    base: () => 1n,
    blockAt: (at) => blocks[Number(at) - 1],
    blockBytesMax: () => 4 * 1024 * 1024,
    verify(at, { block, certificate }) {
      assert.equal(at, BigInt(blocks.length) + 1n);
      return equalBytes(certificate, certificateOf(at, block)) ? undefined : reject(errors.wrong, { height: at });
    },
    apply(at, decided) {
      assert.equal(at, BigInt(blocks.length) + 1n);
      assert.ok(log.at(-1) !== "resume", "applied while consensus runs");
      return new Promise((resolve) =>
        world.clock.after(1, () => {
          blocks.push(decided);
          resolve();
        }),
      );
    },
  };
  chain.grow(height);
  const ready = { consensus: true };
  const consensus = {
    isReady: () => ready.consensus,
    sufficesAlone: () => isAlone,
    pause: () => {
      log.push("pause");
      return Promise.resolve();
    },
    resume: () => void log.push("resume"),
  };
  const sync = new BlockSync(
    { clock: world.clock, random: seeded(5n), log: silent, host, chain, consensus },
    { waitForPeersMs: 3_000 },
  );
  return { chain, sync, log, ready };
}

/** Speaks the protocol and lies as the handler says. */
export function liar(
  host: Host,
  status: { base: bigint; height: bigint },
  answer: (question: BlocksQuestion) => Bytes | undefined | "never" | Promise<Bytes>,
): void {
  host.onPeer((peer) => host.send(peer, "status", encodeStatus(status)));
  host.serve("blocks", (_peer, bytes) => {
    const given = answer(decodeBlocksQuestion(bytes) as BlocksQuestion);
    return given === "never" ? new Promise(() => undefined) : Promise.resolve(given);
  });
}

export const windowOf = (height: bigint, { block, certificate }: DecidedBlock) => ({
  height,
  certificate,
  total: block.length,
  offset: 0,
  bytes: block,
});
export const star = (n: number): number[][] => [
  Array.from({ length: n }, (_, i) => i + 1),
  ...Array.from({ length: n }, () => []),
];

export async function caughtUp(
  world: MemoryWorld,
  { chain, log }: TestNode,
  height: bigint,
  ms = 60_000,
): Promise<void> {
  await world.until(`height ${height}`, () => chain.height() === height && log.at(-1) === "resume", ms);
}
