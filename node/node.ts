import type { Misbehaviour, Timeouts } from "#consensus/types.js";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import type { Offence } from "#proto/evidence/ground.js";
import { verifyCertificate } from "#proto/light/certificate.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { blockCodec, certificateCodec, certificateRoot, type Certificate, type Evidence } from "#proto/types/block.js";
import type { Genesis } from "#proto/types/genesis.js";
import { blockIdOf } from "#proto/types/parts.js";
import { fromMessage } from "#proto/types/validators.js";
import type { Host } from "#p2p/host.js";
import type { ChainPort, Committed, Tip } from "./chain/types.js";
import type { Clock, Log, WalPort } from "./drive/deps.js";
import { Drive } from "./drive/drive.js";
import { validatorsOf } from "./drive/validators.js";
import type { KeptEvidence } from "./evidence/deps.js";
import { carryEvidence, type EvidenceGossip } from "./evidence/gossip.js";
import { EvidencePool } from "./evidence/pool.js";
import { HaltReached } from "./chain/halt.js";
import { ConsensusGossip } from "./gossip/gossip.js";
import { carryTxs } from "./gossip/txs.js";
import type { Admission } from "./mempool/deps.js";
import { watchCompany } from "#p2p/peers/lonely.js";
import { Mempool, MEMPOOL_LIMITS, type MempoolLimits } from "./mempool/mempool.js";
import { checkBeforeJoining, heightsToCheck } from "./signer/double-sign.js";
import { SignerFault } from "./signer/fault.js";
import type { Position } from "./signer/record.js";
import type { Signer } from "./signer/signer.js";
import type { BlockReader } from "./storage/types.js";
import type { DecidedBlock } from "./sync/deps.js";
import type { SyncPhase } from "./sync/state.js";
import { BlockSync } from "./sync/sync.js";

export interface NodeSettings {
  readonly timeouts: Timeouts;
  readonly blockIntervalMs: number;
  readonly mempool?: MempoolLimits;
  /** How long a start waits for a peer's status before consensus begins without; 0 for a lone node. */
  readonly waitForPeersMs: number;
  /** P6: number of last blocks that must not contain a signature of this key that this node does not know; 0 checks none. */
  readonly doubleSignCheckHeights: bigint;
  /** Stop after this height; 0 never. */
  readonly haltHeight: bigint;
}

/** Everything outside: the operating system in production, a seed in the simulation. */
export interface NodePorts {
  readonly genesis: Genesis;
  /** The one writer, in this thread or in another. */
  readonly chain: ChainPort;
  /** Committed blocks. */
  readonly blocks: BlockReader;
  readonly wal: WalPort;
  /** Pending evidence of an earlier run. */
  readonly evidence: KeptEvidence;
  readonly host: Host;
  readonly signer: Signer | undefined;
  readonly clock: Clock;
  readonly random: { below(limit: number): number };
  log(module: string): Log;
  /** After a height is on disk, before it becomes visible: the indexer. */
  index(committed: Committed): Promise<void>;
  /** The node cannot go on; it has stopped consensus by then. */
  onFault(error: unknown): void;
  /** The height is committed after which the settings stop the chain; consensus and sync have stopped by then. */
  onHalt(reached: HaltReached): void;
  /** The key may not sign on the chain that sync has brought: consensus does not begin with it. */
  onSignerFault(fault: SignerFault): void;
}

/** How far a node is with the network, for people and probes: the chain does not depend on it. */
export interface NodeStatus {
  readonly phase: SyncPhase;
  readonly peers: number;
  /** Its own power decides the next block: it needs no peer. */
  readonly sufficesAlone: boolean;
  /** Consensus runs here, no peer has proven a later block, and at least one peer is connected. */
  readonly caughtUp: boolean;
}

type Listener = (committed: Committed) => void;

/**
 * One node: chain, consensus, mempool, gossip and sync, wired. It reads no clock, file or socket but through its ports,
 * so the same node runs in production and in the simulation.
 */
