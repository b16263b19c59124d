import { utf8, type Bytes } from "#proto/bytes.js";
import type { Ban } from "#p2p/peers/bans.js";
import { replaceFile } from "../storage/files/atomic-file.js";
import type { Files } from "../storage/files/files.js";
import type { Log } from "../telemetry/index.js";

/** Ten thousand bans are a fifth of it. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const REASON_CHARS_MAX = 200;

export interface BansFile {
  readonly kept: readonly Ban[];
  /** Writes in the background, one after the other; of several lists that come meanwhile the last. */
  save(list: readonly Ban[]): void;
  /** When everything is written. */
  idle(): Promise<void>;
}

/** Bans of earlier runs, which a restart keeps. A convenience: no error of this file stops the node. */
export async function openBansFile(files: Files, path: string, log: Pick<Log, "warn">): Promise<BansFile> {
  let next: readonly Ban[] | undefined;
  let writing = Promise.resolve();
  let isWriting = false;

  async function write(): Promise<void> {
    while (next !== undefined) {
      const list = next;
      next = undefined;
      try {
        await replaceFile(files, path, encode(list));
      } catch (error) {
        log.warn("bans could not be saved and will be lost at a restart", { path, error: String(error) });
      }
    }
    isWriting = false;
  }

  return {
    kept: await load(files, path, log),
    save(list) {
      next = list;
      if (isWriting) return;
      isWriting = true;
      writing = write();
    },
    idle: () => writing,
  };
}

async function load(files: Files, path: string, log: Pick<Log, "warn">): Promise<readonly Ban[]> {
  try {
    const size = await files.size(path);
    if (size === undefined) return [];
    const bytes = size > FILE_BYTES_MAX ? undefined : await files.read(path);
    const bans = bytes === undefined ? undefined : decode(bytes);
    if (bans !== undefined) return bans;
    log.warn("the bans file is damaged: no peer is banned", { path });
  } catch (error) {
    log.warn("the bans file cannot be read: no peer is banned", { path, error: String(error) });
  }
  return [];
}

const encode = (list: readonly Ban[]): Bytes =>
  utf8(
    JSON.stringify(
      list.map(({ peer, until, reason }) => ({
        peer,
        until: String(until),
        reason: reason.slice(0, REASON_CHARS_MAX),
      })),
    ),
  );

function decode(bytes: Bytes): readonly Ban[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // Damaged, like what is no list of bans.
  }
  if (!Array.isArray(value)) return undefined;
  const bans = value.map(banOf);
  return bans.every((ban) => ban !== undefined) ? bans : undefined;
}

function banOf(value: unknown): Ban | undefined {
  const { peer, until, reason } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof peer !== "string" || typeof until !== "string" || typeof reason !== "string") return undefined;
  return /^[0-9]{1,16}$/.test(until) ? { peer, until: BigInt(until), reason } : undefined;
}
