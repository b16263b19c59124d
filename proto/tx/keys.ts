import { concat, type Bytes } from "../bytes.js";
import { accountAddress } from "../crypto/secp256k1.js";
import { sha256 } from "../crypto/hash.js";
import type { SignerKey } from "./decode.js";

// Amino prefixes of tendermint/PubKeyMultisigThreshold and tendermint/PubKeySecp256k1.
const MULTISIG_PREFIX = Uint8Array.of(0x22, 0xc1, 0xf7, 0xe2);
const SECP_PREFIX = Uint8Array.of(0xeb, 0x5a, 0xe9, 0x87, 0x21);

/** 20 bytes: RIPEMD-160 of SHA-256 for one key; the first 20 of SHA-256 of the amino form for a threshold. */
export function keyAddress(key: SignerKey): Bytes {
  if (key.kind === "secp256k1") return accountAddress(key.key);
  const parts: Bytes[] = [MULTISIG_PREFIX, Uint8Array.of(0x08, key.threshold)];
  for (const inner of key.keys) {
    const amino = concat(SECP_PREFIX, inner);
    parts.push(Uint8Array.of(0x12, amino.length), amino);
  }
  return sha256(concat(...parts)).slice(0, 20);
}
