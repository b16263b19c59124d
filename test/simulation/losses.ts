import type { Cluster } from "./cluster.js";
import type { Machine } from "./machine.js";
import type { SeededRandom } from "./random.js";

const BETWEEN_MS = 15_000;
const DOWN_MS = 3_000;

type Loss = (machine: Machine, random: SeededRandom) => string | undefined;

const flip =
  (where: "log" | "database"): Loss =>
  (machine, random) =>
    machine.flipBit(where, (below) => random.below(below)) ? `bits flipped in a ${where}` : undefined;

const lost: Loss = (machine) => {
  machine.loseLog();
  return "logs lost";
};
const losses: readonly Loss[] = [lost, lost, flip("log"), flip("database")];

/**
 * One machine that loses what it wrote, again and again, always at a loss of power: its log, or one bit of its log or its
 * database. It stops by a fault that names the damage and gets a new disk, or goes on; it never contradicts itself.
 */
export class Losses {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  readonly #victim: number;
  #stopped = false;

  constructor(cluster: Cluster, random: SeededRandom, victim: number) {
    this.#cluster = cluster;
    this.#random = random;
    this.#victim = victim;
  }

  start(): void {
    const { clock, machines } = this.#cluster;
    clock.after(this.#random.below(BETWEEN_MS), () => {
      if (this.#stopped) return;
      this.#cluster.crash([this.#victim]);
      const what = losses[this.#random.below(losses.length)]!(machines[this.#victim]!, this.#random);
      if (what !== undefined) this.#cluster.inflict(what);
      clock.after(this.#random.below(DOWN_MS), () => {
        this.#cluster.start([this.#victim]);
        this.start();
      });
    });
  }

  stop(): void {
    this.#stopped = true;
  }
}
