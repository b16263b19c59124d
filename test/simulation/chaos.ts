import { noFaults, type Faults } from "#p2p/transport/memory/paths.js";
import type { Cluster } from "./cluster.js";
import type { SeededRandom } from "./random.js";

type Act = (cluster: Cluster, random: SeededRandom) => void;

/** What may happen at any moment, and how often against the others. */
const menu: readonly (readonly [weight: number, act: Act])[] = [
  [15, crashOne],
  [20, crashAmidWrites],
  [4, powerOff],
  [14, partition],
  [10, cutOneWay],
  [12, clogOne],
  [10, pauseOne],
  [10, skewOne],
  [6, resetLink],
  [14, weather],
];

/** A core above two thirds however stakes move, between these powers of each machine. */
export interface CoreWanted {
  readonly least: readonly bigint[];
  readonly most: readonly bigint[];
  /** No honest one is left out. */
  readonly all: boolean;
}

const SKEW_MS_USUAL = 400;
const SKEW_MS_GROSS = 30_000;

/** Inflicts faults on a cluster, drawn from a seed, until told to stop; then heals a part of it, or all. */
export class Chaos {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  #stopped = false;

  constructor(cluster: Cluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
    weather(cluster, random);
  }

  start(): void {
    if (this.#stopped) return;
    this.#cluster.clock.after(this.#random.below(4_000), () => {
      if (this.#stopped) return;
      draw(this.#random)(this.#cluster, this.#random);
      this.start();
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const machine of this.#cluster.machines) machine.setFuse(Infinity, () => undefined);
  }

  /**
   * @returns who is healed, all of them honest. The other honest ones are down, unheard or deaf from now on; dishonest ones
   * too, or they stay and go on with what they do.
   */
  healCore({ least, most, all }: CoreWanted): number[] {
    const { machines, network } = this.#cluster;
    const left = this.#cluster.honest();
    const dishonest = machines.filter(({ isHonest }) => !isHonest).map(({ index }) => index);
    const core: number[] = [];
    let power = 0n;
    let rest = most.reduce((sum, each) => sum + each, 0n);
    while (left.length > 0 && (all || power <= 2n * rest)) {
      const [index] = left.splice(this.#random.below(left.length), 1);
      core.push(index!);
      power += least[index!]!;
      rest -= most[index!]!;
    }
    network.setFaults({ ...noFaults, delayMs: [1, 20] });
    network.healAll();
    for (const index of left) this.#break(index);
    for (const index of dishonest) {
      if (this.#random.chance(40)) this.#break(index);
      else this.#revive([index]);
    }
    this.#revive(core);
    return core;
  }

  healAll(): void {
    this.#cluster.network.healAll();
    this.#revive(this.#cluster.machines.map((machine) => machine.index));
  }

  #revive(indexes: readonly number[]): void {
    for (const index of indexes) {
      const machine = this.#cluster.machines[index]!;
      machine.skewMs = 0n;
      machine.start();
    }
  }

  #break(index: number): void {
    const way = this.#random.below(4);
    if (way === 0) this.#cluster.crash([index]);
    if (way === 1 || way === 3) this.#cluster.cutOneWay(index, "from");
    if (way === 2 || way === 3) this.#cluster.cutOneWay(index, "to");
  }
}

function draw(random: SeededRandom): Act {
  let at = random.below(menu.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, act] of menu) {
    if (at < weight) return act;
    at -= weight;
  }
  return crashOne;
}

const anyOf = (cluster: Cluster, random: SeededRandom): number => random.below(cluster.machines.length);

function crashOne(cluster: Cluster, random: SeededRandom): void {
  const index = anyOf(cluster, random);
  cluster.crash([index]);
  cluster.clock.after(random.below(random.chance(20) ? 20_000 : 3_000), () => cluster.start([index]));
}

/** Where most unsynced bytes are: between two operations of the disk. */
function crashAmidWrites(cluster: Cluster, random: SeededRandom): void {
  const index = anyOf(cluster, random);
  const downMs = random.below(3_000);
  cluster.machines[index]!.setFuse(1 + random.below(15), () => {
    cluster.inflict("crashes amid writes");
    cluster.crash([index]);
    cluster.clock.after(downMs, () => cluster.start([index]));
  });
}

function powerOff(cluster: Cluster, random: SeededRandom): void {
  const all = cluster.machines.map((machine) => machine.index);
  cluster.crash(all);
  for (const index of all) cluster.clock.after(random.below(3_000), () => cluster.start([index]));
}

function partition(cluster: Cluster, random: SeededRandom): void {
  const groups: number[][] = [[], [], []];
  const kinds = 2 + random.below(2);
  for (const { index } of cluster.machines) groups[random.below(kinds)]!.push(index);
  cluster.partition(groups);
  cluster.clock.after(100 + random.below(random.chance(20) ? 30_000 : 6_000), () => cluster.network.healAll());
}

function cutOneWay(cluster: Cluster, random: SeededRandom): void {
  cluster.cutOneWay(anyOf(cluster, random), random.chance(50) ? "from" : "to");
  cluster.clock.after(100 + random.below(8_000), () => cluster.network.healAll());
}

function clogOne(cluster: Cluster, random: SeededRandom): void {
  const from = anyOf(cluster, random);
  const to = anyOf(cluster, random);
  if (from !== to) cluster.clog(from, to, 100 + random.below(5_000));
}

function pauseOne(cluster: Cluster, random: SeededRandom): void {
  cluster.pause(anyOf(cluster, random), 100 + random.below(5_000));
}

function skewOne(cluster: Cluster, random: SeededRandom): void {
  const most = random.chance(20) ? SKEW_MS_GROSS : SKEW_MS_USUAL;
  cluster.skew(anyOf(cluster, random), BigInt(random.below(2 * most + 1) - most));
}

function resetLink(cluster: Cluster, random: SeededRandom): void {
  const [a, b] = [cluster.machines[anyOf(cluster, random)]!, cluster.machines[anyOf(cluster, random)]!];
  if (a === b) return;
  cluster.inflict("resets");
  cluster.network.disconnect(a.id, b.id);
}

/** What every packet meets from now on. */
function weather(cluster: Cluster, random: SeededRandom): void {
  const faults: Faults = {
    delayMs: [1, 1 + random.below(random.chance(30) ? 400 : 60)],
    lossPercent: random.below(random.chance(30) ? 31 : 6),
    duplicatePercent: random.below(10),
    reorderPercent: random.below(25),
  };
  cluster.network.setFaults(faults);
}
