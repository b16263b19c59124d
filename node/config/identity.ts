import { base58 } from "@scure/base";
import { fromBase64, toBase64 } from "#proto/base64.js";
import { concat, toHex, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { ConfigFault } from "./fault.js";
import type { Home } from "./home.js";
import { readJsonFile, writeJsonFile } from "./json-file.js";

/** An ed25519 key of this machine: the seed signs, the public key is told. */
export interface Identity {
  readonly seed: Bytes; // 32 bytes
  readonly publicKey: Bytes; // 32 bytes
}

export function identityOf(seed: Bytes): Identity {
  return { seed, publicKey: ed25519PublicKey(seed) };
}

/** CometBFT's JSON: the private key is seed and public key in one, 64 bytes in base64. */
const privateJson = (key: Identity) => ({
  type: "tendermint/PrivKeyEd25519",
  value: toBase64(concat(key.seed, key.publicKey)),
});
export const publicJson = (publicKey: Bytes) => ({ type: "tendermint/PubKeyEd25519", value: toBase64(publicKey) });

export function writeNodeKey(home: Home, key: Identity): void {
  writeJsonFile(home.nodeKey, { priv_key: privateJson(key) }, true);
}

export function writeValidatorKey(home: Home, key: Identity): void {
  const address = toHex(validatorAddress(key.publicKey)).toUpperCase();
  writeJsonFile(home.validatorKey, { address, pub_key: publicJson(key.publicKey), priv_key: privateJson(key) }, true);
}

/** The last-signed record of a key that has signed nothing. */
export function writeEmptyValidatorState(home: Home): void {
  writeJsonFile(home.validatorState, { height: "0", round: 0, step: 0 }, true);
}

/** @throws ConfigFault when the file is missing or its two halves do not fit */
export function readNodeKey(home: Home): Identity {
  return readKeyFile(home.nodeKey);
}

/** @throws ConfigFault when the file is missing or its parts do not fit */
export function readValidatorKey(home: Home): Identity {
  return readKeyFile(home.validatorKey);
}

/** @throws ConfigFault when the file is missing or its parts do not fit */
export function readKeyFile(path: string): Identity {
  const file = readJsonFile(path) as { priv_key?: { type?: unknown; value?: unknown } } | undefined;
  if (file === undefined) throw new ConfigFault([`${path} is missing; tribd init creates it`]);
  const { type, value } = file.priv_key ?? {};
  const bytes = type === "tendermint/PrivKeyEd25519" && typeof value === "string" ? fromBase64(value) : undefined;
  if (bytes?.length !== 64) {
    throw new ConfigFault([`${path}: priv_key is not a tendermint/PrivKeyEd25519 of 64 bytes in base64`]);
  }
  const key = identityOf(bytes.slice(0, 32));
  if (toHex(key.publicKey) !== toHex(bytes.subarray(32))) {
    throw new ConfigFault([`${path}: the public key does not match the private key`]);
  }
  return key;
}

// A libp2p peer id of an ed25519 key: identity multihash (00 24) of its protobuf form (key type 1, 32 bytes).
const PEER_ID_HEAD = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);

/** The id by which others dial this node: 12D3KooW... */
export function peerId(publicKey: Bytes): string {
  return base58.encode(concat(PEER_ID_HEAD, publicKey));
}
