import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const programOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Runs `prefill.ts` to its end. @throws when it fails */
export async function fillChain(directory: string, keys: number, valueBytes: number): Promise<void> {
  const child = fork(programOf("prefill"), [directory, String(keys), String(valueBytes)]);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the prefill of ${keys} keys ended with ${code}`);
}

/** The floor of `plain.ts`. */
export class PlainBatches {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when the keys are written. */
  static async open(directory: string, keys: number): Promise<PlainBatches> {
    const child = fork(programOf("plain"), [directory, String(keys)]);
    const floor = new PlainBatches(child);
    await floor.#next();
    return floor;
  }

  /** Milliseconds of the batch of a round. */
  async round(round: number): Promise<number> {
    this.#child.send(round);
    return (await this.#next()) as number;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }

  async #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const failed = (code: number | null): void => reject(new Error(`the plain batches ended with ${code}`));
      this.#child.once("exit", failed);
      this.#child.once("message", (message) => {
        this.#child.off("exit", failed);
        resolve(message);
      });
    });
  }
}
