import type { Host } from "#p2p/host.js";
import { Switch } from "#p2p/switch/switch.js";
import { MemoryNetwork } from "#p2p/transport/memory/network.js";
import type { Faults } from "#p2p/transport/memory/paths.js";
import { memoryAddress } from "#p2p/transport/memory/transport.js";
import { virtualClock, type VirtualClock } from "#test/simulation/clock.js";
import { seeded } from "#test/simulation/random.js";
import type { World } from "./compliance.js";
import { silent } from "./silent.js";

export interface MemoryWorld extends World {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
}

export function memoryWorld(
  seed: bigint,
  options: { faults?: Faults; trace?: (line: string) => void; peersMax?: number } = {},
): MemoryWorld {
  const clock = virtualClock();
  const random = seeded(seed);
  const network = new MemoryNetwork(clock, random.fork(), options);
  const started: Host[] = [];
  return {
    clock,
    network,
    async hosts(links, given = {}) {
      const hosts = links.map(
        (dials, i) =>
          new Switch(
            {
              transport: network.transport(`host${i}`, given.protocols?.[i]),
              persistentPeers: dials.map((j) => memoryAddress(`host${j}`)),
              peersMax: options.peersMax ?? 10,
              ...(given.protocols?.[i] === undefined ? {} : { protocols: given.protocols[i] }),
            },
            { clock, random: random.fork(), log: silent },
          ),
      );
      for (const host of hosts) await host.start();
      started.push(...hosts);
      return hosts;
    },
    async until(what, condition, ms = 5_000) {
      if (!(await clock.run(clock.monotonicMs() + ms, condition))) throw new Error(`not in ${ms} ms: ${what}`);
    },
    async pass(ms) {
      await clock.run(clock.monotonicMs() + ms);
    },
    sever: (a, b) => network.disconnect(a.id, b.id),
    async settle(promise) {
      let settled = false;
      const done = (): void => void (settled = true);
      promise.then(done, done);
      await clock.run(clock.monotonicMs() + 60_000, () => settled);
      return promise;
    },
    async stop() {
      for (const host of started) await host.stop();
    },
  };
}
