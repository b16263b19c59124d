import type { Home } from "../config/home.js";
import { readValidatorKey } from "../config/identity.js";
import { openFileSigner, type FileSigner } from "../signer/file-signer.js";
import { osSignerFiles } from "../signer/os-files.js";

/**
 * A signer over this home's key and record. Its opener holds the home's lock: two signers that each remember what they signed
 * last could contradict each other.
 * @throws SignerFault, ConfigFault
 */
export async function openLocalSigner(home: Home, chainId: string): Promise<FileSigner> {
  const { seed } = readValidatorKey(home);
  return await openFileSigner({ seed, chainId, statePath: home.validatorState, files: osSignerFiles });
}
