import { assert } from "../assert.js";
import { genesisBeacon } from "../beacon.js";
import { equalBytes, toHex, type Bytes } from "../bytes.js";
import { verifyEd25519 } from "../crypto/ed25519.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { equalBlockIds, hashBytes, headerHashOf, type BlockId } from "../types/block-id.js";
import { headerHash, isHeaderOf, type Header } from "../types/block.js";
import type { Genesis } from "../types/genesis.js";
import { indexOf, validatorsRoot, type ValidatorSet } from "../types/validators.js";
import { PRECOMMIT, voteSignBytes } from "../types/vote.js";
import { verifyCertificate } from "./certificate.js";
import { checkLightBlock, headerBeacon, type LightBlock } from "./header.js";

/**
 * Light verification (S5): trust starts at the genesis document, and each further header needs signatures of more than a
 * third of the power that is already trusted. Times are unix milliseconds; `now` is the caller's.
 */

/** Reasons not to trust a header. */
export const trustErrors = codespace("trust", {
  expired: 1, // { height, since }: the trusted header is older than the trusting period
  height: 2, // { height, after }
  time: 3, // { time, after }
  future: 4, // { time, now }
  validatorsChanged: 5, // { height }: not the set that the header before announced
  otherChain: 6, // { height }: not built on the trusted header
  notEnoughTrust: 7, // { height, power, total }: a header between the two is needed
  otherHash: 8, // { height, hash, want }
});

/** A trusted height. Height 0 stands for the genesis document. */
export interface Trusted {
  readonly chainId: string;
  readonly height: bigint;
  readonly time: bigint;
  readonly validators: ValidatorSet;
  readonly nextValidatorsRoot: Bytes;
  /** Undefined for genesis. */
  readonly header: Header | undefined;
  /** Full id of the block, from its certificate; undefined for genesis. */
  readonly blockId: BlockId | undefined;
}

/** Parameters of light verification. */
export interface TrustTerms {
  /** The verifier's clock, unix milliseconds. */
  readonly now: bigint;
  /**
   * How long a trusted header can be used; at most two thirds of the evidence age, so that validators can still be
   * slashed.
   */
  readonly trustingPeriodMs: bigint;
  readonly maxClockDriftMs: bigint;
  /** More than this share of the trusted power must have signed a non-adjacent header. One third to one. */
  readonly trustLevel: { readonly numerator: bigint; readonly denominator: bigint };
}

/** One third, as in CometBFT. */
export const TRUST_LEVEL_DEFAULT: TrustTerms["trustLevel"] = { numerator: 1n, denominator: 3n };
/** Maximum drift of the verifier's clock, 10 s. */
export const CLOCK_DRIFT_DEFAULT_MS = 10_000n;

/** The longest trusting period, in milliseconds: two thirds of the evidence age. */
export function trustingPeriod({ params }: Genesis): bigint {
  return (params.evidenceAgeMsMax * 2n) / 3n;
}

/** Default terms for a chain, at a time. @param now unix milliseconds */
export function trustTerms(genesis: Genesis, now: bigint): TrustTerms {
  return {
    now,
    trustingPeriodMs: trustingPeriod(genesis),
    maxClockDriftMs: CLOCK_DRIFT_DEFAULT_MS,
    trustLevel: TRUST_LEVEL_DEFAULT,
  };
}

/** The root of trust: the validators of the genesis document. */
export function trustGenesis({ chainId, time, validators }: Genesis): Trusted {
  const nextValidatorsRoot = validatorsRoot(validators);
  return { chainId, height: 0n, time, validators, nextValidatorsRoot, header: undefined, blockId: undefined };
}

/**
 * Verifies header 1. It proves that the chain grew from this very document: its proposer's VRF commits to the
 * document's hash, and more than two thirds of the document's validators signed it.
 */
export function verifyFirst(genesis: Genesis, block: LightBlock, terms: TrustTerms): Trusted | Rejection {
  const trusted = verifyNext(trustGenesis(genesis), block, terms);
  if (isRejection(trusted)) return trusted;
  const beacon = headerBeacon(block, genesisBeacon(genesis.hash));
  return isRejection(beacon) ? beacon : trusted;
}

/**
 * Trusts a header by its hash, which the user knows from a source of their own. Verifies its certificate against its
 * own validator set.
 * @param hash 32 bytes
 */
export function trustHash(chainId: string, height: bigint, hash: Bytes, block: LightBlock): Trusted | Rejection {
  const wrong = checkLightBlock(chainId, height, block);
  if (wrong !== undefined) return wrong;
  if (!isHeaderOf(headerHashOf(hash), block.header)) {
    const have = toHex(hashBytes(headerHash(block.header)));
    return reject(trustErrors.otherHash, { height, hash: have, want: toHex(hash) });
  }
  return verifyCertificate(chainId, block.validators, block.certificate, { height }) ?? trustedOf(block);
}

/**
 * Verifies a later header: an adjacent one against the announced validator set, a non-adjacent one against the trust
 * level of the trusted set and then its own set.
 */
