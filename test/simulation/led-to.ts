import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Effect } from "#consensus/types.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { proposalSignBytes, voteSignBytes } from "#proto/types/vote.js";
import { readRecords } from "#node/drive/log-record.js";
import type { LastSigned } from "#node/signer/record.js";

/**
 * W3: whatever led to a signature was on disk before the signer was asked, so the log of its height, read again after any
 * loss of power, leads there again. Undefined when it does.
 */
export function forgotten(
  chainId: string,
  last: LastSigned,
  height: bigint,
  records: readonly Bytes[],
): string | undefined {
  if (last.height !== height) return undefined;
  let state = initialState();
  for (const record of readRecords(records)) {
    if (record.kind !== "input") continue;
    const after = step(state, record.input);
    state = after.state;
    for (const effect of after.effects) {
      const wanted = signBytesOf(chainId, effect);
      if (wanted !== undefined && equalBytes(wanted, last.signBytes)) return undefined;
    }
  }
  return `the log of height ${height} does not lead to what was signed last, ${height}/${last.round}/${last.step}`;
}

function signBytesOf(chainId: string, effect: Effect): Bytes | undefined {
  if (effect.kind === "sign_vote") return voteSignBytes(chainId, effect);
  if (effect.kind === "sign_proposal") return proposalSignBytes(chainId, effect);
  return undefined;
}
