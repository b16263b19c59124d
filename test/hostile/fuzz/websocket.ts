import { setTimeout as sleep } from "node:timers/promises";
import { seeded, type SeededRandom } from "../../simulation/random.js";
import { rpcCall, socketTo } from "../http.js";
import { mutated } from "./mutate.js";
import type { Fuzzer } from "./table.js";

const HANDSHAKE = Buffer.from(
  "GET /websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
);
const HANDSHAKE_MS_MAX = 1_000;
const AT_ONCE = 4;
const FRAMES = 12;

/** A masked frame of RFC 6455, as a client sends it; the length may be one of another frame. */
function frame(opcode: number, payload: Buffer, length = payload.length, final = true): Buffer {
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(4), payload]); // A mask of zeros leaves the payload as it is.
}

const text = (words: string): Buffer => frame(1, Buffer.from(words));
const subscribe = (query: string): string => rpcCall("subscribe", { query });

const corpus: readonly Buffer[] = [
  text(rpcCall("status", {})),
  text(subscribe("tm.event='NewBlock'")),
  text(subscribe("tm.event='Tx' AND tx.height > 5")),
  text(rpcCall("unsubscribe", { query: "tm.event='NewBlock'" })),
  text(rpcCall("unsubscribe_all", {})),
  text(`[${rpcCall("health", {})},${rpcCall("block", { height: "1" })}]`),
  text(rpcCall("tx_search", { query: "tx.height > 0" })),
  frame(2, Buffer.from("binary")),
  frame(8, Buffer.from([3, 232])),
  frame(9, Buffer.from("ping")),
  frame(10, Buffer.alloc(0)),
  frame(1, Buffer.from("{"), 2 ** 31),
  frame(1, Buffer.from('{"a":'), undefined, false),
  frame(0, Buffer.from("1}")),
  frame(3, Buffer.from("reserved")),
];

/** @param address host:port of a listener that serves /websocket */
export const fuzzWebSocket: Fuzzer = async ({ address, seed, seconds }) => {
  const port = Number(address.split(":").at(-1));
  const endMs = performance.now() + seconds * 1000;
  let cases = 0;
  const attack = async (random: SeededRandom): Promise<void> => {
    while (performance.now() < endMs) {
      const socket = socketTo(port);
      socket.write(random.chance(90) ? HANDSHAKE : mutated([HANDSHAKE], random));
      await Promise.race([
        new Promise((resolve) => socket.once("data", resolve).once("close", resolve)),
        sleep(HANDSHAKE_MS_MAX),
      ]);
      socket.resume();
      for (let i = random.below(FRAMES); i >= 0 && socket.writable && performance.now() < endMs; i--) {
        socket.write(mutated(corpus, random));
        cases++;
        if (random.chance(20)) await sleep(random.below(5));
      }
      if (random.chance(50)) socket.resetAndDestroy();
      else socket.destroy();
    }
  };
  const root = seeded(seed);
  await Promise.all(Array.from({ length: AT_ONCE }, () => attack(root.fork())));
  return { cases };
};
