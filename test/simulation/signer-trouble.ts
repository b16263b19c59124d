import type { Cluster } from "./cluster.js";
import type { SeededRandom } from "./random.js";
import { calm } from "./signer-line.js";
import type { SignerMachine } from "./signer-machine.js";

type Act = (signer: SignerMachine, later: (ms: number, act: () => void) => void, random: SeededRandom) => string;

const BETWEEN_MS = 5_000;

/** Also longer than either end waits for the other, and than TCP does. */
const cut: Act = ({ line }, later, random) => {
  line.cut();
  later(100 + random.below(random.chance(20) ? 30_000 : 6_000), () => line.heal());
  return "signers cut off";
};

const reset: Act = ({ line }) => {
  line.reset();
  return "signers' links reset";
};

const weather: Act = ({ line }, _later, random) => {
  const worst = random.chance(30) ? 1_500 : 100;
  line.weather = { delayMs: [1, 1 + random.below(worst)], lossPercent: random.below(random.chance(30) ? 40 : 8) };
  return "signers' links worsened";
};

const crash: Act = (signer, later, random) => {
  signer.crash();
  later(random.below(4_000), () => signer.start());
  return "signers crashed";
};

const acts: readonly Act[] = [cut, cut, reset, weather, crash, crash];

/** What happens between validators and the signers of their keys, and to those, until told to stop. */
export class SignerTrouble {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  #stopped = false;

  constructor(cluster: Cluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  start(): void {
    const { clock } = this.#cluster;
    clock.after(this.#random.below(BETWEEN_MS), () => {
      if (this.#stopped) return;
      const signers = this.#signers();
      const signer = signers[this.#random.below(signers.length)]!;
      const act = acts[this.#random.below(acts.length)]!;
      this.#cluster.inflict(act(signer, (ms, undo) => void clock.after(ms, undo), this.#random));
      this.start();
    });
  }

  /** Every signer is up, and every link to one is good, from now on. */
  stop(): void {
    this.#stopped = true;
    for (const signer of this.#signers()) {
      signer.line.weather = calm;
      signer.line.heal();
      signer.start();
    }
  }

  #signers(): SignerMachine[] {
    return this.#cluster.machines.flatMap(({ signer }) => (signer === undefined ? [] : [signer]));
  }
}
