import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { evidenceErrors } from "#proto/evidence/errors.js";
import type { Ground } from "#proto/evidence/ground.js";
import { judgeEvidence } from "#proto/evidence/judge.js";
import type { LightBlock } from "#proto/light/header.js";
import { isRejection } from "#proto/rejection.js";
import { headerHash, type Evidence, type Header } from "#proto/types/block.js";
import { compareBlockIds, type BlockId } from "#proto/types/block-id.js";
import { indexOf, validatorsRoot, type ValidatorSet } from "#proto/types/validators.js";
import { PREVOTE, proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "#proto/types/vote.js";
import { certify, HeaderChain, keyOf, setOf } from "../light/chain.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

export const CHAIN = "tributary-1";
export const TIP = 6n;
export const four = setOf({ a: 40n, b: 30n, c: 20n, d: 10n });
/** Decides heights 5 and 6; shares one validator with the first set. */
export const later = setOf({ a: 40n, x: 35n, y: 25n });
const ALL = ["a", "b", "c", "d"];
export const timeOf = (height: bigint): bigint => 1_000_000n + height * 1_000n;

/** A chain of six headers: what its record says. */
export const chain = new HeaderChain(sha256(utf8("genesis")));
for (let height = 1n; height <= TIP; height++) {
  const [set, signers] = height < 5n ? [four, ALL] : [later, ["a", "x", "y"]];
  const next = height + 1n < 5n ? four : later;
  chain.extend({ chainId: CHAIN, time: timeOf(height), set, next, signers, proposer: "a" });
}

export const ground: Ground = {
  chainId: CHAIN,
  height: TIP,
  time: timeOf(TIP),
  params: { evidenceAgeBlocksMax: 100n, evidenceAgeMsMax: 100_000n },
  validatorsAt: (height) => chain.at(height)?.validators,
  blockAt(height) {
    const header = chain.at(height)?.header;
    return header && { time: header.time, hash: headerHash(header) };
  },
};

export const addressOf = (name: string): Bytes => validatorAddress(ed25519PublicKey(keyOf(name)));
export const blockIdOf = (name: string): BlockId =>
  blockIdFrom(sha256(utf8(name)), 1, sha256(utf8(`parts of ${name}`)));

const ABSENT = { duplicateVote: undefined, duplicateProposal: undefined, lightClientAttack: undefined };

export function voteOf(name: string, change: Partial<Vote> = {}, set: ValidatorSet = four): Vote {
  const address = addressOf(name);
  const vote = { type: PREVOTE, height: 3n, round: 1, blockId: blockIdOf("one"), validator: address, ...change };
  const signature = signEd25519(voteSignBytes(CHAIN, vote), keyOf(name));
  return { index: indexOf(set, address), signature, ...vote };
}

export function proposalOf(name: string, change: Partial<Proposal> = {}): Proposal {
  const proposal = { height: 3n, round: 2, polRound: -1, blockId: blockIdOf("one"), ...change };
  const signature = signEd25519(proposalSignBytes(CHAIN, proposal), keyOf(name));
  return { proposer: addressOf(name), signature, ...proposal };
}

/** By `b`, who has 30 of 100 at height 3. */
export function votesEvidence(voteA: Vote, voteB: Vote, change: Partial<Evidence> = {}): Evidence {
  return {
    ...ABSENT,
    duplicateVote: { voteA, voteB },
    totalPower: 100n,
    validatorPower: 30n,
    time: timeOf(3n),
    ...change,
  };
}

export function proposalsEvidence(proposalA: Proposal, proposalB: Proposal, change: Partial<Evidence> = {}): Evidence {
  const duplicateProposal = { proposalA, proposalB };
  return { ...ABSENT, duplicateProposal, totalPower: 100n, validatorPower: 30n, time: timeOf(3n), ...change };
}

/** The two in canonical order. */
export const pair = (one: string, two: string): [string, string] =>
  compareBlockIds(blockIdOf(one), blockIdOf(two)) < 0 ? [one, two] : [two, one];

/** The chain's header at a height with other fields, signed by the given validators. */
export function forged(
  height: bigint,
  change: Partial<Header>,
  set: ValidatorSet,
  signers: readonly string[],
): LightBlock {
  const base = chain.at(height > TIP ? TIP : height)!.header;
  const header = { ...base, height, validatorsRoot: validatorsRoot(set), ...change };
  return { header, certificate: certify(header, set, signers), validators: set };
}

/** What the evidence comes to: names of the guilty, or of the error. */
export function verdictOn(piece: Evidence, on: Ground = ground): string {
  const offences = judgeEvidence(on, piece);
  if (isRejection(offences)) {
    const known = Object.values(evidenceErrors).some(({ code }) => code === offences.code);
    return known && offences.codespace === "evidence" ? offences.name : `unknown ${offences.codespace}`;
  }
  const names = ["a", "b", "c", "d", "x", "y", "z"];
  return offences
    .map(({ validator }) => names.find((name) => toHex(addressOf(name)) === toHex(validator)) ?? "?")
    .join("");
}
