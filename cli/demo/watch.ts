import type { World } from "../world.js";
import type { LocalNetwork } from "./network/network.js";

const TERMINAL_MS = 1_000;
const LOG_MS = 60_000;

/** Until Ctrl-C: one line that moves on a terminal, else a line a minute. Ends when a validator does. */
export async function keepRunning(network: LocalNetwork, world: World): Promise<never> {
  const { system, out } = world;
  const isTerminal = system.stderr.isTTY === true && !out.quiet;
  out.note("\nthe chain goes on; Ctrl-C stops it");
  for (;;) {
    for (const node of network.nodes) network.checkAlive(node);
    const { height, time } = await network.first.client.status();
    const line = `height ${height}, ${time}`;
    if (isTerminal) system.stderr.write(`\r${line}  `);
    else out.note(line);
    await system.sleep(isTerminal ? TERMINAL_MS : LOG_MS);
  }
}
