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

/**
 * The usual ports, or the next block of free ones; REST moves apart from the others. Nodes have their ports 10 apart.
 * @throws CliFault(ports_taken)
 */
export async function freePorts(host: string, nodes: number, first: PortBase): Promise<PortBase> {
  const step = Math.max(100, PORT_STEP * nodes);
  const find = async (name: keyof PortBase, services: readonly Service[]): Promise<number> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const base = { ...first, [name]: first[name] + tries * step };
      if (await allFree(host, nodes, base, services)) return base[name];
    }
    throw new CliFault("ports_taken", `no ${nodes} free ranges of ports from ${first[name]} on`, {
      fix: "stop what listens there (lsof -i), or start elsewhere with --port",
    });
  };
  return {
    firstPort: await find("firstPort", ["p2p", "rpc", "metrics"]),
    firstRestPort: await find("firstRestPort", ["rest"]),
  };
}

type Service = keyof ReturnType<typeof testnetPorts>;

async function allFree(host: string, nodes: number, base: PortBase, services: readonly Service[]): Promise<boolean> {
  for (let i = 0; i < nodes; i++) {
    const ports = testnetPorts(base, i);
    for (const service of services) if (!(await isFree(host, ports[service]))) return false;
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
