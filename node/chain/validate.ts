import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { beaconInput, verifyBeacon } from "#proto/beacon.js";
import { verifyCertificate } from "#proto/light/certificate.js";
import type { Offence } from "#proto/evidence/ground.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { decodeTx } from "#proto/tx/decode.js";
import {
  BLOCK_VERSION,
  certificateRoot,
  evidenceRoot,
  paramsRoot,
  txRoot,
  type Block,
  type ConsensusParams,
  type Evidence,
  type Header,
} from "#proto/types/block.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import { prioritiesRoot, proposerAt, validatorsRoot, type Member, type ValidatorSet } from "#proto/types/validators.js";

/** Values that a block at the next height must agree with. */
export interface Expected {
  readonly chainId: string;
  readonly height: bigint;
  readonly lastTime: bigint;
  readonly lastBlockId: BlockId | undefined;
  /** Of the last height: who signed its certificate. */
  readonly lastValidators: ValidatorSet | undefined;
  readonly validators: ValidatorSet;
  /** Of the height after. */
  readonly nextValidators: ValidatorSet;
  readonly params: ConsensusParams;
  readonly stateRoot: Bytes;
  readonly resultsRoot: Bytes;
  readonly lastBeacon: Bytes;
  judgeEvidence(pieces: readonly Evidence[]): readonly Offence[] | Rejection;
}

export interface ValidBlock {
  readonly block: Block;
  readonly header: Header;
  readonly proposer: Member;
  /** Output of the header's proof, 32 bytes. */
  readonly beacon: Bytes;
  /** Offences that its evidence proves, each validator once. */
  readonly offences: readonly Offence[];
}

/** Rounds above this are not proposed in practice; the bound keeps the search for the proposer short. */
const CREATION_ROUND_MAX = 10_000;

/** All of B2 but execution: the first thing that is wrong, in words, or what the block is made of. */
export function validateBlock(block: Block, size: number, expected: Expected): ValidBlock | string {
  const { header } = block;
  if (header === undefined) return "no header";
  if (BigInt(size) > expected.params.blockBytesMax) return `${size} bytes, more than ${expected.params.blockBytesMax}`;
  const wrong = wrongField(header, block, expected);
  if (wrong !== undefined) return `header field ${wrong}`;
  if (header.time <= expected.lastTime) return `time ${header.time} is not after ${expected.lastTime}`;
  if (header.round > CREATION_ROUND_MAX) return `creation round ${header.round}`;
  const proposer = proposerAt(expected.validators, header.round);
  if (!equalBytes(proposer.address, header.proposer)) {
    return `proposer ${toHex(header.proposer)} is not rotation's choice`;
  }
  const beacon = verifyBeacon(
    proposer.pubKey,
    beaconInput(expected.chainId, expected.height, expected.lastBeacon),
    header.beaconProof,
  );
  if (beacon === undefined) return "beacon proof";
  const problem = certificateProblem(block, expected) ?? txsProblem(block.txs, expected.params);
  if (problem !== undefined) return problem;
  const offences = expected.judgeEvidence(block.evidence);
  if (isRejection(offences)) return `evidence: ${rejectionText(offences)}`;
  return { block, header, proposer, beacon, offences };
}

/** The first header field that differs from what the state and the block's own parts say. */
function wrongField(header: Header, block: Block, expected: Expected): string | undefined {
  const set = expected.validators;
  const rows: readonly (readonly [name: keyof Header, right: boolean])[] = [
    ["version", header.version === BLOCK_VERSION],
    ["chainId", header.chainId === expected.chainId],
    ["height", header.height === expected.height],
    ["lastBlockId", equalBlockIds(header.lastBlockId, expected.lastBlockId)],
    ["lastCertificateRoot", equalBytes(header.lastCertificateRoot, certificateRoot(block.lastCertificate))],
    ["txRoot", equalBytes(header.txRoot, txRoot(block.txs))],
    ["stateRoot", equalBytes(header.stateRoot, expected.stateRoot)],
    ["resultsRoot", equalBytes(header.resultsRoot, expected.resultsRoot)],
    ["validatorsRoot", equalBytes(header.validatorsRoot, validatorsRoot(set))],
    ["nextValidatorsRoot", equalBytes(header.nextValidatorsRoot, validatorsRoot(expected.nextValidators))],
    ["prioritiesRoot", equalBytes(header.prioritiesRoot, prioritiesRoot(set))],
    ["evidenceRoot", equalBytes(header.evidenceRoot, evidenceRoot(block.evidence))],
    ["paramsRoot", equalBytes(header.paramsRoot, paramsRoot(expected.params))],
  ];
  return rows.find(([, right]) => !right)?.[0];
}

/** Every signature of the last certificate is checked, not just two thirds of them (hostile inputs 23 to 25). */
function certificateProblem({ lastCertificate }: Block, expected: Expected): string | undefined {
  if (expected.lastBlockId === undefined || expected.lastValidators === undefined) {
    return lastCertificate === undefined ? undefined : "a certificate at the first height";
  }
  if (lastCertificate === undefined) return "no certificate of the last height";
  const refused = verifyCertificate(expected.chainId, expected.lastValidators, lastCertificate, {
    height: expected.height - 1n,
    blockId: expected.lastBlockId,
  });
  return refused === undefined ? undefined : `last certificate: ${rejectionText(refused)}`;
}

/** A proposer fills a block with transactions that can be read, each once, within the limits (hostile input 30). */
function txsProblem(txs: readonly Bytes[], params: ConsensusParams): string | undefined {
  const seen = new Set<string>();
  let gas = 0n;
  for (const [i, bytes] of txs.entries()) {
    const tx = decodeTx(bytes, Number(params.txBytesMax));
    if (isRejection(tx)) return `tx ${i}: ${rejectionText(tx)}`;
    const key = toHex(tx.hash);
    if (seen.has(key)) return `tx ${i} stands in the block twice`;
    seen.add(key);
    gas += tx.fee.gasLimit;
  }
  return gas > params.blockGasMax ? `gas ${gas}, more than ${params.blockGasMax}` : undefined;
}
