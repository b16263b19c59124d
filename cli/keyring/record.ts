import { fromBase64, toBase64 } from "#proto/base64.js";
import type { Bytes } from "#proto/bytes.js";
import { signing } from "../fault.js";
import type { SealedSecret } from "./secret.js";

export const PUBLIC_KEY_TYPE = "/cosmos.crypto.secp256k1.PubKey";

/** One key as its file holds it: `keyring-<backend>/<name>.json`. */
export interface KeyRecord {
  readonly version: 1;
  readonly name: string;
  /** offline: only the public key is here, to watch and to verify. */
  readonly type: "local" | "offline";
  readonly publicKey: Bytes;
  readonly hdPath: string | undefined;
  /** file backend */
  readonly sealed: SealedSecret | undefined;
  /** test backend: the secret key itself, in hex */
  readonly secretKey: string | undefined;
}

export function writeRecord(record: KeyRecord): string {
  const json = {
    version: record.version,
    name: record.name,
    type: record.type,
    pubkey: { "@type": PUBLIC_KEY_TYPE, key: toBase64(record.publicKey) },
    hd_path: record.hdPath,
    crypto: record.sealed,
    unencrypted_secret_key: record.secretKey,
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** @throws CliFault(key_file_invalid) */
export function readRecord(name: string, text: string): KeyRecord {
  const invalid = () =>
    signing(
      "key_file_invalid",
      `the file of key "${name}" is not a key file of version 1`,
      "restore it from a backup, or recover the key with its mnemonic",
    );
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw invalid();
  }
  const publicKey = readPublicKey(json["pubkey"]);
  const type = json["type"];
  if (json["version"] !== 1 || (type !== "local" && type !== "offline") || publicKey === undefined) throw invalid();
  const sealed = json["crypto"];
  const plain = json["unencrypted_secret_key"];
  const path = json["hd_path"];
  return {
    version: 1,
    name,
    type,
    publicKey,
    hdPath: typeof path === "string" ? path : undefined,
    sealed: typeof sealed === "object" && sealed !== null ? (sealed as SealedSecret) : undefined,
    secretKey: typeof plain === "string" ? plain : undefined,
  };
}

/** The `{"@type", "key"}` that `keys show -p` prints; undefined for any other key type. */
export function readPublicKey(json: unknown): Bytes | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { "@type": type, key } = json as { "@type"?: unknown; key?: unknown };
  if (type !== PUBLIC_KEY_TYPE || typeof key !== "string") return undefined;
  const bytes = fromBase64(key);
  return bytes?.length === 33 && (bytes[0] === 2 || bytes[0] === 3) ? bytes : undefined;
}
