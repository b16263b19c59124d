import { setTimeout as sleep } from "node:timers/promises";
import { concat, u32be, type Bytes } from "#proto/bytes.js";
import { encodeSignerAnswer } from "#proto/wire/signer.js";
import { seeded, type SeededRandom } from "../../simulation/random.js";
import { socketTo } from "../http.js";
import { mutated } from "./mutate.js";
import type { Fuzzer } from "./table.js";

const line = (words: string): Buffer => Buffer.concat([Buffer.of(words.length + 1), Buffer.from(`${words}\n`)]);
/** Noise's messages have two bytes of length before them; the first is a key of 32 bytes. */
const noise = (length: number, fill: number): Buffer =>
  Buffer.concat([Buffer.of(length >> 8, length & 255), Buffer.alloc(length, fill)]);
const framed = (bytes: Bytes): Buffer => Buffer.from(concat(u32be(bytes.length), bytes));
const EMPTY = { id: 1n, key: undefined, signature: new Uint8Array(0), refusal: undefined, failure: undefined };

const corpus: readonly Buffer[] = [
  noise(32, 9),
  noise(96, 1),
  noise(65_535, 7),
  Buffer.of(255, 255),
  line("/multistream/1.0.0"),
  line("/noise"),
  framed(encodeSignerAnswer({ ...EMPTY, signature: new Uint8Array(64) })),
  framed(encodeSignerAnswer({ ...EMPTY, refusal: { code: 1, reason: "no" } })),
];

const AT_ONCE = 4;
const WRITES = 6;

/**
 * Strangers at the door of a validator's signer: they cannot prove the one key that it waits for, so that all they reach is
 * the handshake.
 * @param address host:port
 */
export const fuzzSigner: Fuzzer = async ({ address, seed, seconds }) => {
  const port = Number(address.split(":").at(-1));
  const endMs = performance.now() + seconds * 1000;
  let cases = 0;
  const attack = async (random: SeededRandom): Promise<void> => {
    while (performance.now() < endMs) {
      const socket = socketTo(port);
      socket.resume();
      for (let i = random.below(WRITES); i >= 0 && !socket.destroyed; i--) {
        socket.write(mutated(corpus, random));
        cases++;
        if (random.chance(50)) await sleep(random.below(5));
      }
      if (random.chance(50)) socket.resetAndDestroy();
      else socket.destroy();
      await sleep(1);
    }
  };
  const root = seeded(seed);
  await Promise.all(Array.from({ length: AT_ONCE }, () => attack(root.fork())));
  return { cases };
};
