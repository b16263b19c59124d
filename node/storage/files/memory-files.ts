import { dirname } from "node:path/posix";
import { assert } from "#proto/assert.js";
import { concat, equalBytes, type Bytes } from "#proto/bytes.js";
import { StorageFault } from "../fault.js";
import type { AppendFile, Files } from "./files.js";
import type { CrashTally } from "../database/memory-disk.js";

/** A number from 0 to `below` - 1. */
export type Choose = (below: number) => number;

/** The unsynced data that survives a loss of power. */
export interface FileRemains {
  /** Of `count` changes of names, in their order: how many lasted. */
  names(count: number): number;
  /** Of `count` bytes behind the last sync of a file: how many reached the disk. */
  bytes(count: number): number;
  /** Whether this sector of them (from 0) never did, though a later one may have. */
  isHole(sector: number): boolean;
}

/** Anything that is possible, by chance. */
export const drawnRemains = (choose: Choose): FileRemains => ({
  names: (count) => choose(count + 1),
  bytes: (count) => choose(count + 1),
  isHole: () => choose(4) === 0,
});

interface Content {
  /** Synced data, which always survives. */
  durable: Bytes;
  current: Bytes;
}
type Names = Map<string, Content>;
type NameChange = { readonly directory: string; readonly apply: (names: Names) => void };

const NONE: Bytes = new Uint8Array(0);
/** A disk writes whole sectors; which of several unsynced ones reached it is open. */
const SECTOR_BYTES = 512;

/** Files in memory that outlive who uses them. A crash loses, tears or keeps what was not synced. */
export class MemoryFiles {
  #names: Names = new Map();
  #durableNames: Names = new Map();
  #unsyncedNames: NameChange[] = [];
  #life = { alive: true };

