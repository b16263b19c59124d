import type { Bytes } from "../bytes.js";
import { codespace, reject, type Rejection } from "../rejection.js";
import type { Header } from "../types/block.js";
import { verifyMembership, verifyNonMembership } from "./ics23.js";
import { STATE_PROOF_SPEC } from "./state-spec.js";

/** Rejection of a proof that does not prove the claim. */
export const stateProofErrors = codespace("state_proof", {
  notProven: 1, // { height }: the state after this height does not have that value
});

/**
 * Undefined if the proof shows that a raw state key has this value (or none, for undefined) under the state root of a
 * trusted header. That root is of the state after height - 1.
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
