import type { Adversary } from "../adversary.js";
import { isServed, openSockets } from "../http.js";
import { pause } from "../waiting.js";

const SOCKETS = 256;
/** After these first looks, which may fall into the moment when all arrive at once. */
const LOOK_MS = 500;

export const unfinishedBodies: Adversary = {
  name: "unfinished-bodies",
  does: `begins ${SOCKETS} requests on one node and never ends their bodies`,
  seconds: 20,
  control: "quiet",
  async run({ net, signal }) {
    const { rpcPort } = net.targets[0]!;
    let refused = 0;
    let asked = 0;
    while (!signal.aborted) {
      const sockets = await openSockets(rpcPort, SOCKETS);
      for (const socket of sockets) socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
      for (let i = 0; i < 20 && !signal.aborted; i++) {
        await pause(LOOK_MS, signal);
        asked++;
        if (!(await isServed(rpcPort))) refused++;
      }
      for (const socket of sockets) socket.destroy();
    }
    return refused > 0 ? `an honest client was not served ${refused} of ${asked} times` : undefined;
  },
};
