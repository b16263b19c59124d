import type { Adversary } from "../adversary.js";
import { lanes, socketTo } from "../http.js";
import { pause } from "../waiting.js";

const PATHS = ["/", "/websocket", "/websocket?x", "/nowhere", "/cosmos/base/tendermint/v1beta1/node_info"];

export const upgradeReset: Adversary = {
  name: "upgrade-reset",
  does: "asks each HTTP listener to become a WebSocket, on right and wrong paths, and resets the connection",
  seconds: 20,
  control: "quiet",
  async run({ net, random, signal }) {
    const ports = net.targets.flatMap(({ rpcPort, restPort, metricsPort }) => [rpcPort, restPort, metricsPort]);
    await lanes(ports.length, signal, async (lane) => {
      const socket = socketTo(ports[lane]!);
      const path = PATHS[random.below(PATHS.length)]!;
      await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
      await pause(random.below(4), signal);
      socket.resetAndDestroy();
      await pause(20, signal);
    });
    return undefined;
  },
};
