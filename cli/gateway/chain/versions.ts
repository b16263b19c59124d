import type { Client } from "#proto/client/index.js";
import { readVersion, type VersionFacts } from "./facts.js";

/** Versions that the gateway's channels are of. Read once each, and again when the chain says that a stage changed. */
export class Versions {
  readonly #node: Client;
  readonly #facts = new Map<bigint, VersionFacts>();

  constructor(node: Client) {
    this.#node = node;
  }

  /** A version that was read. */
  known(versionId: bigint): VersionFacts | undefined {
    return this.#facts.get(versionId);
  }

  /** @throws CliFault(not_found) for an unknown version */
  async get(versionId: bigint): Promise<VersionFacts> {
    return this.#facts.get(versionId) ?? (await this.read(versionId));
  }

  /** Reads a version anew. */
  async read(versionId: bigint): Promise<VersionFacts> {
    const facts = await readVersion(this.#node, versionId);
    this.#facts.set(versionId, facts);
    return facts;
  }

  /** Reads all versions anew that are known. */
  async readAll(): Promise<void> {
    for (const versionId of [...this.#facts.keys()]) await this.read(versionId);
  }
}
