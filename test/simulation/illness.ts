import { ailments } from "./bad-disk.js";
import type { Cluster } from "./cluster.js";
import type { SeededRandom } from "./random.js";

const BETWEEN_MS = 12_000;
const ILL_MS = 6_000;

/**
 * Disks of honest machines that refuse for a while, one machine at a time: full, unwritable or unreadable, always or now and
 * then. A node that notices stops by a fault that says so; one that does not goes on. Healed and started again, it catches up.
 */
export class Illness {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  #stopped = false;

  constructor(cluster: Cluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  start(): void {
    const { clock, machines } = this.#cluster;
    clock.after(this.#random.below(BETWEEN_MS), () => {
      if (this.#stopped) return;
      const honest = this.#cluster.honest();
      const machine = machines[honest[this.#random.below(honest.length)]!]!;
      const ailment = ailments[this.#random.below(ailments.length)]!;
      const percent = this.#random.chance(50) ? 100 : 10;
      machine.disk.fallIll(ailment, () => this.#random.chance(percent));
      this.#cluster.inflict(`disks ${ailment}`);
      clock.after(this.#random.below(ILL_MS), () => {
        machine.disk.heal();
        this.start();
      });
    });
  }

  /** Every disk is well from now on. */
  stop(): void {
    this.#stopped = true;
    for (const { disk } of this.#cluster.machines) disk.heal();
  }
}
