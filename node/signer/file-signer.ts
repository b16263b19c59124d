import type { Bytes } from "#proto/bytes.js";
import { beaconInput } from "#proto/beacon.js";
import { ed25519PublicKey, signEd25519 } from "#proto/crypto/ed25519.js";
import { vrfProve } from "#proto/crypto/vrf.js";
import type { Rejection } from "#proto/rejection.js";
import { proposalSignBytes, voteSignBytes } from "#proto/types/vote.js";
import { SignerFault } from "./fault.js";
import type { SignerFiles } from "./files.js";
import { decodeRecord, encodeRecord, judge, STEP, stepOf, type LastSigned, type Position } from "./record.js";
import type { Signer } from "./signer.js";

export interface FileSignerOptions {
  readonly seed: Bytes; // 32 bytes, of priv_validator_key.json
  readonly chainId: string;
  readonly statePath: string; // priv_validator_state.json
  readonly files: SignerFiles;
}

/** A signer in this process: its key is known from the start. */
export interface FileSigner extends Signer {
  readonly publicKey: Bytes;
  proveBeacon(height: bigint, previous: Bytes): Promise<Bytes>;
  /** Resolves when nothing that was asked so far is being written any more. */
  idle(): Promise<void>;
}

/**
 * Opens the key together with its last-signed record.
 * @throws SignerFault when the record is missing or damaged: it never starts at zero (P5)
 */
export async function openFileSigner({ seed, chainId, statePath, files }: FileSignerOptions): Promise<FileSigner> {
  const stored = await files.read(statePath);
  if (stored === undefined) {
    throw new SignerFault(
      "signer.record_missing",
      `${statePath} is missing beside an existing key, so what this key signed last is unknown. ` +
        "Restore the file from this machine's own disk; only for a key that never signed on this chain, " +
        "`tribd comet unsafe-reset-all --reset-sign-state` makes an empty one.",
    );
  }
  let last = decodeRecord(stored, statePath);
  let stopped = false;
  let queue: Promise<unknown> = Promise.resolve();

  /** P1: record, file sync, rename, directory sync, and only then the signature. */
  async function save(record: LastSigned): Promise<void> {
    const fresh = `${statePath}.new`;
    try {
      await files.writeSynced(fresh, encodeRecord(record));
      await files.rename(fresh, statePath);
      await files.syncDirectoryOf(statePath);
    } catch (error) {
      stopped = true;
      throw new SignerFault("signer.write", `${statePath} could not be made durable; the node signs no more`, error);
    }
  }

  async function sign(position: Position, signBytes: Bytes): Promise<Bytes | Rejection> {
    if (stopped) {
      throw new SignerFault("signer.stopped", `a write of ${statePath} failed; check the disk, then restart`);
    }
    const known = judge(last, position, signBytes);
    if (known !== undefined) return known;
    const record = { ...position, signBytes, signature: signEd25519(signBytes, seed) };
    await save(record);
    last = record;
    return record.signature;
  }

  /** One at a time: two requests never read the same last record. */
  function inTurn(position: Position, signBytes: Bytes): Promise<Bytes | Rejection> {
    const turn = queue.then(() => sign(position, signBytes));
    queue = turn.catch(() => undefined); // Its caller has the failure; the next one finds the signer stopped.
    return turn;
  }

  return {
    publicKey: ed25519PublicKey(seed),
    lastSigned: () => last,
    idle: () => queue.then(() => undefined),
    signVote: ({ type, height, round, blockId }) => {
      const step = stepOf(type);
      return inTurn({ height, round, step }, voteSignBytes(chainId, { type, height, round, blockId }));
    },
    signProposal: (proposal) => {
      const { height, round } = proposal;
      return inTurn({ height, round, step: STEP.propose }, proposalSignBytes(chainId, proposal));
    },
    proveBeacon: (height, previous) => Promise.resolve(vrfProve(seed, beaconInput(chainId, height, previous))),
  };
}
