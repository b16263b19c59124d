import type { Bytes } from "#proto/bytes.js";
import type { Adversary } from "../adversary.js";
import { stranger } from "../fuzz/p2p-client.js";
import { lanes } from "../http.js";
import { seedOf } from "../peer/stranger.js";
import { pause } from "../waiting.js";

/** Version, type, flags, stream and length of frames that no Yamux has. */
const BAD_FRAMES: readonly (readonly [number, number, number, number, number])[] = [
  [0, 2, 0, 0, 0], // Ping without a flag.
  [9, 0, 0, 1, 0], // A version of the future.
  [0, 9, 0, 1, 0], // An unknown type.
  [0, 0, 1, 0, 4], // Data on stream 0.
  [0, 0, 1, 2, 4], // A stream that only the other side may open.
  [0, 1, 1, 1, 2 ** 32 - 1], // A window of four gigabytes.
  [0, 0, 0, 77, 4], // Data of a stream that was never opened.
  [0, 3, 0, 0, 99], // A farewell with an unknown code.
];

export const yamuxBadFrame: Adversary = {
  name: "yamux-bad-frame",
  does: "after the handshake sends one 12-byte Yamux frame with a bad version, type, flag, stream or length",
  seconds: 30,
  control: "quiet",
  async run({ net, random, signal }) {
    await lanes(net.targets.length, signal, async (lane) => {
      const { p2pPort } = net.targets[lane]!;
      try {
        const peer = await stranger({ address: `/ip4/127.0.0.1/tcp/${p2pPort}`, stage: "yamux", seed: seedOf(random) });
        peer.write(frame(...BAD_FRAMES[random.below(BAD_FRAMES.length)]!));
        await pause(100, signal);
        peer.cut();
      } catch {
        await pause(200, signal); // Refused for now.
      }
    });
    return undefined;
  },
};

function frame(version: number, type: number, flags: number, stream: number, length: number): Bytes {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(flags, 2);
  bytes.writeUInt32BE(stream, 4);
  bytes.writeUInt32BE(length, 8);
  return bytes;
}
