import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { equalBytes, fromHex, toHex, type Bytes } from "#proto/bytes.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { writeFileWhole } from "#node/config/json-file.js";
import { osError } from "#node/runtime/os-error.js";
import { CliFault, signing, usage } from "../fault.js";
import { readRecord, writeRecord, type KeyRecord } from "./record.js";
import { seal, unseal } from "./secret.js";

export type Backend = "file" | "test";

export interface KeyringPorts {
  readonly random: (bytes: number) => Bytes;
  /** Asked at most once a command; `isNew` when the keyring holds nothing yet and the password is being chosen. */
  readonly password: (isNew: boolean) => Promise<string>;
  /** Cost of the password's hash; tests lower it. */
  readonly scryptN?: number;
}

export interface KeyInfo {
  readonly name: string;
  readonly type: "local" | "offline";
  readonly publicKey: Bytes;
  readonly address: Bytes;
  readonly hdPath: string | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Keys in one folder, one file each, all under one password. Only the owner may read the files. */
export class Keyring {
  readonly backend: Backend;
  readonly #folder: string;
  readonly #ports: KeyringPorts;
  #password: Promise<string> | undefined;

  constructor(backend: Backend, folder: string, ports: KeyringPorts) {
    this.backend = backend;
    this.#folder = join(folder, `keyring-${backend}`);
    this.#ports = ports;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Sorted by name. A file that is no key hides none of the others; `unreadable` names it. */
  list(): readonly KeyInfo[] {
    return this.#records().map(info);
  }

  /** A sentence for each file in the folder of keys that does not hold a key. */
  unreadable(): readonly string[] {
    const sentences: string[] = [];
    this.#records((sentence) => sentences.push(sentence));
    return sentences;
  }

  find(name: string): KeyInfo | undefined {
    const record = this.#read(name);
    return record === undefined ? undefined : info(record);
  }

  byAddress(address: Bytes): KeyInfo | undefined {
    return this.list().find((key) => equalBytes(key.address, address));
  }

  async add(name: string, secretKey: Bytes, hdPath?: string): Promise<KeyInfo> {
    this.#checkNew(name);
    const publicKey = secp256k1PublicKey(secretKey);
    const common = { version: 1, name, type: "local", publicKey, hdPath } as const;
    const record: KeyRecord =
      this.backend === "test"
        ? { ...common, sealed: undefined, secretKey: toHex(secretKey) }
        : { ...common, sealed: await this.#seal(secretKey, publicKey), secretKey: undefined };
    this.#write(record);
    return info(record);
  }

  addWatchOnly(name: string, publicKey: Bytes): KeyInfo {
    this.#checkNew(name);
    const record: KeyRecord = {
      version: 1,
      name,
      type: "offline",
      publicKey,
      hdPath: undefined,
      sealed: undefined,
      secretKey: undefined,
    };
    this.#write(record);
    return info(record);
  }

  /** 32 bytes. @throws CliFault with exit code 7 for an unknown or watch-only key, a wrong password, a changed file */
  async secretKey(name: string): Promise<Bytes> {
    const record = this.#need(name);
    if (record.type === "offline") throw signing("watch_only", `"${name}" is watch-only: its secret key is not here`);
    const secret =
      record.secretKey !== undefined
        ? fromHex(record.secretKey)
        : record.sealed !== undefined
          ? await unseal(record.sealed, await this.#askPassword(false), record.publicKey)
          : undefined;
    if (secret === undefined || secret.length !== 32 || !equalBytes(secp256k1PublicKey(secret), record.publicKey)) {
      throw signing(
        "key_file_invalid",
        `the secret of "${name}" does not belong to its public key`,
        "restore the file from a backup, or recover the key with its mnemonic",
      );
    }
    return secret;
  }

  rename(from: string, to: string): KeyInfo {
    const record = this.#need(from);
    this.#checkNew(to);
    this.#write({ ...record, name: to });
    rmSync(this.#path(from));
    return info({ ...record, name: to });
  }

  remove(name: string): void {
    this.#need(name);
    rmSync(this.#path(name));
  }

  async #seal(secretKey: Bytes, publicKey: Bytes) {
    const other = this.#records().find((record) => record.sealed !== undefined);
    const password = await this.#askPassword(other === undefined);
    // All keys share one password: a typing error must not lock one of them behind another.
    if (other?.sealed !== undefined) await unseal(other.sealed, password, other.publicKey);
    return await seal(secretKey, password, publicKey, this.#ports.random, this.#ports.scryptN);
  }

  #askPassword(isNew: boolean): Promise<string> {
    return (this.#password ??= this.#ports.password(isNew));
  }

  #need(name: string): KeyRecord {
    const record = this.#read(name);
    if (record !== undefined) return record;
    throw signing(
      "key_unknown",
      `no key "${name}" in ${this.#folder}`,
      "tribd keys list shows the names; keys add makes one; --keyring-backend and --home choose the keyring",
    );
  }

  #checkNew(name: string): void {
    if (!NAME.test(name)) {
      throw usage(`"${name}" cannot be a key's name`, "letters, digits, dot, dash and underscore, up to 64");
    }
    if (existsSync(this.#path(name))) {
      throw signing(
        "key_exists",
        `a key "${name}" already exists`,
        `tribd keys delete ${name} removes it, or choose another name`,
      );
    }
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  #read(name: string): KeyRecord | undefined {
    const path = this.#path(name);
    return NAME.test(name) && existsSync(path) ? readRecord(name, readFileSync(path, "utf8")) : undefined;
  }

  #records(unreadable: (sentence: string) => void = () => undefined): KeyRecord[] {
    if (!existsSync(this.#folder)) return [];
    const names = readdirSync(this.#folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -5));
    return names.sort(byName).flatMap((name) => {
      try {
        return this.#read(name) ?? [];
      } catch (error) {
        const why = error instanceof CliFault ? error.message : osError(error)?.message;
        if (why === undefined) throw error;
        unreadable(`${this.#path(name)}: ${why}`);
        return [];
      }
    });
  }

  /** The file appears whole or not at all. */
  #write(record: KeyRecord): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileWhole(this.#path(record.name), writeRecord(record), true);
  }
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function info({ name, type, publicKey, hdPath }: KeyRecord): KeyInfo {
  return { name, type, publicKey, hdPath, address: accountAddress(publicKey) };
}
