import type { Input } from "#consensus/types.js";
import { present } from "#proto/assert.js";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { Switch } from "#p2p/switch/switch.js";
import type { Host } from "#p2p/host.js";
import type { MemoryNetwork } from "#p2p/transport/memory/network.js";
import { Chain, type ChainOptions } from "#node/chain/chain.js";
import type { WalPort } from "#node/drive/deps.js";
import { readRecords } from "#node/drive/log-record.js";
import type { KeptEvidence } from "#node/evidence/deps.js";
import { HaltReached } from "#node/chain/halt.js";
import { Node, type NodePorts, type NodeSettings } from "#node/node.js";
import { startPruning } from "#node/home/pruning.js";
import type { Genesis } from "#proto/types/genesis.js";
import type { FileSigner } from "#node/signer/file-signer.js";
import type { LastSigned } from "#node/signer/record.js";
import { RemoteSigner } from "#node/signer/remote/remote-signer.js";
import { openChainStore } from "#node/storage/chain-store.js";
import type { Db } from "#node/storage/database/db.js";
import { evidenceFile } from "#node/storage/files/evidence-file.js";
import type { Files } from "#node/storage/files/files.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { drawnRemains, MemoryFiles, type FileRemains } from "#node/storage/files/memory-files.js";
import type { ChainStore, Retention } from "#node/storage/types.js";
import { openWal, type Wal } from "#node/storage/files/wal.js";
import { BadDisk, blamesDisk } from "./bad-disk.js";
import { accusedIn, type Checks } from "./checks.js";
import type { VirtualClock } from "./clock.js";
import type { SeededRandom } from "./random.js";
import { KeyFiles } from "./key-files.js";
import { forgotten } from "./led-to.js";
import { roles, type RoleName } from "./roles/index.js";
import type { Plot } from "./roles/plot.js";
import type { Stage } from "./roles/role.js";
import { SignerLine } from "./signer-line.js";
import { SignerMachine } from "./signer-machine.js";

export interface MachineDeps {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly checks: Checks;
  readonly random: SeededRandom;
  readonly genesis: Genesis;
  readonly settings: NodeSettings;
  readonly keySeed: Bytes;
  readonly chain: ChainOptions;
  /** Addresses that its node dials. */
  readonly peers: readonly string[];
  /** Longest that one operation of its disk takes. */
  readonly diskMs: number;
  readonly watch: DiskWatch | undefined;
  /** What it prunes down to; nothing when absent. */
  readonly retention: Retention | undefined;
  /** Chance of the machine that has its key, when that is another one; undefined: its key is on its own disk. */
  readonly remoteSigner: SeededRandom | undefined;
  /** Undefined: honest. */
  readonly role: RoleName | undefined;
  /** What the dishonest ones agree on. */
  readonly plot: Plot;
  isHonest(id: string): boolean;
  /** Told every input that an honest machine logs. */
  heard: ((input: Input) => void) | undefined;
  inflict(kind: string, count?: number): void;
  note(line: string): void;
}

/** Stands between the nodes of a machine and its disk, life after life. */
export interface DiskWatch {
  files(files: Files): Files;
  db(db: Db): Db;
}

/** What a loss of power leaves on the disk of a machine. */
export interface Remains extends FileRemains {
  /** Of `count` unsynced batches of the database, in their order: how many lasted. */
  batches(count: number): number;
}

export const keySeed = (index: number): Bytes => sha256(utf8(`simulated validator ${index}`));

/** One machine: its disk and key outlive the nodes that run on it, one life after the other. */
export class Machine {
  readonly index: number;
  readonly id: string;
  readonly address: Bytes;
  node: Node | undefined;
  store: ChainStore | undefined;
  /** Its last life ended where its settings halt it. */
  halted: HaltReached | undefined;
  /** Pieces that its node keeps on disk, pending or waiting. */
  evidence: readonly Bytes[] = [];
  /** Its wall clock against the true one; durations are not touched. */
  skewMs = 0n;
  readonly disk = new BadDisk();
  /** Another machine has the key. */
  readonly signer: SignerMachine | undefined;
  readonly #deps: MachineDeps;
  #disk = new MemoryDisk();
  readonly #files = new MemoryFiles();
  #life = 0;
  #host: Host | undefined;
  #wal: Wal | undefined;
  #remote: RemoteSigner | undefined;
  #pruning: ReturnType<typeof startPruning> | undefined;
  /** Disk operations under way. */
  #busy = 0;
  #pausedUntilMs = 0;
  /** Runs before the last of this number of further operations of its disk. */
  #fuse: { operations: number; readonly blow: () => void } | undefined;
  readonly #key: KeyFiles;
  /** Something on its disk is not as it was written. */
  #isDamaged = false;
  /** Up to this height the log need not lead to what was signed: it is lost, or a part of it. */
  #logLostUpTo = 0n;

