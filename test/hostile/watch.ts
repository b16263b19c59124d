import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { look } from "./gauges.js";
import { together, type Measured, type NodeWindow, type Sight } from "./measure.js";
import type { HostileNet } from "./net.js";

const LOOK_MS = 500;

interface Looking {
  sights: Sight[];
  stallMs: number;
  rssMb: number;
}

/** Looks at each node twice a second until it is stopped, whatever is done to the net meanwhile. */
export class Watch {
  readonly #net: HostileNet;
  readonly #stop = new AbortController();
  readonly #nodes: (Looking | undefined)[];
  readonly #done: Promise<unknown>;

  /** @param except a node that is frozen, cut off or gone for most of the time */
  constructor(net: HostileNet, except: number | undefined) {
    this.#net = net;
    this.#nodes = net.view.targets.map(({ index }) =>
      index === except ? undefined : { sights: [], stallMs: 0, rssMb: 0 },
    );
    this.#done = Promise.all(this.#nodes.map(async (node, index) => node && this.#follow(index, node)));
  }

  async end(): Promise<Measured> {
    const endMs = performance.now();
    this.#stop.abort();
    await this.#done;
    return together(this.#nodes as (NodeWindow | undefined)[], endMs);
  }

  async #follow(index: number, node: Looking): Promise<void> {
    const { metricsPort } = this.#net.view.targets[index]!;
    let process: number | undefined;
    while (!this.#stop.signal.aborted) {
      const atMs = performance.now();
      const pid = this.#net.pid(index);
      try {
        const { height, stallMs } = await look(metricsPort);
        node.sights.push({ atMs, height });
        // The first look at a process covers its start, or the time before this window.
        if (pid === process) node.stallMs = Math.max(node.stallMs, stallMs);
        process = pid;
        node.rssMb = Math.max(node.rssMb, residentMb(pid));
      } catch {
        process = undefined; // Being started again, or dead, which others notice.
      }
      await sleep(LOOK_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }
}

function residentMb(pid: number | undefined): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return found === null ? 0 : Number(found[1]) / 1024;
}
