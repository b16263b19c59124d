import { join } from "node:path";
import { assert } from "#proto/assert.js";
import { concat, type Bytes } from "#proto/bytes.js";
import { StorageFault } from "../fault.js";
import type { AppendFile, Files } from "./files.js";
import { header, HEADER_BYTES, PAYLOAD_BYTES_MAX, readLog, recordBytes } from "./wal-record.js";

/** A file larger than this is followed by another one of the same height. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** The inputs of consensus since the last committed height, in the order in which they were taken. */
export interface Wal {
  /** Entries of the log for a height. To be read before the height begins. */
  read(height: bigint): Promise<Bytes[]>;
  /** The following entries belong to this height. */
  begin(height: bigint): Promise<void>;
  /** Takes 1 byte to 1 MiB, into memory. */
  append(payload: Bytes): void;
  /** Resolves when every entry taken so far is on disk for good. @throws StorageFault; then the node must stop. */
  flush(): Promise<void>;
  /** Forgets all heights below this one: their blocks are committed. */
  drop(below: bigint): Promise<void>;
  close(): Promise<void>;
}

interface LogName {
  readonly height: bigint;
  readonly index: number;
}
const NAME = /^([0-9]{20})-([0-9]{6})\.wal$/;
const nameOf = ({ height, index }: LogName): string =>
  `${String(height).padStart(20, "0")}-${String(index).padStart(6, "0")}.wal`;

/**
 * Opens the log of a directory: cuts off the torn end that a crash may leave in the last file.
 * @throws StorageFault "storage.corrupt_log" for any other damage: entries that were acted on would be missing.
 */
export async function openWal(files: Files, directory: string): Promise<Wal> {
  await files.makeDirectory(directory);
  const names = await logNames(files, directory);
  for (const [i, name] of names.entries()) {
    const path = join(directory, nameOf(name));
    const bytes = (await files.read(path)) ?? new Uint8Array(0);
    const { sound, damagedAt } = readLog(header(name.height, name.index), bytes);
    if (sound === bytes.length) continue;
    if (damagedAt !== undefined || i < names.length - 1) {
      throw new StorageFault(
        "storage.corrupt_log",
        `write-ahead log ${path} is damaged at byte ${sound}, before its end: check the disk; if there is no other copy, move it away, keep the signer's record and start. Nothing is signed at the height that the key signed last; the next one is signed again`,
      );
    }
    await files.truncate(path, sound);
  }
  return new WalFiles(files, directory);
}

async function logNames(files: Files, directory: string): Promise<LogName[]> {
  const out: LogName[] = [];
  for (const name of await files.list(directory)) {
    const parts = NAME.exec(name);
    if (parts !== null) out.push({ height: BigInt(parts[1]!), index: Number(parts[2]) });
  }
  return out; // Sorted, as the names are.
}

class WalFiles implements Wal {
  readonly #files: Files;
  readonly #directory: string;
  #file: AppendFile | undefined;
  #name: LogName = { height: 0n, index: 0 };
  #head: Bytes = header(0n, 0);
  #length = 0;
  #synced = 0;
  #buffer: Bytes[] = [];
  /** The work in progress; each piece waits for the one before. */
  #last: Promise<void> = Promise.resolve();
  #broken: StorageFault | undefined;

  constructor(files: Files, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  async read(height: bigint): Promise<Bytes[]> {
    const out: Bytes[] = [];
    for (const name of await logNames(this.#files, this.#directory)) {
      if (name.height !== height) continue;
      const bytes = await this.#files.read(join(this.#directory, nameOf(name)));
      if (bytes !== undefined) out.push(...readLog(header(name.height, name.index), bytes).payloads);
    }
    return out;
  }

  begin(height: bigint): Promise<void> {
    return this.#then(async () => {
      await this.#writeOut();
      const used = (await logNames(this.#files, this.#directory)).filter((name) => name.height === height);
      await this.#open({ height, index: (used.at(-1)?.index ?? -1) + 1 });
    });
  }

  append(payload: Bytes): void {
    assert(payload.length > 0 && payload.length <= PAYLOAD_BYTES_MAX, `a log entry of ${payload.length} bytes`);
    if (this.#broken !== undefined) throw this.#broken;
    this.#buffer.push(payload);
  }

  flush(): Promise<void> {
    return this.#then(() => this.#writeOut());
  }

  drop(below: bigint): Promise<void> {
    return this.#then(async () => {
      const old = (await logNames(this.#files, this.#directory)).filter(
        ({ height }) => height < below && height !== this.#name.height,
      );
      for (const name of old) await this.#files.remove(join(this.#directory, nameOf(name)));
      if (old.length > 0) await this.#files.syncDirectory(this.#directory);
    });
  }

  close(): Promise<void> {
    return this.#then(async () => {
      await this.#writeOut();
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  #then(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      if (this.#broken !== undefined) throw this.#broken;
      try {
        await work();
      } catch (cause) {
        // After a failed write or sync the content of the disk is unknown: never retry.
        this.#broken = new StorageFault(
          "storage.write",
          `write-ahead log ${this.#directory} could not be written`,
          cause,
        );
        throw this.#broken;
      }
    });
    this.#last = done.catch(() => undefined); // The fault reached its caller, and stays in #broken for the next ones.
    return done;
  }

  async #writeOut(): Promise<void> {
    const payloads = this.#buffer;
    this.#buffer = [];
    if (payloads.length === 0) return;
    const file = this.#file;
    assert(file !== undefined, "an entry was logged before its height began");
    const records: Bytes[] = [];
    for (const payload of payloads) {
      const record = recordBytes(this.#head, this.#length, this.#synced, payload);
      records.push(record);
      this.#length += record.length;
    }
    await file.append(concat(...records));
    await file.sync();
    this.#synced = this.#length;
    if (this.#length > FILE_BYTES_MAX) await this.#open({ height: this.#name.height, index: this.#name.index + 1 });
  }

  /** Everything in the file before is synced: damage in it is no torn end. */
  async #open(name: LogName): Promise<void> {
    await this.#file?.close();
    const file = await this.#files.create(join(this.#directory, nameOf(name)));
    this.#head = header(name.height, name.index);
    await file.append(this.#head);
    await file.sync();
    await this.#files.syncDirectory(this.#directory);
    this.#file = file;
    this.#name = name;
    this.#length = HEADER_BYTES;
    this.#synced = HEADER_BYTES;
  }
}