  /** The files for one life of a machine. */
  mount(turn: () => Promise<void> = () => Promise.resolve()): Files {
    return new MountedFiles(this, this.#life, turn);
  }

  /** Ends this life. Changes of names survive up to some point in their order, bytes of each file sector by sector. */
  crash(remains: FileRemains): CrashTally {
    this.#life.alive = false;
    this.#life = { alive: true };
    const keptNames = this.#unsyncedNames.slice(0, remains.names(this.#unsyncedNames.length));
    for (const change of keptNames) change.apply(this.#durableNames);
    const tally = { lost: this.#unsyncedNames.length - keptNames.length, torn: 0, kept: keptNames.length };
    this.#unsyncedNames = [];
    for (const path of [...this.#durableNames.keys()].sort()) {
      const content = this.#durableNames.get(path)!;
      const after = survivors(content, remains);
      const fate = fateOf(content, after);
      if (fate !== undefined) tally[fate]++;
      content.durable = after;
      content.current = after;
    }
    this.#names = new Map(this.#durableNames);
    return tally;
  }

  /** Data that a loss of power would put at risk now: changes of names, and bytes by file. */
  unsynced(): { readonly names: number; readonly bytes: readonly number[] } {
    const contents = [...new Set([...this.#names.values(), ...this.#durableNames.values()])];
    const bytes = contents.map(({ durable, current }) => current.length - durable.length);
    return { names: this.#unsyncedNames.length, bytes: bytes.filter((count) => count > 0) };
  }

  /** Changes bytes behind everybody's back, as a failing disk does. */
  damage(path: string, change: (bytes: Bytes) => Bytes): void {
    const content = this.content(path);
    content.durable = content.current = change(content.current.slice());
  }

  /** Removes all files of a directory behind everybody's back, for good. */
  forget(directory: string): void {
    for (const names of [this.#names, this.#durableNames]) {
      for (const path of names.keys()) if (dirname(path) === directory) names.delete(path);
    }
    this.#unsyncedNames = this.#unsyncedNames.filter((change) => change.directory !== directory);
  }

  content(path: string): Content {
    const content = this.#names.get(path);
    if (content === undefined) throw new StorageFault("storage.read", `no file ${path}`);
    return content;
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  rename(path: string, apply: (names: Names) => void): void {
    apply(this.#names);
    this.#unsyncedNames.push({ directory: dirname(path), apply });
  }

  syncDirectory(directory: string): void {
    const rest: NameChange[] = [];
    for (const change of this.#unsyncedNames) {
      if (change.directory === directory) change.apply(this.#durableNames);
      else rest.push(change);
    }
    this.#unsyncedNames = rest;
  }
}

/** Of the bytes of one file that were not synced; undefined when there were none. */
function fateOf({ durable, current }: Content, after: Bytes): keyof CrashTally | undefined {
  if (current.length === durable.length) return undefined;
  if (after.length === durable.length) return "lost";
  return equalBytes(after, current) ? "kept" : "torn";
}

function survivors({ durable, current }: Content, remains: FileRemains): Bytes {
  const kept = current.slice(0, durable.length + remains.bytes(current.length - durable.length));
  for (let at = durable.length, sector = 0; at < kept.length; at += SECTOR_BYTES, sector++) {
    if (remains.isHole(sector)) kept.fill(0, at, at + SECTOR_BYTES);
  }
  return kept;
}

class MountedFiles implements Files {
  readonly #disk: MemoryFiles;
  readonly #life: { readonly alive: boolean };
  readonly #turn: () => Promise<void>;

  constructor(disk: MemoryFiles, life: { readonly alive: boolean }, turn: () => Promise<void>) {
    this.#disk = disk;
    this.#life = life;
    this.#turn = turn;
  }

  read(path: string): Promise<Bytes | undefined> {
    return this.#do(() => (this.#disk.has(path) ? this.#disk.content(path).current.slice() : undefined));
  }

  size(path: string): Promise<number | undefined> {
    return this.#do(() => (this.#disk.has(path) ? this.#disk.content(path).current.length : undefined));
  }

  list(directory: string): Promise<string[]> {
    return this.#do(() => {
      const inside = this.#disk.paths().filter((path) => dirname(path) === directory);
      return inside.map((path) => path.slice(directory.length + 1));
    });
  }

  makeDirectory(): Promise<void> {
    return this.#do(() => undefined);
  }

  create(path: string): Promise<AppendFile> {
    return this.#do(() => {
      if (this.#disk.has(path)) throw new StorageFault("storage.write", `file ${path} exists`);
      const content: Content = { durable: NONE, current: NONE };
      this.#disk.rename(path, (names) => names.set(path, content));
      return this.#appender(content);
    });
  }

  truncate(path: string, length: number): Promise<void> {
    return this.#do(() => {
      const content = this.#disk.content(path);
      assert(length <= content.current.length, `${path} is shorter than ${length}`);
      content.durable = content.current = content.current.slice(0, length);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#do(() => {
      const content = this.#disk.content(from);
      this.#disk.rename(to, (names) => {
        names.delete(from);
        names.set(to, content);
      });
    });
  }

  remove(path: string): Promise<void> {
    return this.#do(() => {
      this.#disk.content(path);
      this.#disk.rename(path, (names) => names.delete(path));
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#do(() => this.#disk.syncDirectory(directory));
  }

  #appender(content: Content): AppendFile {
    return {
      append: (bytes) => {
        const copy = bytes.slice();
        return this.#do(() => {
          content.current = concat(content.current, copy);
        });
      },
      sync: () =>
        this.#do(() => {
          content.durable = content.current;
        }),
      close: () => this.#do(() => undefined),
    };
  }

  /** Lets others run, then acts at once: a crash comes before it or after it. Nothing happens once this life is over. */
  async #do<T>(act: () => T): Promise<T> {
    this.#refuseDead();
    await this.#turn();
    this.#refuseDead();
    return act();
  }

  #refuseDead(): void {
    if (!this.#life.alive) throw new StorageFault("storage.closed", "this machine has crashed");
  }
}
