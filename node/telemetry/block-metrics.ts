import { toHex, type Bytes } from "#proto/bytes.js";
import type { Certificate } from "#proto/types/block.js";
import { indexOf, type ValidatorSet } from "#proto/types/validators.js";
import type { Handles } from "./metrics.js";
import type { consensusTable } from "./tables/consensus.js";

/** A committed height as the dashboards see it. */
export interface CommittedFacts {
  readonly height: bigint;
  /** Block time, unix ms. */
  readonly time: bigint;
  readonly txs: number;
  readonly bytes: number;
  readonly evidence: readonly { readonly validatorPower: bigint }[];
  /** The set that decided it, and its commit. */
  readonly validators: ValidatorSet;
  readonly certificate: Certificate;
}

/**
 * Writes the metrics of each committed height; derived from what is committed, so the core is measured from outside.
 * @param address this node's validator; undefined while it is not known
 */
export function blockMetrics(
  handles: Handles<typeof consensusTable>,
  address: () => Bytes | undefined,
): (facts: CommittedFacts) => void {
  let lastTime: bigint | undefined;
  let totalTxs = 0;
  let missedSelf = 0;

  function ofSelf({ height, validators, certificate }: CommittedFacts): void {
    const self = address();
    const index = self === undefined ? -1 : indexOf(validators, self);
    if (self === undefined || index < 0) return;
    const label = { validator_address: toHex(self).toUpperCase() };
    handles.validatorPower.set(Number(validators.members[index]!.power), label);
    if (certificate.signatures.some((signature) => signature.index === index)) {
      handles.validatorLastSigned.set(Number(height), label);
    } else handles.validatorMissed.set(++missedSelf, label);
  }

  return (facts) => {
    const { height, time, txs, bytes, evidence, validators, certificate } = facts;
    const signed = new Set(certificate.signatures.map((signature) => signature.index));
    const missing = validators.members.filter((_, index) => !signed.has(index));
    handles.height.set(Number(height));
    handles.latestBlockHeight.set(Number(height));
    handles.rounds.set(certificate.round);
    handles.validators.set(validators.members.length);
    handles.validatorsPower.set(Number(validators.totalPower));
    handles.missing.set(missing.length);
    handles.missingPower.set(Number(missing.reduce((sum, { power }) => sum + power, 0n)));
    handles.byzantine.set(evidence.length);
    handles.byzantinePower.set(Number(evidence.reduce((sum, { validatorPower }) => sum + validatorPower, 0n)));
    handles.numTxs.set(txs);
    handles.totalTxs.set((totalTxs += txs));
    handles.blockSize.set(bytes);
    handles.chainSize.inc(bytes);
    if (lastTime !== undefined) handles.blockInterval.observe(Number(time - lastTime) / 1000);
    lastTime = time;
    ofSelf(facts);
  };
}
