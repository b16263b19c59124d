import { equalBytes, type Bytes } from "#proto/bytes.js";
import { headerBeacon, type LightBlock } from "#proto/light/header.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import {
  blockResultsCodec,
  certificateRoot,
  evidenceRoot,
  paramsRoot,
  txRoot,
  type Block,
} from "#proto/types/block.js";
import { indexOf, prioritiesRoot, validatorsRoot } from "#proto/types/validators.js";
import { blockInfo } from "#state/context.js";
import { executeBlock } from "#state/machine.js";
import {
  chainConfig,
  lastBeacon,
  nextParams,
  nextValidators,
  pastBlock,
  upcomingValidators,
} from "#state/modules/chain/index.js";
import type { Base, Write } from "#state/store/base.js";
import type { ChainFingerprints } from "./chain.js";
import { judgeBlockEvidence } from "./evidence.js";
import { ChainFault } from "./types.js";

/**
 * What a decided block makes of the state before it, for who has that state and the block but not the heights below.
 * That more than two thirds decided it stands for what only those heights could show.
 * @throws ChainFault when state and block do not belong together
 */
export function replayDecided(
  state: Base,
  block: Block,
  light: LightBlock,
  fingerprints: (base: Base) => ChainFingerprints,
): { readonly results: Bytes; readonly writes: readonly Write[] } {
  const { header } = light;
  const set = nextValidators(state);
  const roots: readonly (readonly [name: string, has: Bytes, says: Bytes])[] = [
    ["txs", txRoot(block.txs), header.txRoot],
    ["last certificate", certificateRoot(block.lastCertificate), header.lastCertificateRoot],
    ["evidence", evidenceRoot(block.evidence), header.evidenceRoot],
    ["parameters", paramsRoot(nextParams(state)), header.paramsRoot],
    ["validators", validatorsRoot(set), header.validatorsRoot],
    ["next validators", validatorsRoot(upcomingValidators(state)), header.nextValidatorsRoot],
    ["priorities", prioritiesRoot(set), header.prioritiesRoot],
  ];
  const wrong = roots.find(([, has, says]) => !equalBytes(has, says));
  if (wrong !== undefined) throw notTogether(header.height, wrong[0]);
  const beacon = headerBeacon(light, lastBeacon(state));
  if (isRejection(beacon)) throw notTogether(header.height, rejectionText(beacon));
  const last = pastBlock(state, header.height - 1n);
  const before = { chainId: header.chainId, height: header.height - 1n, time: last?.time ?? 0n };
  const offences = judgeBlockEvidence(state, before, block.evidence);
  if (isRejection(offences)) throw notTogether(header.height, rejectionText(offences));
  const { power } = set.members[indexOf(set, header.proposer)]!;
  const info = blockInfo(header, {
    beacon,
    bech32Prefix: chainConfig(state).bech32Prefix,
    proposerPower: power,
    totalPower: set.totalPower,
    misbehaviour: offences,
  });
  const txBytesMax = Number(nextParams(state).txBytesMax);
  const outcome = executeBlock(state, info, block.txs, { txBytesMax }, fingerprints(state));
  const results = blockResultsCodec.encode({
    height: header.height,
    txResults: [...outcome.results],
    blockEvents: [...outcome.blockEvents],
    validatorUpdates: [...outcome.validatorUpdates],
  });
  return { results, writes: outcome.writes };
}

const notTogether = (height: bigint, what: string): ChainFault =>
  new ChainFault("invalid_decision", `block ${height} and the state before it do not belong together: ${what}`);
