import type { Socket } from "node:net";
import type { Adversary } from "../adversary.js";
import { socketTo } from "../http.js";
import { pause, rest, restartVictim, victimIsBack } from "../waiting.js";

const SOCKETS_PER_NODE = 80;
const BACK_MS_MAX = 30_000;

export const halfOpen: Adversary = {
  name: "half-open",
  does: `keeps ${SOCKETS_PER_NODE} TCP connections a node open and says nothing, while a validator is restarted`,
  seconds: 40,
  secondsLeast: 20,
  control: "restart",
  async run(attack) {
    const { net, signal } = attack;
    const holding = Promise.all(net.targets.map(({ p2pPort }) => hold(p2pPort, signal)));
    await pause(2_000, signal);
    await restartVictim(attack);
    const problem = await victimIsBack(attack, BACK_MS_MAX);
    await rest(signal);
    await holding;
    return problem;
  },
};

/** What the node closes is opened again. */
async function hold(port: number, signal: AbortSignal): Promise<void> {
  const sockets = new Set<Socket>();
  while (!signal.aborted) {
    while (sockets.size < SOCKETS_PER_NODE) {
      const socket = socketTo(port);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket)).resume();
    }
    await pause(200, signal);
  }
  for (const socket of sockets) socket.destroy();
}
