import { isRejection } from "#proto/rejection.js";
import { BLOCK_BYTES_CEILING } from "#proto/limits.js";
import type { Bytes } from "#proto/bytes.js";
import {
  BLOCKS_WINDOW_BYTES,
  decodeBlocksAnswer,
  decodeBlocksQuestion,
  encodeBlocksAnswer,
  type BlocksQuestion,
} from "#proto/wire/blocks.js";
import { encodeStatus } from "#proto/wire/status.js";
import { altered, randomBytes, type Role, type Stage } from "./role.js";

/** Longer than anybody waits for an answer. */
const SILENCE_MS = 20_000;
/** Just in time for one answer, too slow for a block. */
const SLOW_MS = 9_000;
const CLAIM = 2n ** 40n;

type Honest = () => Promise<Bytes | undefined>;
type Lie = (stage: Stage, question: BlocksQuestion, honest: Honest) => Promise<Bytes | undefined>;

/** The last ones get it banned by the asking peer, so they are rarer. */
const lies: readonly (readonly [weight: number, Lie])[] = [
  [30, (_stage, _question, honest) => honest()],
  [30, silence],
  [30, () => Promise.resolve(undefined)],
  [20, slowWindows],
  [3, wrongBlocks],
  [2, dribble],
];

/** Claims a chain without end, and keeps peers that ask for it waiting, or sends invalid blocks. */
export const lyingServer: Role = (ports, stage) => {
  const { host } = ports;
  // It never takes a claim back, which would be found out at once.
  const claim = encodeStatus({ base: 1n, height: CLAIM + BigInt(stage.random.below(1_000)) });
  const frameOf = (protocol: string, frame: Bytes): Bytes => {
    if (protocol !== "status" || stage.plot.mode === "off") return frame;
    stage.did();
    return claim;
  };
  return {
    ...ports,
    host: altered(host, {
      send: (peer, protocol, frame) => host.send(peer, protocol, frameOf(protocol, frame)),
      broadcast: (protocol, frame, except) => host.broadcast(protocol, frameOf(protocol, frame), except),
      serve: (protocol, handler) =>
        host.serve(protocol, (peer, bytes) => {
          const question = protocol === "blocks" ? decodeBlocksQuestion(bytes) : undefined;
          if (question === undefined || isRejection(question) || stage.plot.mode === "off") return handler(peer, bytes);
          stage.did();
          return drawn(stage)(stage, question, () => handler(peer, bytes));
        }),
    }),
  };
};

function drawn({ random }: Stage): Lie {
  let left = random.below(lies.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, lie] of lies) {
    if (left < weight) return lie;
    left -= weight;
  }
  return silence;
}

const wait = ({ clock }: Stage, ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));

/** Before its own consensus has begun, the least that takes two windows. */
const largest = (stage: Stage): number => Math.max(stage.node()?.drive.blockBytesMax() ?? 0, BLOCKS_WINDOW_BYTES + 1);

async function silence(stage: Stage): Promise<undefined> {
  await wait(stage, SILENCE_MS);
}

/** A made-up block of the largest allowed size, full window after full window. */
async function slowWindows(stage: Stage, { from, offset }: BlocksQuestion): Promise<Bytes> {
  const total = largest(stage);
  await wait(stage, SLOW_MS);
  const bytes = new Uint8Array(Math.max(1, Math.min(BLOCKS_WINDOW_BYTES, total - offset)));
  return encodeBlocksAnswer([{ height: from, certificate: Uint8Array.of(1), total, offset, bytes }]);
}

async function wrongBlocks(stage: Stage, { from }: BlocksQuestion, honest: Honest): Promise<Bytes> {
  const answer = await honest();
  const windows = answer === undefined ? [] : decodeBlocksAnswer(answer, BLOCK_BYTES_CEILING);
  const block = randomBytes(stage.random, 200);
  if (isRejection(windows) || windows.length === 0) {
    return encodeBlocksAnswer([{ height: from, certificate: block, total: 200, offset: 0, bytes: block }]);
  }
  return encodeBlocksAnswer(
    windows.map((window) => {
      const bytes = window.bytes.slice();
      bytes[stage.random.below(bytes.length)]! ^= 1;
      return { ...window, bytes };
    }),
  );
}

/** A block that takes millions of answers. */
function dribble(stage: Stage, { from, offset }: BlocksQuestion): Promise<Bytes> {
  const total = largest(stage);
  const window = { height: from, certificate: Uint8Array.of(1), total, offset, bytes: Uint8Array.of(0) };
  return Promise.resolve(encodeBlocksAnswer([window]));
}
