import { setTimeout as sleep } from "node:timers/promises";
import { osClock } from "#node/runtime/clock.js";
import type { Host } from "#p2p/host.js";
import type { SwitchOptions } from "#p2p/switch/options.js";
import { Switch } from "#p2p/switch/switch.js";
import type { Libp2pOptions } from "#p2p/transport/libp2p/options.js";
import { createLibp2pTransport } from "#p2p/transport/libp2p/transport.js";
import { seeded } from "#test/simulation/random.js";
import { silent } from "../silent.js";

export interface Hosts {
  readonly all: readonly Host[];
  until(what: string, condition: () => boolean, ms?: number): Promise<void>;
  stop(): Promise<void>;
}

export type HostsOptions = Partial<Omit<Libp2pOptions, "seed" | "listen">> & Partial<Omit<SwitchOptions, "transport">>;

export async function libp2pHost(i: number, options: HostsOptions = {}): Promise<Host> {
  const clock = osClock();
  const common = { network: "test-1", peersMax: 20, persistentPeers: [], ...options };
  const transport = await createLibp2pTransport(
    { seed: new Uint8Array(32).fill(i + 1), listen: ["/ip4/127.0.0.1/tcp/0"], ...common },
    { clock, log: silent },
  );
  const host = new Switch({ transport, ...common }, { clock, random: seeded(BigInt(i)), log: silent });
  await host.start();
  return host;
}

/** Hosts over the real transport; each dials the earlier ones for ever. */
export async function libp2pHosts(count: number, options: HostsOptions = {}): Promise<Hosts> {
  const all: Host[] = [];
  for (let i = 0; i < count; i++) {
    const persistentPeers = all.map((host) => host.addresses()[0]!);
    all.push(await libp2pHost(i, { ...options, persistentPeers }));
  }
  return {
    all,
    until,
    async stop() {
      await Promise.all(all.map((host) => host.stop()));
    },
  };
}

export async function until(what: string, condition: () => boolean, ms = 5_000): Promise<void> {
  for (const end = Date.now() + ms; !condition(); await sleep(5)) {
    if (Date.now() > end) throw new Error(`not in ${ms} ms: ${what}`);
  }
}