export class Node {
  readonly chain: ChainPort;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly drive: Drive;
  readonly sync: BlockSync;
  readonly gossip: ConsensusGossip;
  readonly #ports: NodePorts;
  readonly #settings: NodeSettings;
  readonly #listeners = new Set<Listener>();
  readonly #evidenceGossip: EvidenceGossip;
  #tip: Tip;
  #company: { cancel(): void } | undefined;
  /** The key was refused on this tip: the next one is asked again. */
  #refusedAt: bigint | undefined;

  private constructor(ports: NodePorts, settings: NodeSettings, tip: Tip, evidence: EvidencePool) {
    this.#ports = ports;
    this.#settings = settings;
    this.#tip = tip;
    this.chain = ports.chain;
    const { chain, clock, host, random } = ports;
    this.mempool = new Mempool(chain, settings.mempool ?? MEMPOOL_LIMITS);
    this.evidence = evidence;
    // Gossip asks the driver and the driver publishes by gossip: the one knot of the wiring, tied by these closures.
    const late: { drive?: Drive } = {};
    const drive = (): Drive => late.drive!;
    this.gossip = new ConsensusGossip({
      clock,
      random,
      log: ports.log("gossip"),
      host,
      core: {
        summary() {
          const known = drive().summary();
          return known === undefined ? undefined : { ...known, rounds: [...known.rounds] };
        },
        lacking: (peer, limit) => drive().lacking(peer, limit),
        wanted: () => drive().wanted(),
        judge: (message) => drive().judge(message),
        deliver: (message, receivedTimeMs) => drive().deliver(message, receivedTimeMs),
        assembled: (height, parts, block) => drive().assembled(height, parts, block),
        blockBytesMax: () => drive().blockBytesMax(),
      },
    });
    this.drive = late.drive = new Drive({
      chainId: ports.genesis.chainId,
      chain,
      wal: ports.wal,
      gossip: this.gossip,
      mempool: this.mempool,
      evidence: {
        report: (misbehaviour) => this.#report(misbehaviour),
        reap: (bytesMax) => evidence.reap(bytesMax),
      },
      clock,
      log: ports.log("consensus"),
      signer: ports.signer,
      timeouts: settings.timeouts,
      blockIntervalMs: settings.blockIntervalMs,
      onCommitted: (committed) => this.#committed(committed),
      onFault: (error) => ports.onFault(error),
    });
    this.sync = new BlockSync(
      {
        clock,
        random,
        log: ports.log("blocksync"),
        host,
        chain: {
          height: () => this.#tip.height,
          base: () => ports.blocks.firstBlock,
          blockAt: (height) => this.#decidedAt(height),
          blockBytesMax: () => Number(this.#tip.params.blockBytesMax),
          verify: (height, decided) => this.#verifyNext(height, decided),
          apply: (_height, { block, certificate }) => this.drive.commitDecided(block, certificate),
        },
        consensus: {
          isReady: () => this.#mayBegin(),
          sufficesAlone: () => this.#sufficesAlone(),
          pause: () => this.drive.pause(),
          resume: () => this.drive.resume(),
        },
      },
      { waitForPeersMs: settings.waitForPeersMs },
    );
    this.#carryTxs();
    this.#evidenceGossip = carryEvidence({
      clock,
      host,
      pool: {
        isOpen: () => this.sync.isCurrent,
        has: (bytes) => evidence.has(bytes),
        pending: () => evidence.pending(),
        submit: (bytes) => evidence.submit(bytes),
        onAdded: (listener) => evidence.onAdded(listener),
      },
    });
  }

  /**
   * @throws ChainFault, SignerFault, StorageFault: this home cannot be continued; the message says what to do.
   * @throws HaltReached when it stands where its settings halt it
   */
  static async open(ports: NodePorts, settings: NodeSettings): Promise<Node> {
    const { chain, blocks } = ports;
    const tip = await chain.tip();
    const halt = haltedAt(tip.height, settings);
    if (halt !== undefined) throw halt;
    const evidence = await EvidencePool.open({
      chain: {
        judgeEvidence: (pieces) => chain.judgeEvidence(pieces),
        blockTime: (height) => timeOf(blocks, height),
      },
      kept: ports.evidence,
      log: ports.log("evidence"),
    });
    return new Node(ports, settings, tip, evidence);
  }

  /**
   * Compares what a key signed with what the chain holds of it. Of a remote signer each time it comes up.
   * @param knownUpTo signatures up to this height are known to be this node's
   * @throws SignerFault when signing with this key now could sign twice
   */
  mayJoin(publicKey: Bytes, lastSigned: Position, knownUpTo: bigint): void {
    const { height } = this.#tip;
    const { doubleSignCheckHeights: checkHeights } = this.#settings;
    const address = validatorAddress(publicKey);
    const certificates = lastCertificates(this.#ports.blocks, height, heightsToCheck(checkHeights));
    checkBeforeJoining({ address, lastSigned, knownUpTo, checkHeights }, certificates, height);
  }

  /**
   * Whether consensus may run: its key is known, and what sync has brought does not speak against it. Asked each time that
   * sync is about to end, for meanwhile others have decided blocks.
   */
  #mayBegin(): boolean {
    const { signer } = this.#ports;
    const { height } = this.#tip;
    if (signer === undefined) return true;
    if (signer.publicKey === undefined || this.#refusedAt === height) return false;
    const lastSigned = signer.lastSigned();
    try {
      this.mayJoin(signer.publicKey, lastSigned, lastSigned.height);
    } catch (error) {
      if (!(error instanceof SignerFault)) this.#fail(error);
      else {
        this.#refusedAt = height;
        this.#ports.onSignerFault(error);
      }
      return false;
    }
    return true;
  }

  /** The next height is decided by this node's power. */
  #sufficesAlone(): boolean {
    const key = this.#ports.signer?.publicKey;
    if (key === undefined) return false;
    const { members, totalPower } = validatorsOf(this.#tip);
    const self = members.find(({ address }) => equalBytes(address, validatorAddress(key)));
    return self !== undefined && 3n * self.power > 2n * totalPower;
  }

  get status(): NodeStatus {
    const { phase } = this.sync;
    const peers = this.#ports.host.peers().length;
    const sufficesAlone = this.#sufficesAlone();
    const caughtUp = this.sync.isCurrent && (peers > 0 || sufficesAlone);
    return { phase, peers, sufficesAlone, caughtUp };
  }

  async start(): Promise<void> {
    await this.#ports.host.start();
    this.gossip.start();
    this.#evidenceGossip.start();
    this.sync.start();
    this.#company = watchCompany(this.#ports.clock, this.#ports.log("p2p"), {
      peers: () => this.#ports.host.peers().length,
      sufficesAlone: () => this.#sufficesAlone(),
      height: () => this.#tip.height,
    });
  }

  async stop(): Promise<void> {
    await this.stopConsensus();
    await this.#ports.host.stop();
  }

  /** All but the network: resolves when nothing is being decided, signed or committed any more. */
  async stopConsensus(): Promise<void> {
    this.#company?.cancel();
    this.sync.stop();
    this.#evidenceGossip.stop();
    this.gossip.stop();
    this.drive.stop();
    await this.drive.pause();
  }

  /** The last height that is on disk and indexed. */
  get tip(): Tip {
    return this.#tip;
  }

  /** From a client: checked, pooled, passed on. */
  async submit(tx: Bytes): Promise<Admission | Rejection> {
    if (!this.sync.isCurrent) {
      return reject(sdkErrors.notSupported, { log: "this node is still catching up: send to another one" });
    }
    return this.mempool.admit(tx);
  }

  /** From a client: judged, kept for a block, passed on. */
  async submitEvidence(bytes: Bytes): Promise<Rejection | undefined> {
    if (!this.sync.isCurrent) {
      return reject(sdkErrors.notSupported, { log: "this node is still catching up: send to another one" });
    }
    return this.evidence.submit(bytes);
  }

  /** Called once a height is visible, in order. Returns how to stop. */
  onCommitted(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #committed(committed: Committed): Promise<void> {
    await this.#ports.index(committed);
    this.#tip = committed.tip;
    for (const offence of committed.offences) this.#convicted(offence, committed.tip.height);
    await this.evidence.committed();
    this.sync.committed();
    for (const listener of this.#listeners) listener(committed);
    const halt = haltedAt(committed.tip.height, this.#settings);
    if (halt !== undefined) this.#halt(halt);
  }

  /** A disk error in work without a waiting caller. */
  #fail(error: unknown): void {
    this.sync.stop();
    this.drive.stop();
    this.#ports.onFault(error);
  }

  /** After a commit by consensus or sync: neither commits the height again. */
  #halt(reached: HaltReached): void {
    this.sync.stop();
    this.drive.stop();
    this.#ports.onHalt(reached);
  }

  async #report(misbehaviour: Misbehaviour): Promise<void> {
    const { kind, a, validatorPower: power } = misbehaviour;
    const validator = toHex("validator" in a ? a.validator : a.proposer);
    const { height, round } = a;
    this.#ports
      .log("evidence")
      .warn("a validator signed conflicting messages", { kind, validator, height, round, power });
    await this.evidence.report(evidenceOf(misbehaviour));
  }

  #convicted({ kind, validator, height, power }: Offence, at: bigint): void {
    const fields = { kind, validator: toHex(validator), height, power, at };
    this.#ports.log("evidence").warn("a validator is punished", fields);
  }

  #decidedAt(height: bigint): DecidedBlock | undefined {
    const block = this.#ports.blocks.block(height);
    const certificate = this.#ports.blocks.certificate(height);
    return block === undefined || certificate === undefined ? undefined : { block, certificate };
  }

  /** The checks of the next block that need no execution. */
  #verifyNext(
    height: bigint,
    { block: blockBytes, certificate: certificateBytes }: DecidedBlock,
  ): Rejection | undefined {
    const refused = (why: string): Rejection => reject(sdkErrors.invalidRequest, { height, why });
    if (height !== this.#tip.height + 1n) return refused("not the next height");
    const block = blockCodec.decode(blockBytes, Number(this.#tip.params.blockBytesMax));
    if (isRejection(block)) return block;
    if (block.header === undefined) return refused("a block without a header");
    const certificate = certificateCodec.decode(certificateBytes);
    if (isRejection(certificate)) return certificate;
    const set = fromMessage(this.#tip.validators);
    if (isRejection(set)) return set;
    const blockId = blockIdOf(block.header, blockBytes);
    if (!equalBytes(block.header.lastCertificateRoot, certificateRoot(block.lastCertificate))) {
      return refused("last certificate");
    }
    return verifyCertificate(this.#ports.genesis.chainId, set, certificate, { height, blockId });
  }

  /** Admitted transactions go to the peers, and theirs to the mempool. Neither happens while far behind (M5). */
  #carryTxs(): void {
    const { clock, host } = this.#ports;
    const { mempool } = this;
    carryTxs({
      clock,
      host,
      pool: {
        isOpen: () => this.sync.isCurrent,
        has: (tx) => mempool.has(tx),
        admit: async (tx) => !isRejection(await mempool.admit(tx)),
        onAdmit: (listener) => mempool.onAdmit(listener),
      },
    });
  }
}

function haltedAt(height: bigint, { haltHeight }: NodeSettings): HaltReached | undefined {
  return haltHeight !== 0n && height >= haltHeight ? new HaltReached(height, haltHeight) : undefined;
}

/** Its time is that of the block at its height, which is not decided yet (E5): the pool fills it in. */
function evidenceOf({ kind, a, b, validatorPower, totalPower }: Misbehaviour): Evidence {
  return {
    duplicateVote: kind === "duplicate_vote" ? { voteA: a, voteB: b } : undefined,
    duplicateProposal: kind === "duplicate_proposal" ? { proposalA: a, proposalB: b } : undefined,
    lightClientAttack: undefined,
    ...{ totalPower, validatorPower, time: 0n },
  };
}

function timeOf(blocks: BlockReader, height: bigint): bigint | undefined {
  const bytes = blocks.block(height);
  const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
  return block === undefined || isRejection(block) ? undefined : block.header?.time;
}

function* lastCertificates(blocks: BlockReader, height: bigint, count: bigint): Generator<Certificate> {
  for (let at = height; at > height - count && at >= blocks.firstBlock; at--) {
    const bytes = blocks.certificate(at);
    const certificate = bytes === undefined ? undefined : certificateCodec.decode(bytes);
    if (certificate !== undefined && !isRejection(certificate)) yield certificate;
  }
}
