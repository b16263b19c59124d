import type { Bytes } from "#proto/bytes.js";
import type { SignerFiles } from "#node/signer/files.js";

/** A power cut: what stands in the call's place when the disk dies. */
export class PowerCut extends Error {}

/**
 * A disk of names and contents that counts its durable steps and dies at one of them. What was not synced is lost or
 * kept, as the test says: both happen.
 */
export class TornDisk implements SignerFiles {
  #durable: Map<string, Bytes>;
  /** Names as the running system sees them; a rename is durable only after the directory was synced. */
  #seen: Map<string, Bytes>;
  steps = 0;
  dieAt = Infinity;
  tear = false;

  constructor(files: ReadonlyMap<string, Bytes> = new Map()) {
    this.#durable = new Map(files);
    this.#seen = new Map(files);
  }

  /** The disk after power came back. */
  afterPowerCut(unsynced: "lost" | "kept"): TornDisk {
    return new TornDisk(unsynced === "lost" ? this.#durable : this.#seen);
  }

  #step(): void {
    this.steps++;
    if (this.steps === this.dieAt) throw new PowerCut(`power cut at step ${this.steps}`);
  }

  read(path: string): Promise<Bytes | undefined> {
    return Promise.resolve(this.#seen.get(path));
  }

  async writeSynced(path: string, bytes: Bytes): Promise<void> {
    if (this.tear && this.steps + 1 === this.dieAt) this.#seen.set(path, bytes.slice(0, bytes.length >> 1));
    this.#step();
    this.#seen.set(path, bytes);
    this.#step();
    this.#durable.set(path, bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step();
    this.#seen.set(to, this.#seen.get(from)!);
    this.#seen.delete(from);
    this.#step();
  }

  async syncDirectoryOf(): Promise<void> {
    this.#step();
    this.#durable = new Map(this.#seen);
    this.#step();
  }
}
