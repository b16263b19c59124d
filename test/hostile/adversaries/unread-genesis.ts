import type { Adversary } from "../adversary.js";
import { isServed, openSockets } from "../http.js";
import { pause } from "../waiting.js";

const SOCKETS = 400;

export const unreadGenesis: Adversary = {
  name: "unread-genesis",
  does: `asks one node for its genesis on ${SOCKETS} connections and reads none of the answers`,
  seconds: 40,
  control: "quiet",
  async run({ net, signal }) {
    const { rpcPort } = net.targets[0]!;
    const sockets = await openSockets(rpcPort, SOCKETS);
    for (const socket of sockets) {
      socket.pause();
      socket.write("GET /genesis HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    let refused = 0;
    while (!signal.aborted) {
      if (!(await isServed(rpcPort))) refused++;
      await pause(1_000, signal);
    }
    for (const socket of sockets) socket.destroy();
    return refused > 1 ? `an honest client was not served ${refused} times` : undefined;
  },
};
