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
 * Which headers a stranger may believe (S5): from the genesis document on, each next one by what more than a third of the
 * validators that are already trusted have signed. Times are unix milliseconds; `now` is the caller's.
 */

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

/** What is believed of one height. Height 0 stands for the genesis document. */
export interface Trusted {
  readonly chainId: string;
  readonly height: bigint;
  readonly time: bigint;
  readonly validators: ValidatorSet;
  readonly nextValidatorsRoot: Bytes;
  /** Undefined for genesis. */
  readonly header: Header | undefined;
  /** Of the whole block, as its certificate names it; undefined for genesis. */
  readonly blockId: BlockId | undefined;
}

/** Under which conditions somebody believes. */
export interface TrustTerms {
  readonly now: bigint;
  /** How long validators can still be held to what they signed; at most two thirds of the evidence age. */
  readonly trustingPeriodMs: bigint;
  readonly maxClockDriftMs: bigint;
  /** Share of the trusted power that must have signed a header further on: more than a third, up to all. */
  readonly trustLevel: { readonly numerator: bigint; readonly denominator: bigint };
}

export const TRUST_LEVEL_DEFAULT: TrustTerms["trustLevel"] = { numerator: 1n, denominator: 3n };
/** A clock that is further off than this is the verifier's problem. */
export const CLOCK_DRIFT_DEFAULT_MS = 10_000n;

/** The longest that may be trusted: two thirds of the time in which evidence still counts. */
export function trustingPeriod({ params }: Genesis): bigint {
  return (params.evidenceAgeMsMax * 2n) / 3n;
}

export function trustTerms(genesis: Genesis, now: bigint): TrustTerms {
  return {
    now,
    trustingPeriodMs: trustingPeriod(genesis),
    maxClockDriftMs: CLOCK_DRIFT_DEFAULT_MS,
    trustLevel: TRUST_LEVEL_DEFAULT,
  };
}

/** The root of trust: who decides the first height. */
export function trustGenesis({ chainId, time, validators }: Genesis): Trusted {
  const nextValidatorsRoot = validatorsRoot(validators);
  return { chainId, height: 0n, time, validators, nextValidatorsRoot, header: undefined, blockId: undefined };
}

/**
 * The first header, which alone shows that a chain grew from this very document: its proposer's VRF speaks of the
 * document's hash, and more than two thirds of the document's validators signed it.
 */
export function verifyFirst(genesis: Genesis, block: LightBlock, terms: TrustTerms): Trusted | Rejection {
  const trusted = verifyNext(trustGenesis(genesis), block, terms);
  if (isRejection(trusted)) return trusted;
  const beacon = headerBeacon(block, genesisBeacon(genesis.hash));
  return isRejection(beacon) ? beacon : trusted;
}

/** A header that somebody was given by name: its hash is known from a source of the person's own. */
export function trustHash(chainId: string, height: bigint, hash: Bytes, block: LightBlock): Trusted | Rejection {
  const wrong = checkLightBlock(chainId, height, block);
  if (wrong !== undefined) return wrong;
  if (!isHeaderOf(headerHashOf(hash), block.header)) {
    const have = toHex(hashBytes(headerHash(block.header)));
    return reject(trustErrors.otherHash, { height, hash: have, want: toHex(hash) });
  }
  return verifyCertificate(chainId, block.validators, block.certificate, { height }) ?? trustedOf(block);
}

/** A later header: the next one by the set that was announced, one further on by the trusted share of the trusted set. */
export function verifyNext(trusted: Trusted, block: LightBlock, terms: TrustTerms): Trusted | Rejection {
  const { chainId } = trusted;
  const { header, certificate, validators } = block;
  const { height } = header;
  const wrong = checkLater(trusted, header, terms) ?? checkLightBlock(chainId, height, block);
  if (wrong !== undefined) return wrong;
  const untrusted =
    height === trusted.height + 1n ? checkAnnounced(trusted, header) : checkShare(trusted, block, terms.trustLevel);
  if (untrusted !== undefined) return untrusted;
  // Last, because whoever sends the header chooses how large this set is.
  const refused = verifyCertificate(chainId, validators, certificate, { height });
  return refused ?? trustedOf(block);
}

/** An earlier header: the hash chain below a trusted one leads to it, so no signature is needed. */
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

/** More than the trust level of the trusted set must have signed, each of its members counted once, with its own key. */
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

/** On the way from what is trusted to a header: what was fetched and could not be believed yet, the nearest last. */
export interface Bisection {
  readonly trusted: Trusted;
  readonly pending: readonly LightBlock[];
}

/** A header that is believed, with the block it came in. */
export interface Believed {
  readonly trusted: Trusted;
  readonly block: LightBlock;
}

/** `passed`: what this step came to believe, upwards. */
export type BisectionStep =
  | { readonly kind: "verified"; readonly trusted: Trusted; readonly passed: readonly Believed[] }
  | {
      readonly kind: "need";
      readonly height: bigint;
      readonly bisection: Bisection;
      readonly passed: readonly Believed[];
    }
  | { readonly kind: "refused"; readonly height: bigint; readonly why: Rejection };

/** As far as the fetched headers lead; then the height of the next one to fetch, to be put last into `pending`. */
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