  constructor(index: number, deps: MachineDeps) {
    this.index = index;
    this.id = `node${index}`;
    this.address = validatorAddress(ed25519PublicKey(deps.keySeed));
    this.#deps = deps;
    const { chainId } = deps.genesis;
    const { remoteSigner: chance } = deps;
    const files = chance === undefined ? this.#files : new MemoryFiles();
    this.#key = new KeyFiles(files, deps.keySeed, chainId);
    if (chance !== undefined) this.signer = this.#signerMachine(chance);
  }

  get isHonest(): boolean {
    return this.#deps.role === undefined;
  }

  get role(): RoleName | undefined {
    return this.#deps.role;
  }

  get isUp(): boolean {
    return this.#host !== undefined;
  }

  get height(): bigint {
    return this.node?.tip.height ?? 0n;
  }

  get round(): number {
    return this.node?.drive.state.round ?? 0;
  }

  describe(): string {
    const core = this.node?.drive.state;
    if (core === undefined) return `${this.id} ${this.isUp ? "opening" : "down"}`;
    const mode = this.node!.sync.syncing ? "syncing" : `${core.height}/${core.round}/${core.step}`;
    return `${this.id} at ${this.height} (${mode})`;
  }

  /** Power on. What it does takes virtual time; a failure is a problem of the run. */
  start(): void {
    this.signer?.start();
    if (this.isUp) return;
    const life = ++this.#life;
    this.disk.struck = false;
    const { network, random, peers } = this.#deps;
    this.#deps.note(`${this.id} start ${life}`);
    const info = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (message !== "peer banned") return;
      this.#deps.note(`${this.id} bans ${text(fields)}`);
      if (this.isHonest && this.#deps.isHonest(String(fields?.["peer"]))) {
        this.#deps.checks.problem(`${this.id} bans an honest peer: ${text(fields)}`);
      }
    };
    // Rates and rules of gossip, whatever others send. Whether a question was answered in time is the network's doing too.
    const debug = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (message !== "peer penalized" || !this.isHonest || !this.#deps.isHonest(String(fields?.["peer"]))) return;
      if (!String(fields?.["reason"]).startsWith("blocks:")) {
        this.#deps.checks.problem(`${this.id} penalizes an honest peer: ${text(fields)}`);
      }
    };
    const error = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      // What a sick disk does not give away to others is no answer; what the node itself needs of it stops the node.
      const isSick = this.disk.struck || this.#isDamaged;
      const isRefusal = isSick && String(fields?.["reason"]).startsWith("StorageFault");
      if (isRefusal) this.#deps.note(`${this.id} ${message} ${text(fields)}`);
      else this.#failed(life, `${message} ${text(fields)}`);
    };
    this.#host = new Switch(
      { transport: network.transport(this.id), persistentPeers: peers, peersMax: 50 },
      { clock: this.#clock(life), random: random.fork(), log: { ...silent, debug, info, error } },
    );
    void this.#run(life, this.#host).catch((error: unknown) => this.#failed(life, error));
  }

  async #run(life: number, host: Host): Promise<void> {
    const { checks, random, genesis, settings, diskMs, watch, retention } = this.#deps;
    const clock = this.#clock(life);
    const chance = random.fork();
    const turn = async (): Promise<void> => {
      if (diskMs === 0) return;
      this.#busy++;
      await new Promise<void>((resolve) => clock.after(chance.below(diskMs + 1), resolve));
      this.#busy--;
      const fuse = this.#fuse;
      if (fuse === undefined || --fuse.operations > 0) return;
      this.#fuse = undefined;
      fuse.blow();
    };
    this.#busy = 0;
    const mounted = this.disk.files(this.#files.mount(turn));
    const files = watch === undefined ? mounted : watch.files(mounted);
    const signer = this.signer === undefined ? await this.#openSigner(files) : this.#awaitSigner(life, clock);
    const db = this.disk.db(this.#disk.open(turn));
    const store = await openChainStore(watch === undefined ? db : watch.db(db), retention);
    const chain = await Chain.open(store, genesis, this.#deps.chain);
    const wal = await openWal(files, "/wal");
    if (this.isHonest) await this.#checkLog(present(store.head, "an open chain has a head").height + 1n);
    await files.makeDirectory("/evidence");
    const ports: NodePorts = {
      genesis,
      chain,
      blocks: store,
      wal: this.#overheard(wal),
      evidence: this.#kept(evidenceFile(files, "/evidence/pending"), life),
      host,
      signer,
      clock,
      random: random.fork(),
      log: (module) => ({ ...silent, warn: (message, fields) => this.#warned(module, message, fields) }),
      index: (committed) => {
        if (this.isHonest) checks.committed(this.index, committed, store);
        const { tip } = committed;
        this.#deps.note(`${this.id} committed ${tip.height} ${toHex(tip.stateRoot)}`);
        return Promise.resolve();
      },
      onFault: (error) => this.#failed(life, error),
      onHalt: (reached) => {
        this.halted = reached;
        void this.shutDown();
      },
      onSignerFault: (fault) => (this.#remote === undefined ? this.#failed(life, fault) : this.#remote.refuse(fault)),
    };
    const hasty = this.#deps.role === "amnesiac"; // So that it is back before the height is over that it forgot.
    const node = await Node.open(this.#played(ports, clock), hasty ? { ...settings, waitForPeersMs: 0 } : settings);
    if (this.isHonest) checks.restarted(this.index, node.tip);
    this.store = store;
    this.#wal = wal;
    this.node = node;
    await node.start();
    if (this.signer !== undefined) this.signer.line.listener = this.#remote?.onLink;
    if (retention === undefined) return;
    const { blockHeights } = retention;
    const index = { forget: (): Promise<void> => Promise.resolve() };
    this.#pruning = startPruning({ chain, blocks: store, index, clock, log: silent, blockHeights });
  }

  /** Before the others tell this machine how the height ended: what it signed must not hang on them. */
  async #checkLog(height: bigint): Promise<void> {
    const files = this.#files.mount(); // Asking takes no time.
    const records = await (await openWal(files, "/wal")).read(height);
    const last = this.#lastSigned();
    if (last.height <= this.#logLostUpTo) return;
    const problem = forgotten(this.#deps.genesis.chainId, last, height, records);
    if (problem !== undefined) this.#deps.checks.problem(`${this.id}: ${problem}`);
  }

  /** What the last life left on the disk. */
  openDisk(): Promise<ChainStore> {
    return openChainStore(this.#disk.open());
  }

  /** Bytes of the write-ahead log. */
  get walBytes(): number {
    const paths = this.#files.paths().filter((path) => path.startsWith("/wal/"));
    return paths.reduce((sum, path) => sum + this.#files.content(path).current.length, 0);
  }

  /** What a dishonest machine does with the ports of its node. */
  #played(ports: NodePorts, clock: Stage["clock"]): NodePorts {
    const { role, plot, genesis, random, inflict } = this.#deps;
    if (role === undefined) return ports;
    return roles[role](ports, {
      id: this.id,
      address: this.address,
      keySeed: this.#deps.keySeed,
      chainId: genesis.chainId,
      clock,
      random: random.fork(),
      plot,
      node: () => this.node,
      restart: (afterMs) => {
        this.crash();
        this.#deps.clock.after(afterMs, () => this.start());
      },
      did: () => inflict(`role: ${role}`),
    });
  }

  /** As an operator stops it: in order, and the disk is closed at the end. */
  async shutDown(): Promise<void> {
    const life = this.#life;
    const { node, store } = this;
    const wal = this.#wal;
    if (node === undefined || store === undefined || wal === undefined) return;
    this.#deps.note(`${this.id} stops`);
    try {
      await this.#pruning?.cancel();
      await node.stop();
      this.#remote?.close();
      if (this.#busy > 0) this.#deps.checks.problem(`${this.id} has stopped and still works on its disk`);
      await wal.close();
      await store.close();
    } catch (error) {
      this.#failed(life, error);
    }
    if (this.#life !== life) return; // Power went meanwhile.
    this.#life++;
    this.signer?.line.vanish("node");
    this.node = undefined;
    this.store = undefined;
    this.#host = undefined;
  }

  /** What a loss of power would put at risk now. */
  unsynced(): { readonly names: number; readonly bytes: readonly number[]; readonly batches: number } {
    return { ...this.#files.unsynced(), batches: this.#disk.unsynced() };
  }

  /** Power off: what was not synced is lost, torn or kept; what was under way never comes back. */
  crash(remains: Remains = this.#anyRemains()): void {
    if (!this.isUp) return;
    const { note, inflict } = this.#deps;
    note(`${this.id} crash`);
    this.#life++;
    const tallies = [this.#disk.crash(remains.batches), this.#files.crash(remains)];
    for (const fate of ["lost", "torn", "kept"] as const) {
      inflict(
        `unsynced writes ${fate}`,
        tallies.reduce((sum, tally) => sum + tally[fate], 0),
      );
    }
    this.signer?.line.vanish("node");
    this.node?.sync.stop(); // The end of a question that was under way wakes it no more.
    void this.#host?.stop();
    this.#host = undefined;
    this.node = undefined;
    this.store = undefined;
  }

  /** While its power is off: the write-ahead log is gone. */
  loseLog(): void {
    this.#logLostUpTo = this.#lastSigned().height;
    this.#files.forget("/wal");
  }

  /** While its power is off: one bit of what it holds is another. @returns whether there was any */
  flipBit(where: "log" | "database", choose: (below: number) => number): boolean {
    const flipped = (bytes: Bytes): Bytes => {
      const bit = choose(bytes.length * 8);
      return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    };
    if (where === "log") {
      const paths = this.#files.paths().filter((path) => path.startsWith("/wal/"));
      const filled = paths.filter((path) => this.#files.content(path).current.length > 0);
      if (filled.length === 0) return false;
      this.#logLostUpTo = this.#lastSigned().height;
      this.#files.damage(filled[choose(filled.length)]!, flipped);
    } else {
      const entries = [...this.#disk.entries()].filter(([, value]) => value.length > 0);
      if (entries.length === 0) return false;
      const [key, value] = entries[choose(entries.length)]!;
      this.#disk.damage(key, flipped(value));
    }
    this.#isDamaged = true;
    return true;
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** A new disk: only the signer's record is brought over. */
  #replaceDisk(): void {
    this.#logLostUpTo = this.#lastSigned().height;
    this.#disk = new MemoryDisk();
    for (const directory of ["/wal", "/evidence"]) this.#files.forget(directory);
    this.#isDamaged = false;
    this.#deps.checks.replaced(this.index);
    this.#deps.inflict("disks replaced");
  }

  #lastSigned(): LastSigned {
    return this.#key.lastSigned;
  }

  #anyRemains(): Remains {
    const { random } = this.#deps;
    return { batches: (count) => random.below(count + 1), ...drawnRemains((below) => random.below(below)) };
  }

  /** Calls `blow` before the disk does the last of this number of further operations. */
  setFuse(operations: number, blow: () => void): void {
    this.#fuse = { operations, blow };
  }

  /** As under SIGSTOP: timers wait, packets wait. */
  pause(ms: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#deps.clock.monotonicMs() + ms);
  }

  /** The clock of one life: its timers die with it. */
  #clock(life: number) {
    const { clock } = this.#deps;
    return {
      now: () => clock.now() + this.skewMs,
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs: number, fire: () => void) => {
        const due = (): void => {
          if (this.#life !== life) return;
          const leftMs = this.#pausedUntilMs - clock.monotonicMs();
          if (leftMs > 0) timer = clock.after(leftMs, due);
          else fire();
        };
        let timer = clock.after(delayMs, due);
        return { cancel: () => timer.cancel() };
      },
    };
  }

  /** For callers of the node: a failure is the machine's, unless its power went before the answer. */
  onFailure(): (error: unknown) => void {
    const life = this.#life;
    return (error) => this.#failed(life, error);
  }

  #failed(life: number, error: unknown): void {
    if (this.#life !== life) return;
    if (error instanceof HaltReached) {
      this.halted = error;
      return this.crash();
    }
    const why = `${this.id} stops: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    const overDisk = (this.disk.struck || this.#isDamaged) && blamesDisk(error);
    if (this.isHonest && !overDisk) return this.#deps.checks.problem(why);
    this.#deps.note(why); // What lies do to its own node is its own affair.
    this.crash();
    if (!overDisk) return;
    this.#deps.inflict("stops over a disk");
    if (this.#isDamaged) this.#replaceDisk();
    this.#deps.clock.after(SUPERVISOR_MS, () => this.start());
  }

  #warned(module: string, message: string, fields: Readonly<Record<string, unknown>> | undefined): void {
    this.#deps.note(`${this.id} ${module}: ${message} ${text(fields)}`);
    if (module === "evidence") this.#deps.checks.accused(this.id, String(fields?.["validator"]), text(fields));
  }

  #kept(file: KeptEvidence, life: number): KeptEvidence {
    const note = (pieces: readonly Bytes[]): readonly Bytes[] => {
      if (life === this.#life) this.evidence = pieces;
      if (this.isHonest) for (const bytes of pieces) this.#deps.checks.held.add(accusedIn(bytes));
      return pieces;
    };
    return {
      load: async () => note(await file.load()),
      save: async (pieces) => void note(await file.save(pieces).then(() => pieces)),
    };
  }

  #overheard(wal: Wal): WalPort {
    const { heard } = this.#deps;
    if (heard === undefined || !this.isHonest) return wal;
    return {
      read: (height) => wal.read(height),
      begin: (height) => wal.begin(height),
      append: (record) => {
        for (const each of readRecords([record])) if (each.kind === "input") heard(each.input);
        wal.append(record);
      },
      flush: () => wal.flush(),
      drop: (below) => wal.drop(below),
    };
  }

  /** What leaves the signer is written down for good. */
  #watched(signer: FileSigner): FileSigner {
    const { checks } = this.#deps;
    return {
      ...signer,
      signVote: async (vote) => {
        const signature = await signer.signVote(vote);
        if (!isRejection(signature)) checks.locks.signed(toHex(this.address), vote);
        if (!isRejection(signature)) checks.signedVote(this.index, vote);
        return signature;
      },
      signProposal: async (proposal) => {
        const signature = await signer.signProposal(proposal);
        if (!isRejection(signature)) checks.signedProposal(this.index, proposal);
        return signature;
      },
    };
  }

  async #openSigner(files: Files): Promise<FileSigner> {
    const signer = await this.#key.open(files);
    return this.isHonest ? this.#watched(signer) : signer;
  }

  /** This life's end of the line to it. */
  #awaitSigner(life: number, clock: Stage["clock"]): RemoteSigner {
    const say = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      this.#deps.note(`${this.id} signer: ${message} ${text(fields)}`);
    this.#remote = new RemoteSigner({
      chainId: this.#deps.genesis.chainId,
      clock,
      log: { info: say, warn: say, error: say },
      mayJoin: (...key) => this.node?.mayJoin(...key),
      onFault: (error) => this.#failed(life, error),
      watch: { up: () => undefined, failed: () => this.#deps.checks.problem(`${this.id} keeps its own signer out`) },
    });
    return this.#remote;
  }

  #signerMachine(random: SeededRandom): SignerMachine {
    const { clock, checks, diskMs, genesis } = this.#deps;
    return new SignerMachine({
      clock,
      random,
      chainId: genesis.chainId,
      key: this.#key,
      line: new SignerLine(clock, random.fork()),
      diskMs,
      watched: (signer) => this.#watched(signer),
      note: (line) => this.#deps.note(`${this.id}'s ${line}`),
      problem: (line) => checks.problem(`${this.id}: ${line}`),
    });
  }
}

/** Who watches over a process starts it again. */
const SUPERVISOR_MS = 2_000;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const text = (fields: unknown): string =>
  JSON.stringify(fields, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)) ?? "";
