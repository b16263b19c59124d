import { createServer } from "node:net";
import { CliFault } from "../../fault.js";
import { PORT_STEP, testnetPorts } from "../../genesis/testnet.js";

/** Where a network of several nodes on this machine begins. */
export interface PortBase {
  /** The first validator's p2p; its RPC is the next one. */
  readonly firstPort: number;
  /** The first validator's REST. */
  readonly firstRestPort: number;
}

/** Another network may use the usual ports, and one more beside it: each try is this far from the last. */
const TRIES = 40;

/** The usual ports, or the next block of free ones. @throws CliFault(ports_taken) */
export async function freePorts(host: string, nodes: number, first: PortBase): Promise<PortBase> {
  const block = Math.max(100, PORT_STEP * nodes);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const base = { firstPort: first.firstPort + attempt * block, firstRestPort: first.firstRestPort + attempt * block };
    if (await allFree(host, nodes, base)) return base;
  }
  throw new CliFault("ports_taken", `no ${nodes} free ranges of ports from ${first.firstPort} on`, {
    fix: "stop what listens there (lsof -i), or start elsewhere with --port",
  });
}

async function allFree(host: string, nodes: number, base: PortBase): Promise<boolean> {
  for (let i = 0; i < nodes; i++) {
    for (const port of Object.values(testnetPorts(base, i))) if (!(await isFree(host, port))) return false;
  }
  return true;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
