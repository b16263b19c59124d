import type { Bytes } from "../bytes.js";
import { codespace, reject, type Rejection } from "../rejection.js";
import type { Header } from "../types/block.js";
import { verifyMembership, verifyNonMembership } from "./ics23.js";
import { STATE_PROOF_SPEC } from "./state-spec.js";

export const stateProofErrors = codespace("state_proof", { notProven: 1 });

/**
 * Undefined when the proof shows, under the state root of a header that is trusted, that a raw state key has this value, or
 * none. The root in a header is that of the state after the height before it.
 */
export function verifyState(
  { stateRoot, height }: Pick<Header, "stateRoot" | "height">,
  key: Bytes,
  value: Bytes | undefined,
  proof: Bytes,
): Rejection | undefined {
  const shown =
    value === undefined
      ? verifyNonMembership(STATE_PROOF_SPEC, stateRoot, proof, key)
      : verifyMembership(STATE_PROOF_SPEC, stateRoot, proof, key, value);
  return shown ? undefined : reject(stateProofErrors.notProven, { height: height - 1n });
}
