import { u32be, u64be, utf8, type Bytes } from "./bytes.js";
import { domains } from "./crypto/domains.js";
import { tagged } from "./crypto/hash.js";
import { vrfProofToHash, vrfVerify } from "./crypto/vrf.js";

/** The beacon: 32 bytes per height that its proposer cannot choose and that others cannot predict. */

/**
 * Input of the proposer's VRF: SHA-256 over tag, chain id, height and previous beacon; 32 bytes. It contains no round,
 * so a proposer has exactly one proof per height.
 * @param previous beacon of height - 1, 32 bytes
 */
export function beaconInput(chainId: string, height: bigint, previous: Bytes): Bytes {
  const name = utf8(chainId);
  return tagged(domains.beacon, u32be(name.length), name, u64be(height), previous);
}

/** The beacon (32 bytes) of a header with this proof; undefined unless the proof verifies for the proposer's key. */
export function verifyBeacon(publicKey: Bytes, input: Bytes, proof: Bytes): Bytes | undefined {
  const hash = vrfVerify(publicKey, input, proof);
  return hash === undefined ? undefined : tagged(domains.beaconOutput, hash);
}

/** The beacon of an already verified proof, as in a header under a certificate; undefined for malformed bytes. */
export function beaconOf(proof: Bytes): Bytes | undefined {
  const hash = vrfProofToHash(proof);
  return hash === undefined ? undefined : tagged(domains.beaconOutput, hash);
}

/** The beacon before height 1, 32 bytes. @param genesisHash 32 bytes */
export function genesisBeacon(genesisHash: Bytes): Bytes {
  return tagged(domains.genesisBeacon, genesisHash);
}
