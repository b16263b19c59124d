import { createCipheriv, createDecipheriv, scrypt, type ScryptOptions } from "node:crypto";
import { concat, fromHex, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { CliFault, signing } from "../fault.js";

/** How a secret lies on disk. Parameters travel with it, so that they can be raised later. */
export interface SealedSecret {
  readonly kdf: "scrypt";
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly cipher: "aes-256-gcm";
  readonly nonce: string;
  readonly ciphertext: string;
  readonly tag: string;
}

const N = 2 ** 17;
// A tampered file must not make us allocate or compute without end: 2^20 is 8 times today's cost and 1 GB.
const N_MAX = 2 ** 20;
const TAG = utf8("tributary/keyring/1");

/** 128 * N * r bytes are needed, and Node's default limit is 32 MB. */
function derive(password: string, salt: Bytes, n: number, r: number, p: number): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 128 * n * r + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** @param bound what the secret belongs to (its public key): opening it beside another fails */
export async function seal(
  secret: Bytes,
  password: string,
  bound: Bytes,
  random: (bytes: number) => Bytes,
  n = N,
): Promise<SealedSecret> {
  const salt = random(32);
  const nonce = random(12);
  const key = await derive(password, salt, n, 8, 1);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(concat(TAG, bound));
  const ciphertext = concat(cipher.update(secret), cipher.final());
  key.fill(0);
  return {
    ...{ kdf: "scrypt", n, r: 8, p: 1, salt: toHex(salt) },
    ...{ cipher: "aes-256-gcm", nonce: toHex(nonce), ciphertext: toHex(ciphertext), tag: toHex(cipher.getAuthTag()) },
  };
}

/** @throws CliFault(wrong_password) for a wrong password and for a changed file: GCM cannot tell them apart */
export async function unseal(sealed: SealedSecret, password: string, bound: Bytes): Promise<Bytes> {
  const { salt, nonce, ciphertext, tag } = checked(sealed);
  const key = await derive(password, salt, sealed.n, sealed.r, sealed.p);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(concat(TAG, bound));
  decipher.setAuthTag(tag);
  try {
    return concat(decipher.update(ciphertext), decipher.final());
  } catch (cause) {
    throw new CliFault("wrong_password", "the password is wrong, or the key file was altered", { exit: 7, cause });
  } finally {
    key.fill(0);
  }
}

function checked(sealed: SealedSecret): { salt: Bytes; nonce: Bytes; ciphertext: Bytes; tag: Bytes } {
  const bytes = (text: unknown, min: number, max: number): Bytes | undefined => {
    const value = typeof text === "string" && text.length <= 2 * max ? fromHex(text) : undefined;
    return value !== undefined && value.length >= min ? value : undefined;
  };
  const salt = bytes(sealed.salt, 16, 64);
  const nonce = bytes(sealed.nonce, 12, 12);
  const ciphertext = bytes(sealed.ciphertext, 1, 4096);
  const tag = bytes(sealed.tag, 16, 16);
  const powerOfTwo =
    Number.isInteger(sealed.n) && sealed.n >= 2 ** 10 && sealed.n <= N_MAX && (sealed.n & (sealed.n - 1)) === 0;
  const known = sealed.kdf === "scrypt" && sealed.cipher === "aes-256-gcm" && sealed.r === 8 && sealed.p === 1;
  if (
    !known ||
    !powerOfTwo ||
    salt === undefined ||
    nonce === undefined ||
    ciphertext === undefined ||
    tag === undefined
  ) {
    throw signing(
      "key_file_invalid",
      "the key file's encryption parameters are not valid",
      "restore it from a backup, or recover the key with its mnemonic",
    );
  }
  return { salt, nonce, ciphertext, tag };
}
