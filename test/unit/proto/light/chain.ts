import { beaconInput, beaconOf, genesisBeacon } from "#proto/beacon.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { backend } from "#proto/crypto/backend.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { vrfProve } from "#proto/crypto/vrf.js";
import type { LightBlock } from "#proto/light/header.js";
import { isRejection } from "#proto/rejection.js";
import { BLOCK_VERSION, headerHash, type Certificate, type Header } from "#proto/types/block.js";
import { partsRootOf, type BlockId } from "#proto/types/block-id.js";
import { indexOf, prioritiesRoot, validatorSet, validatorsRoot, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, voteSignBytes } from "#proto/types/vote.js";

export const keyOf = (name: string): Bytes => sha256(utf8(`validator ${name}`));

/** Validators of the given names and powers. */
export function setOf(powers: Readonly<Record<string, bigint>>): ValidatorSet {
  const list = Object.entries(powers).map(([name, power]) => ({ pubKey: ed25519PublicKey(keyOf(name)), power }));
  const set = validatorSet(list);
  if (isRejection(set)) throw new Error(set.name);
  return set;
}

export interface NextHeader {
  readonly chainId: string;
  readonly time: bigint;
  readonly set: ValidatorSet;
  /** Of the height after. */
  readonly next?: ValidatorSet;
  readonly signers: readonly string[];
  /** Whose VRF gives the beacon. */
  readonly proposer: string;
  readonly stateRoot?: Bytes;
  readonly change?: Partial<Header>;
}

/** A proof of the beacon. Chains that differ in their states alone have the same ones: with `remembered` each is made once. */
function proofBy(proposer: string, input: Bytes): Bytes {
  const key = keyOf(proposer);
  return backend().pure("vrf proof", [key, input], () => vrfProve(key, input));
}

/** A chain of headers alone, really signed, whose states are named by their roots. */
export class HeaderChain {
  readonly blocks: LightBlock[] = [];
  readonly #beacons: Bytes[];
  readonly #from: bigint;

  /** @param from height of the first header */
  constructor(genesisHash: Bytes, from = 1n) {
    this.#beacons = [genesisBeacon(genesisHash)];
    this.#from = from;
  }

  get height(): bigint {
    return this.#from + BigInt(this.blocks.length) - 1n;
  }

  at(height: bigint): LightBlock | undefined {
    return this.blocks[Number(height - this.#from)];
  }

  /** The beacon after the last header. */
  get beacon(): Bytes {
    return this.#beacons.at(-1)!;
  }

  extend({ chainId, time, set, next, signers, proposer, stateRoot, change }: NextHeader): LightBlock {
    const height = this.height + 1n;
    const before = this.blocks.at(-1);
    const empty = sha256(new Uint8Array(0));
    const header: Header = {
      version: BLOCK_VERSION,
      chainId,
      height,
      round: 0,
      time,
      proposer: validatorAddress(ed25519PublicKey(keyOf(proposer))),
      lastBlockId: before?.certificate.blockId,
      lastCertificateRoot: empty,
      txRoot: empty,
      stateRoot: stateRoot ?? empty,
      resultsRoot: empty,
      validatorsRoot: validatorsRoot(set),
      nextValidatorsRoot: validatorsRoot(next ?? set),
      prioritiesRoot: prioritiesRoot(set),
      evidenceRoot: empty,
      paramsRoot: empty,
      beaconProof: proofBy(proposer, beaconInput(chainId, height, this.beacon)),
      ...change,
    };
    const block = { header, certificate: certify(header, set, signers), validators: set };
    this.blocks.push(block);
    this.#beacons.push(beaconOf(header.beaconProof) ?? this.beacon);
    return block;
  }
}

/** Precommits of the named validators, in the order of the set. */
export function certify(header: Header, set: ValidatorSet, signers: readonly string[]): Certificate {
  const { chainId, height } = header;
  const blockId: BlockId = { hash: headerHash(header), parts: { total: 1, hash: partsRootOf(sha256(utf8("parts"))) } };
  const signBytes = voteSignBytes(chainId, { type: PRECOMMIT, height, round: 0, blockId });
  const signatures = signers.map((name) => {
    const validator = validatorAddress(ed25519PublicKey(keyOf(name)));
    return { index: indexOf(set, validator), validator, signature: signEd25519(signBytes, keyOf(name)) };
  });
  signatures.sort((a, b) => a.index - b.index);
  return { height, round: 0, blockId, signatures };
}