export function verifyNext(trusted: Trusted, block: LightBlock, terms: TrustTerms): Trusted | Rejection {
  const { chainId } = trusted;
  const { header, certificate, validators } = block;
  const { height } = header;
  const wrong = checkLater(trusted, header, terms) ?? checkLightBlock(chainId, height, block);
  if (wrong !== undefined) return wrong;
  const untrusted =
    height === trusted.height + 1n ? checkAnnounced(trusted, header) : checkShare(trusted, block, terms.trustLevel);
  if (untrusted !== undefined) return untrusted;
  // Last, because the sender of the header chooses how large this set is.
  const refused = verifyCertificate(chainId, validators, certificate, { height });
  return refused ?? trustedOf(block);
}

/** Verifies the header before a trusted one by its hash; needs no signature. */
export function verifyBefore(trusted: Trusted, block: LightBlock): Trusted | Rejection {
  const height = trusted.height - 1n;
  const wrong = checkLightBlock(trusted.chainId, height, block);
  if (wrong !== undefined) return wrong;
  const named = trusted.header?.lastBlockId;
  const follows = named !== undefined && equalBlockIds(named, block.certificate.blockId);
  return follows ? trustedOf(block) : reject(trustErrors.otherChain, { height });
}

function trustedOf({ header, certificate, validators }: LightBlock): Trusted {
  const { chainId, height, time, nextValidatorsRoot } = header;
  return { chainId, height, time, validators, nextValidatorsRoot, header, blockId: certificate.blockId };
}

function checkLater(trusted: Trusted, { height, time }: Header, terms: TrustTerms): Rejection | undefined {
  const expiry = trusted.time + terms.trustingPeriodMs;
  if (terms.now > expiry) return reject(trustErrors.expired, { height: trusted.height, since: expiry });
  if (height <= trusted.height) return reject(trustErrors.height, { height, after: trusted.height });
  if (time <= trusted.time) return reject(trustErrors.time, { time, after: trusted.time });
  return time > terms.now + terms.maxClockDriftMs ? reject(trustErrors.future, { time, now: terms.now }) : undefined;
}

function checkAnnounced(trusted: Trusted, header: Header): Rejection | undefined {
  const { height, lastBlockId, validatorsRoot: root } = header;
  if (!equalBytes(root, trusted.nextValidatorsRoot)) return reject(trustErrors.validatorsChanged, { height });
  return equalBlockIds(lastBlockId, trusted.blockId) ? undefined : reject(trustErrors.otherChain, { height });
}

/** More than the trust level of the trusted power must have signed. Counts each member once, under its trusted key. */
function checkShare(
  { chainId, validators }: Trusted,
  { header, certificate }: LightBlock,
  { numerator, denominator }: TrustTerms["trustLevel"],
): Rejection | undefined {
  assert(3n * numerator >= denominator && numerator <= denominator, "a trust level is one third to one");
  const { height } = header;
  const { round, blockId, signatures } = certificate;
  const signBytes = voteSignBytes(chainId, { type: PRECOMMIT, height, round, blockId });
  const needed = validators.totalPower * numerator;
  const counted = new Set<number>();
  let power = 0n;
  for (const { validator, signature } of signatures) {
    const at = indexOf(validators, validator);
    const member = validators.members[at];
    if (member === undefined || counted.has(at) || !verifyEd25519(signature, signBytes, member.pubKey)) continue;
    counted.add(at);
    power += member.power;
    if (power * denominator > needed) return undefined;
  }
  return reject(trustErrors.notEnoughTrust, { height, power, total: validators.totalPower });
}

/**
 * Progress towards a header: the latest trusted one, and fetched blocks that cannot be verified yet, the nearest last.
 */
export interface Bisection {
  readonly trusted: Trusted;
  readonly pending: readonly LightBlock[];
}

/** A verified header and its block. */
export interface Believed {
  readonly trusted: Trusted;
  readonly block: LightBlock;
}

/**
 * The result of a step: verified, or the next height to fetch, or refused. `passed`: blocks verified in this step,
 * ascending.
 */
export type BisectionStep =
  | { readonly kind: "verified"; readonly trusted: Trusted; readonly passed: readonly Believed[] }
  | {
      readonly kind: "need";
      readonly height: bigint;
      readonly bisection: Bisection;
      readonly passed: readonly Believed[];
    }
  | { readonly kind: "refused"; readonly height: bigint; readonly why: Rejection };

/**
 * Verifies as far as the fetched blocks allow. If it needs a block in between, it returns the height; the caller
 * appends that block to `pending` and calls again.
 */
export function bisect({ trusted, pending }: Bisection, terms: TrustTerms): BisectionStep {
  const rest = [...pending];
  const passed: Believed[] = [];
  let current = trusted;
  for (;;) {
    const next = rest.at(-1);
    if (next === undefined) return { kind: "verified", trusted: current, passed };
    const { height } = next.header;
    const verdict = verifyNext(current, next, terms);
    if (!isRejection(verdict)) {
      current = verdict;
      passed.push({ trusted: verdict, block: next });
      rest.pop();
    } else if (verdict.codespace === trustErrors.notEnoughTrust.codespace && verdict.code === NOT_ENOUGH) {
      const bisection = { trusted: current, pending: rest };
      return { kind: "need", height: (current.height + height) / 2n, bisection, passed };
    } else return { kind: "refused", height, why: verdict };
  }
}

const NOT_ENOUGH = trustErrors.notEnoughTrust.code;
