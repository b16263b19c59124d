import { BoundedMap } from "#proto/bounded.js";
import { assert, present } from "#proto/assert.js";
import { Fault } from "#proto/fault.js";
import { utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import { beaconOf } from "#proto/beacon.js";
import { canonicalJson } from "#proto/canonical-json.js";
import type { Offence } from "#proto/evidence/ground.js";
import { RESULTS_BYTES_MAX } from "#proto/limits.js";
import { isRejection, reject, rejectionText, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import {
  BLOCK_VERSION,
  blockCodec,
  blockResultsCodec,
  certificateCodec,
  certificateRoot,
  evidenceRoot,
  paramsRoot,
  resultsRoot,
  txRoot,
  type Block,
  type Certificate,
} from "#proto/types/block.js";
import { blockKey, equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import type { Genesis } from "#proto/types/genesis.js";
import { blockIdOf, sealBlock } from "#proto/types/parts.js";
import { prioritiesRoot, toMessage, validatorsRoot, type ValidatorSet } from "#proto/types/validators.js";
import { checkTx, type CheckRules } from "#state/check.js";
import { blockInfo, type BlockInfo, type FingerprintLookup } from "#state/context.js";
import { genesisWrites } from "#state/genesis.js";
import { executeBlock, type BlockOutcome } from "#state/machine.js";
import { chainConfig, lastBeacon, nextParams, nextValidators, upcomingValidators } from "#state/modules/chain/index.js";
import type { Base } from "#state/store/base.js";
import { View } from "#state/store/view.js";
import type { Admission } from "../mempool/deps.js";
import type { ChainStore } from "../storage/types.js";
import {
  chooseEvidence,
  judgeBlockEvidence,
  judgeBytes,
  judgePiece,
  type JudgeEvidence,
  type LastHeight,
} from "./evidence.js";
import { simulatedBlock } from "./simulated-block.js";
import { Serial } from "../runtime/serial.js";
import {
  ChainFault,
  type BuildRequest,
  type BuiltBlock,
  type ChainPort,
  type Committed,
  type Tip,
  type Verdict,
} from "./types.js";
import { validateBlock, type Expected, type ValidBlock } from "./validate.js";

/** Executions kept until one of them is decided: a height rarely sees more than two blocks. */
const EXECUTED_MAX = 4;

interface AdmissionRules {
  readonly rules: CheckRules;
  /** The block that they would be in. */
  readonly block: BlockInfo;
}

interface Executed {
  readonly valid: ValidBlock;
  readonly outcome: BlockOutcome;
}

/** The last committed block, or genesis: what the next block refers to. Read from disk at a restart. */
interface LastBlock {
  readonly height: bigint;
  readonly time: bigint;
  readonly blockId: BlockId | undefined;
  readonly certificate: Bytes | undefined;
  readonly resultsRoot: Bytes;
  readonly lastValidators: ValidatorSet | undefined;
}

/** The index of who holds a fingerprint: derived from the state, extended after each commit. */
export interface ChainFingerprints extends FingerprintLookup {
  extend(base: Base, height: bigint): void;
}

export interface ChainOptions {
  fingerprints(base: Base): ChainFingerprints;
  /** Scaled by 10^18: what this node's mempool asks a unit of gas. */
  readonly gasPriceMin: bigint;
}

/**
 * The chain advances here and nowhere else: proposer, validator, sync and replay all enter by `process` and `commit`.
 */
export class Chain implements ChainPort {
  readonly #store: ChainStore;
  readonly #genesis: Genesis;
  readonly #options: ChainOptions;
  readonly #serial = new Serial();
  /** By the whole block: other bytes below the same header are another block. */
  readonly #executed = new BoundedMap<string, Executed>(EXECUTED_MAX);
  readonly #fingerprints: ChainFingerprints;
  readonly #bech32Prefix: string;
  #last: LastBlock;
  /**
   * The state plus what the mempool holds. It stays over a commit: the pool's own sequences hide the older ones below,
   * until the pool, having dropped what the block took, judges the rest again.
   */
  #pending: View;

  private constructor(store: ChainStore, genesis: Genesis, options: ChainOptions, last: LastBlock) {
    this.#store = store;
    this.#genesis = genesis;
    this.#options = options;
    this.#last = last;
    this.#pending = new View(store.latest);
    this.#fingerprints = options.fingerprints(store.latest);
    this.#bech32Prefix = chainConfig(store.latest).bech32Prefix;
  }

  /** Continues where the disk stands, or writes genesis first. @throws ChainFault for another chain's home. */
  static async open(store: ChainStore, genesis: Genesis, options: ChainOptions): Promise<Chain> {
    if (store.head === undefined) {
      const writes = genesisWrites(genesis);
      if (isRejection(writes)) throw new ChainFault("bad_genesis", rejectionText(writes));
      const document = utf8(canonicalJson(genesis.document));
      await store.commitGenesis({ document, initialHeight: genesis.initialHeight, writes });
    }
    const kept = utf8Text(present(store.genesis(), "genesis is written first"));
    if (kept !== canonicalJson(genesis.document)) {
      throw new ChainFault(
        "genesis_mismatch",
        "config/genesis.json is not the genesis this home was started with: restore it, or start with an empty data folder",
      );
    }
    return new Chain(store, genesis, options, lastBlockOf(store, genesis));
  }

  tip(): Promise<Tip> {
    return this.#serial.run(() => Promise.resolve(this.#tip()));
  }

  build(request: BuildRequest): Promise<BuiltBlock | undefined> {
    return this.#serial.run(() => Promise.resolve(this.#build(request)));
  }

  process(bytes: Bytes): Promise<Verdict> {
    return this.#serial.run(() => Promise.resolve(this.#process(bytes)));
  }

  commit(block: Bytes, certificate: Bytes): Promise<Committed> {
    return this.#serial.run(() => this.#commit(block, certificate));
  }

  check(txs: readonly Bytes[]): Promise<readonly (Admission | Rejection)[]> {
    return this.#serial.run(() => Promise.resolve(this.#checkAll(txs)));
  }

  judgeTx(tx: Bytes): Promise<Admission | Rejection> {
    return this.#serial.run(() => Promise.resolve(this.#judgeTx(new View(this.#pending), tx, this.#checkRules())));
  }

  recheck(txs: readonly Bytes[]): Promise<readonly number[]> {
    return this.#serial.run(() => {
      this.#pending = new View(this.#store.latest);
      return Promise.resolve(this.#checkAll(txs).flatMap((verdict, i) => (isRejection(verdict) ? [i] : [])));
    });
  }

  judgeEvidence(pieces: readonly Bytes[]): Promise<readonly (readonly Offence[] | Rejection)[]> {
    return this.#serial.run(() => {
      const judge = this.#judgeOfEvidence();
      return Promise.resolve(pieces.map((piece) => judgeBytes(judge, piece)));
    });
  }

  /** Beside the queue: small writes between the commits. */
  prune(blocksBelow: bigint): Promise<void> {
    return this.#store.prune(blocksBelow);
  }

  #tip(): Tip {
    const { height, time, blockId, certificate } = this.#last;
    const { latest } = this.#store;
    return {
      height,
      time,
      blockId,
      certificate,
      stateRoot: present(this.#store.head, "the store has a head").root,
      validators: toMessage(nextValidators(latest)),
      nextValidators: toMessage(upcomingValidators(latest)),
      params: nextParams(latest),
      beacon: lastBeacon(latest),
    };
  }

  #expected(): Expected {
    const { latest } = this.#store;
    const { height, time, blockId, lastValidators, resultsRoot: lastResultsRoot } = this.#last;
    return {
      chainId: this.#genesis.chainId,
      height: height + 1n,
      lastTime: time,
      lastBlockId: blockId,
      lastValidators,
      validators: nextValidators(latest),
      nextValidators: upcomingValidators(latest),
      params: nextParams(latest),
      stateRoot: present(this.#store.head, "the store has a head").root,
      resultsRoot: lastResultsRoot,
      lastBeacon: lastBeacon(latest),
      judgeEvidence: (pieces) => judgeBlockEvidence(latest, this.#lastHeight(), pieces),
    };
  }

  #lastHeight(): LastHeight {
    const { height, time } = this.#last;
    return { chainId: this.#genesis.chainId, height, time };
  }

  /**
   * A fresh block of ours, judged like anybody's: what we would refuse, we do not propose. When its transactions or its
   * evidence meet a bug (D13), the block goes out without them.
   */
  #build(request: BuildRequest): BuiltBlock | undefined {
    const expected = this.#expected();
    if (request.height !== expected.height) return undefined;
    const sealed = sealBlock(this.#fresh(request, expected));
    const verdict = this.#process(sealed.bytes);
    if (verdict.valid) return { bytes: sealed.bytes, blockId: sealed.id, time: request.time, dropped: [], problem: "" };
    const isEmpty = request.txs.length === 0 && request.evidence.length === 0;
    assert(!isEmpty, `an empty block of our own is invalid: ${verdict.reason}`);
    const built = this.#build({ ...request, txs: [], evidence: [] });
    return built === undefined ? undefined : { ...built, dropped: request.txs, problem: verdict.reason };
  }

  #fresh(request: BuildRequest, expected: Expected): Block {
    const { validators, nextValidators } = expected;
    const lastCertificate =
      request.lastCertificate === undefined ? undefined : readCertificate(request.lastCertificate);
    const evidence = chooseEvidence(this.#judgeOfEvidence(), expected.params.evidenceBytesMax, request.evidence);
    return {
      header: {
        version: BLOCK_VERSION,
        chainId: expected.chainId,
        height: expected.height,
        round: request.round,
        time: request.time,
        proposer: request.proposer,
        lastBlockId: expected.lastBlockId,
        lastCertificateRoot: certificateRoot(lastCertificate),
        txRoot: txRoot(request.txs),
        stateRoot: expected.stateRoot,
        resultsRoot: expected.resultsRoot,
        validatorsRoot: validatorsRoot(validators),
        nextValidatorsRoot: validatorsRoot(nextValidators),
        prioritiesRoot: prioritiesRoot(validators),
        evidenceRoot: evidenceRoot(evidence),
        paramsRoot: paramsRoot(expected.params),
        beaconProof: request.beaconProof,
      },
      txs: [...request.txs],
      lastCertificate,
      evidence,
    };
  }

  #process(bytes: Bytes): Verdict {
    const block = blockCodec.decode(bytes, Number(nextParams(this.#store.latest).blockBytesMax));
    if (isRejection(block)) return invalid(rejectionText(block), undefined, undefined);
    const { header } = block;
    if (header === undefined) return invalid("no header", undefined, undefined);
    const blockId = blockIdOf(header, bytes);
    const key = blockKey(blockId);
    if (!this.#executed.has(key)) {
      const executed = this.#tryBlock(block, bytes.length, this.#expected());
      if (typeof executed === "string") return invalid(executed, blockId, block);
      this.#executed.set(key, executed);
    }
    const { height, round, time } = header;
    return { valid: true, reason: "", blockId, height, round, time };
  }

  /**
   * Before a decision a bug makes only the block invalid: one crafted transaction, certificate or piece of evidence must not
   * stop every validator (D13).
   */
  #tryBlock(block: Block, size: number, expected: Expected): Executed | string {
    try {
      const valid = validateBlock(block, size, expected);
      return typeof valid === "string" ? valid : { valid, outcome: this.#execute(valid) };
    } catch (error) {
      return `the block met ${bugOf(error)}`;
    }
  }

  /** For the same reason a transaction or a piece of evidence that meets a bug outside a block is only refused. */
  #try<T>(what: "admission" | "evidence", check: () => T): T | Rejection {
    try {
      return check();
    } catch (error) {
      return reject(sdkErrors.invalidRequest, { why: `${what} met ${bugOf(error)}` });
    }
  }

  #judgeOfEvidence(): JudgeEvidence {
    const { latest } = this.#store;
    const last = this.#lastHeight();
    return (piece) => this.#try("evidence", () => judgePiece(latest, last, piece));
  }

  #execute({ block, header, beacon, proposer, offences }: ValidBlock): BlockOutcome {
    const { latest } = this.#store;
    const info = blockInfo(header, {
      beacon,
      bech32Prefix: this.#bech32Prefix,
      proposerPower: proposer.power,
      totalPower: nextValidators(latest).totalPower,
      misbehaviour: offences,
    });
    const txBytesMax = Number(nextParams(latest).txBytesMax);
    return executeBlock(latest, info, block.txs, { txBytesMax }, this.#fingerprints);
  }

  async #commit(bytes: Bytes, certificateBytes: Bytes): Promise<Committed> {
    const verdict = this.#process(bytes);
    if (!verdict.valid || verdict.blockId === undefined) {
      throw new ChainFault(
        "invalid_decision",
        `height ${this.#last.height + 1n} was decided with a block that is invalid here: ${verdict.reason}. ` +
          "This node's state differs from the network's; compare app hashes with other nodes",
      );
    }
    const { blockId, height, time } = verdict;
    const certificate = readCertificate(certificateBytes);
    assert(
      certificate.height === height && equalBlockIds(certificate.blockId, blockId),
      "the certificate was compared with the block's bytes before the commit",
    );
    const { valid, outcome } = present(this.#executed.get(blockKey(blockId)), "a valid block was executed");
    const lastValidators = nextValidators(this.#store.latest);
    const results = blockResultsCodec.encode({
      height,
      txResults: [...outcome.results],
      blockEvents: [...outcome.blockEvents],
      validatorUpdates: [...outcome.validatorUpdates],
    });
    await this.#store.commitHeight({
      height,
      blockHash: blockId.hash,
      block: bytes,
      certificate: certificateBytes,
      results,
      writes: outcome.writes,
    });
    this.#executed.clear();
    this.#fingerprints.extend(this.#store.latest, height);
    this.#last = {
      height,
      time,
      blockId,
      certificate: certificateBytes,
      resultsRoot: resultsRoot(outcome.results),
      lastValidators,
    };
    return { tip: this.#tip(), txs: valid.block.txs, offences: valid.offences };
  }

  #checkAll(txs: readonly Bytes[]): (Admission | Rejection)[] {
    const rules = this.#checkRules();
    return txs.map((tx) => this.#check(tx, rules));
  }

  /** Judges a tx and, when it is good, lets it count. */
  #check(tx: Bytes, rules: AdmissionRules): Admission | Rejection {
    // On a view of its own: whatever breaks on the way, the pool's view is whole.
    const trial = new View(this.#pending);
    const judged = this.#judgeTx(trial, tx, rules);
    if (isRejection(judged)) return judged;
    for (const [key, value] of trial.writes()) {
      if (value === undefined) this.#pending.delete(key);
      else this.#pending.put(key, value);
    }
    return judged;
  }

  /** Values for every transaction that is judged before the next commit. */
  #checkRules(): AdmissionRules {
    const { latest } = this.#store;
    const { txBytesMax, blockGasMax } = nextParams(latest);
    const { height, time } = this.#last;
    return {
      rules: { txBytesMax: Number(txBytesMax), blockGasMax, gasPriceMin: this.#options.gasPriceMin },
      block: simulatedBlock(latest, { chainId: this.#genesis.chainId, height, time }),
    };
  }

  /** @param trial takes what the tx would change */
  #judgeTx(trial: View, tx: Bytes, { rules, block }: AdmissionRules): Admission | Rejection {
    const checked = this.#try("admission", () => checkTx(trial, block, tx, rules));
    if (isRejection(checked)) return checked;
    const { gasWanted, gasPrice, sender, sequence } = checked;
    return { hash: checked.tx.hash, gasWanted, gasPrice, sender, sequence };
  }
}

function invalid(reason: string, blockId: BlockId | undefined, block: Block | undefined): Verdict {
  const header = block?.header;
  return {
    valid: false,
    reason,
    blockId,
    height: header?.height ?? 0n,
    round: header?.round ?? 0,
    time: header?.time ?? 0n,
  };
}

function readCertificate(bytes: Bytes): Certificate {
  const certificate = certificateCodec.decode(bytes);
  assert(!isRejection(certificate), "a certificate from our own consensus or disk is canonical");
  return certificate;
}

/** From the records of the last height; nothing is remembered outside the store. */
function lastBlockOf(store: ChainStore, genesis: Genesis): LastBlock {
  const { height } = present(store.head, "genesis is written");
  if (height < genesis.initialHeight) {
    return {
      height,
      time: genesis.time,
      blockId: undefined,
      certificate: undefined,
      resultsRoot: resultsRoot([]),
      lastValidators: undefined,
    };
  }
  const lost = (what: string): ChainFault =>
    new ChainFault(
      "lost_block",
      `${what} of height ${height} cannot be read: run tribd doctor, then restore from a snapshot or a backup`,
    );
  const bytes = present(store.block(height), "the head's block is kept");
  const block = blockCodec.decode(bytes);
  if (isRejection(block) || block.header === undefined) throw lost("the block");
  const certificateBytes = present(store.certificate(height), "the head's certificate is kept");
  const certificate = certificateCodec.decode(certificateBytes);
  if (isRejection(certificate)) throw lost("the certificate");
  const blockId = blockIdOf(block.header, bytes);
  if (!equalBlockIds(certificate.blockId, blockId)) throw lost("the block that the certificate names");
  const results = blockResultsCodec.decode(
    present(store.results(height), "the head's results are kept"),
    RESULTS_BYTES_MAX,
  );
  if (isRejection(results)) throw lost("the results");
  assert(beaconOf(block.header.beaconProof) !== undefined, "a committed header's beacon was verified");
  return {
    height,
    time: block.header.time,
    blockId,
    certificate: certificateBytes,
    resultsRoot: resultsRoot(results.txResults),
    lastValidators: nextValidators(store.viewAt(height - 1n)),
  };
}

/** The bug behind a caught error. @throws Fault: an external failure, which says nothing about block or transaction */
function bugOf(error: unknown): string {
  if (error instanceof Fault) throw error;
  return `a bug: ${error instanceof Error ? error.message : String(error)}`;
}
