import type { FileSigner } from "#node/signer/file-signer.js";
import { keepDialling } from "#node/signer/remote/dial.js";
import { serveLink } from "#node/signer/remote/serve.js";
import { drawnRemains } from "#node/storage/files/memory-files.js";
import type { VirtualClock } from "./clock.js";
import type { KeyFiles } from "./key-files.js";
import type { SeededRandom } from "./random.js";
import type { SignerLine } from "./signer-line.js";

export interface SignerMachineDeps {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly chainId: string;
  /** On a disk of its own. */
  readonly key: KeyFiles;
  readonly line: SignerLine;
  /** Longest that one operation of its disk takes. */
  readonly diskMs: number;
  /** Told what leaves the signer, also what the line then loses. */
  watched(signer: FileSigner): FileSigner;
  note(line: string): void;
  problem(line: string): void;
}

/** The machine of a remote signer: `tribd signer` without its process. Its disk outlives its lives. */
export class SignerMachine {
  readonly line: SignerLine;
  readonly key: KeyFiles;
  readonly #deps: SignerMachineDeps;
  #life = 0;
  #isUp = false;

  constructor(deps: SignerMachineDeps) {
    this.#deps = deps;
    this.line = deps.line;
    this.key = deps.key;
  }

  start(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    const life = ++this.#life;
    void this.#run(life).catch((error: unknown) => this.#failed(life, error));
  }

  /** Power off: work under way is done or not, without a report. */
  crash(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#life++;
    const { key, line, random } = this.#deps;
    key.files.crash(drawnRemains((below) => random.below(below)));
    line.vanish("signer");
  }

  async #run(life: number): Promise<void> {
    const { key, chainId, line, random, diskMs, watched } = this.#deps;
    const clock = this.#clock(life);
    const turn = (): Promise<void> => new Promise((resolve) => clock.after(random.below(diskMs + 1), resolve));
    const signer = watched(await key.open(key.files.mount(turn)));
    const log = { info: this.#say, warn: this.#say, error: this.#say };
    const onFault = (error: unknown): void => this.#failed(life, error);
    keepDialling({
      clock,
      log,
      dial: (onLink) => line.dial(clock, onLink),
      serve: (closed) => serveLink({ signer, chainId, clock, log, onFault }, closed),
    });
  }

  readonly #say = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
    this.#deps.note(`signer: ${message} ${String(fields?.["reason"] ?? "")}`);

  /** Its timers die with its life. */
  #clock(life: number): Pick<VirtualClock, "monotonicMs" | "after"> {
    const { clock } = this.#deps;
    return {
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, fire) => clock.after(delayMs, () => void (this.#life === life && fire())),
    };
  }

  #failed(life: number, error: unknown): void {
    if (this.#life === life) this.#deps.problem(`the signer stops: ${String(error)}`);
  }
}
