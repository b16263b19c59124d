import { HDKey } from "@scure/bip32";
import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { usage } from "../fault.js";

/** SLIP-44 number of the Cosmos Hub: every Cosmos wallet derives these. */
export const COIN_TYPE = 118;

export function hdPath(account: number, index: number, coinType = COIN_TYPE): string {
  return `m/44'/${coinType}'/${account}'/0/${index}`;
}

/** 12 or 24 English words of BIP-39. */
export function newMnemonic(random: (bytes: number) => Bytes, words: 12 | 24): string {
  return entropyToMnemonic(random(words === 12 ? 16 : 32), wordlist);
}

/** One space between words, lower case. @throws CliFault(usage) when a word or the checksum is wrong */
export function checkMnemonic(text: string): string {
  const mnemonic = text.trim().toLowerCase().split(/\s+/).join(" ");
  if (validateMnemonic(mnemonic, wordlist)) return mnemonic;
  const words = mnemonic.split(" ");
  const unknown = words.find((word) => !wordlist.includes(word));
  if (unknown !== undefined) {
    throw usage(`"${unknown}" is not a BIP-39 word`, "the words are English, with one space between them");
  }
  throw usage(
    `these ${words.length} words are not a mnemonic: the checksum is wrong`,
    "check their order; a mnemonic has 12, 15, 18, 21 or 24 words",
  );
}

/** BIP-32: the 32nd bit of an index marks it as hardened. */
const HD_INDEX_MAX = 2 ** 31 - 1;

/** @throws CliFault(usage) for text that is not a derivation path */
export function checkHdPath(path: string): string {
  if (!/^m(\/[0-9]+'?){1,10}$/.test(path)) throw usage(`"${path}" is not a derivation path`, "like m/44'/118'/0'/0/0");
  const [high] = path.match(/[0-9]+/g)!.filter((index) => Number(index) > HD_INDEX_MAX);
  if (high !== undefined) throw usage(`"${path}": ${high} is above ${HD_INDEX_MAX}`);
  return path;
}

/** The secp256k1 secret key, 32 bytes, at a checked path. */
export function deriveSecretKey(mnemonic: string, path: string, passphrase = ""): Bytes {
  const child = HDKey.fromMasterSeed(mnemonicToSeedSync(mnemonic, passphrase)).derive(path);
  return present(child.privateKey, "a key derived from a seed has a private part");
}
