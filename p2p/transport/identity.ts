import "./polyfill.js";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "../host.js";

/** @param seed 32 bytes: the node key, which is not the validator's key */
export function nodeKey(seed: Bytes): Promise<PrivateKey> {
  return generateKeyPairFromSeed("Ed25519", seed);
}

/** The id under which peers know the node of this seed: base58, "12D3KooW…". */
export async function peerIdOfSeed(seed: Bytes): Promise<PeerId> {
  return peerIdFromPrivateKey(await nodeKey(seed)).toString();
}
