import { u32be, u64be, utf8, type Bytes } from "./bytes.js";
import { domains } from "./crypto/domains.js";
import { tagged } from "./crypto/hash.js";
import { vrfProofToHash, vrfVerify } from "./crypto/vrf.js";

/**
 * The beacon: 32 bytes a height that its proposer could neither choose nor foretell others. The input names no round, so
 * that each proposer has exactly one proof to give at a height.
 */

/** What the proposer's VRF is asked. @param previous beacon of height - 1, 32 bytes */
export function beaconInput(chainId: string, height: bigint, previous: Bytes): Bytes {
  const name = utf8(chainId);
  return tagged(domains.beacon, u32be(name.length), name, u64be(height), previous);
}

/** The beacon of a height whose header carries this proof; undefined when it is not the proposer's. */
export function verifyBeacon(publicKey: Bytes, input: Bytes, proof: Bytes): Bytes | undefined {
  const hash = vrfVerify(publicKey, input, proof);
  return hash === undefined ? undefined : tagged(domains.beaconOutput, hash);
}

/** The beacon behind a proof that was verified before: for headers under a certificate. */
export function beaconOf(proof: Bytes): Bytes | undefined {
  const hash = vrfProofToHash(proof);
  return hash === undefined ? undefined : tagged(domains.beaconOutput, hash);
}

/** The beacon before the first height. @param genesisHash 32 bytes */
export function genesisBeacon(genesisHash: Bytes): Bytes {
  return tagged(domains.genesisBeacon, genesisHash);
}
