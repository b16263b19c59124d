import { createHash } from "node:crypto";
import type { Input } from "#consensus/types.js";
import { base64 } from "@scure/base";
import { backend, setBackend } from "#proto/crypto/backend.js";
import { toHex } from "#proto/bytes.js";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import type { ChainOptions } from "#node/chain/chain.js";
import type { NodeSettings } from "#node/node.js";
import type { ChainStore } from "#node/storage/types.js";
import { useNatives } from "#node/runtime/natives.js";
import type { Retention } from "#node/storage/types.js";
import { MemoryNetwork } from "#p2p/transport/memory/network.js";
import type { Faults } from "#p2p/transport/memory/paths.js";
import { memoryAddress } from "#p2p/transport/memory/transport.js";
import { overBound } from "./bounds.js";
import { Checks } from "./checks.js";
import { virtualClock, type VirtualClock } from "./clock.js";
import { keySeed, Machine, type DiskWatch, type Remains } from "./machine.js";
import { seeded, type SeededRandom } from "./random.js";
import { retold } from "./retold.js";
import { remembered } from "./remembered.js";
import type { RoleName } from "./roles/index.js";
import { Plot } from "./roles/plot.js";
import { genesisOf } from "../unit/state/world.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

export interface ClusterOptions {
  readonly seed: bigint;
  /** Voting power of each machine at genesis; one without any is no validator. */
  readonly powers: readonly bigint[];
  readonly faults?: Faults;
  /** Links between machines, by index; all pairs when absent. */
  readonly links?: readonly (readonly [number, number])[];
  readonly balances?: Readonly<Record<string, bigint>>;
  /** These machines were given another genesis: their state differs from everybody's. */
  readonly misled?: readonly number[];
  /** Dishonest machines by index. */
  readonly roles?: Readonly<Record<number, RoleName>>;
  /** Honest machines whose key is on another machine. */
  readonly remoteSigners?: readonly number[];
  /** Told every input that an honest machine logs. */
  readonly heard?: (input: Input) => void;
  /** Longest that one operation of a disk takes. */
  readonly diskMs?: number;
  /** Stands between a machine and its disk. */
  readonly watch?: (index: number) => DiskWatch | undefined;
  /** What everybody prunes down to; nothing is pruned when absent. */
  readonly retention?: Retention;
  /** What the settings of a machine say differently. */
  readonly settings?: (index: number) => Partial<NodeSettings>;
  /** Machines that hold the key of another one, and a record of their own. */
  readonly keys?: Readonly<Record<number, number>>;
  /** Told everything that happens. */
  readonly trace?: (line: string) => void;
}

const BOUNDS_MS = 500;
const GAS_PRICE_MIN = 2_500_000_000_000_000n;

export const settings: NodeSettings = {
  timeouts: {
    proposeMs: 1000,
    proposeDeltaMs: 500,
    prevoteMs: 500,
    prevoteDeltaMs: 500,
    precommitMs: 500,
    precommitDeltaMs: 500,
  },
  blockIntervalMs: 1000,
  waitForPeersMs: 2000,
  doubleSignCheckHeights: 0n,
  haltHeight: 0n,
};

const chain: ChainOptions = {
  gasPriceMin: GAS_PRICE_MIN,
  fingerprints: () => ({ ...NO_FINGERPRINTS, extend: () => undefined }),
};

/** Whole nodes (chain, consensus, mempool, gossip, sync, signer, log, store) on one virtual clock, from one seed. */
export class Cluster {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly machines: readonly Machine[];
  readonly checks: Checks;
  readonly plot: Plot;
  /** Faults that the run itself inflicts, by kind; those of packets are added by `faults`. */
  readonly inflicted: Record<string, number> = {};
  /** For the code that steers the run. */
  readonly random: SeededRandom;
  readonly #genesis: Genesis;
  readonly #digest = createHash("sha256");
  readonly #trace: ((line: string) => void) | undefined;

  constructor(options: ClusterOptions) {
    useNatives();
    setBackend(remembered(backend()));
    this.#trace = options.trace;
    const random = (this.random = seeded(options.seed));
    this.clock = virtualClock(1_767_225_600_000n);
    this.network = new MemoryNetwork(this.clock, random.fork(), {
      ...(options.faults === undefined ? {} : { faults: options.faults }),
      trace: (line) => this.#line(line),
    });
    const { clock, network } = this;
    const roleOf = (index: number): RoleName | undefined => options.roles?.[index];
    const ids = options.powers.map((_power, index) => `node${index}`);
    const dishonest = options.powers.flatMap((_power, index) => (roleOf(index) === undefined ? [] : [index]));
    const checks = (this.checks = new Checks());
    for (const index of dishonest) {
      const address = toHex(validatorAddress(ed25519PublicKey(keySeed(index))));
      checks.guilty.add(address);
      checks.locks.dishonest.add(address);
    }
    const plot = (this.plot = new Plot(ids.filter(() => dishonest.length > 0 && random.chance(50))));
    const genesis = (this.#genesis = genesisFor(options));
    const other = genesisFor({ ...options, balances: { mallory: 1n } });
    this.machines = options.powers.map(
      (_power, index) =>
        new Machine(index, {
          clock,
          network,
          checks,
          random: random.fork(),
          genesis: options.misled?.includes(index) === true ? other : genesis,
          settings: { ...settings, ...options.settings?.(index) },
          keySeed: keySeed(options.keys?.[index] ?? index),
          chain,
          peers: peersOf(index, options),
          diskMs: options.diskMs ?? 2,
          watch: options.watch?.(index),
          retention: options.retention,
          remoteSigner:
            options.remoteSigners?.includes(index) === true
              ? seeded(options.seed ^ 0x516e53n ^ BigInt(index)).fork()
              : undefined,
          role: roleOf(index),
          plot,
          isHonest: (id) => roleOf(ids.indexOf(id)) === undefined,
          heard: options.heard,
          inflict: (kind, count) => this.inflict(kind, count),
          note: (line) => this.#line(`${clock.monotonicMs()} ${line}`),
        }),
    );
    this.#watchBounds();
  }

  #watchBounds(): void {
    this.clock.after(BOUNDS_MS, () => {
      for (const index of this.honest()) {
        const over = overBound(this.machines[index]!);
        if (over !== undefined) this.checks.problem(over);
      }
      this.#watchBounds();
    });
  }

  get chainId(): string {
    return this.#genesis.chainId;
  }

  start(indexes: readonly number[] = this.#all()): void {
    for (const index of indexes) this.machines[index]!.start();
  }

  /** @param remains of each machine's disk; drawn when absent */
  crash(indexes: readonly number[], remains?: Remains): void {
    for (const index of indexes) {
      if (!this.machines[index]!.isUp) continue;
      this.inflict("crashes");
      this.machines[index]!.crash(remains);
    }
  }

  /** The run is over: nothing of it goes on. */
  stop(): void {
    for (const machine of this.machines) machine.crash();
  }

  /** After the end: the longest chain that a sound disk of an honest machine holds is valid for a machine that was not there. */
  async checkChain(): Promise<void> {
    const sound = this.honest().filter((index) => !this.machines[index]!.isDamaged);
    const stores = await Promise.all(sound.map((index) => this.machines[index]!.openDisk()));
    const height = ({ head }: ChainStore): bigint => head?.height ?? 0n;
    const longest = stores.reduce((best, store) => (height(store) > height(best) ? store : best));
    const wrong = await retold(this.#genesis, chain, longest, (at) => this.checks.decidedAt(at));
    const held = height(longest);
    for (const store of stores) await store.close();
    if (wrong !== undefined) this.checks.problem(`told anew: ${wrong}`);
    const called = sound.reduce((most, index) => {
      const at = this.checks.standsAt(index);
      return at > most ? at : most;
    }, 0n);
    if (held < called) this.checks.problem(`no sound disk holds height ${called}`);
  }

  partition(groups: readonly (readonly number[])[]): void {
    this.inflict("partitions");
    this.network.partition(groups.map((group) => group.map((index) => this.machines[index]!.id)));
  }

  /** Nothing that this machine sends arrives, though it hears the others; or the other way round. */
  cutOneWay(index: number, direction: "from" | "to"): void {
    this.inflict("one-way cuts");
    const { id } = this.machines[index]!;
    for (const other of this.machines) {
      if (other.id !== id) {
        this.network.cut(...(direction === "from" ? ([id, other.id] as const) : ([other.id, id] as const)));
      }
    }
  }

  clog(from: number, to: number, ms: number): void {
    this.inflict("clogs");
    this.network.clog(this.machines[from]!.id, this.machines[to]!.id, ms);
  }

  pause(index: number, ms: number): void {
    this.inflict("pauses");
    const { id } = this.machines[index]!;
    this.machines[index]!.pause(ms);
    for (const other of this.machines) if (other.id !== id) this.network.clog(other.id, id, ms);
  }

  skew(index: number, ms: bigint): void {
    this.inflict("skews");
    this.machines[index]!.skewMs = ms;
  }

  inflict(kind: string, count = 1): void {
    if (count > 0) this.inflicted[kind] = (this.inflicted[kind] ?? 0) + count;
  }

  /** All faults of the run, by kind. */
  faults(): Record<string, number> {
    const { lost, doubled, overtaking } = this.network.faultCounts();
    return { ...this.inflicted, "packets lost": lost, "packets doubled": doubled, "packets overtaking": overtaking };
  }

  height(index: number): bigint {
    return this.machines[index]!.height;
  }

  /** Where everybody stands, for people. */
  where(): string {
    return this.machines.map((machine) => machine.describe()).join(", ");
  }

  /** Runs until every named machine stands at the height, or something is wrong; false when the time is over before. */
  reach(height: bigint, limitMs: number, indexes: readonly number[] = this.honest()): Promise<boolean> {
    return this.until(() => indexes.every((index) => this.height(index) >= height), limitMs);
  }

  /** @returns whether it came true without a problem. @param limitMs of virtual time */
  async until(done: () => boolean, limitMs: number): Promise<boolean> {
    const { problems } = this.checks;
    const until = this.clock.monotonicMs() + limitMs;
    return (await this.clock.run(until, () => problems.length > 0 || done())) && problems.length === 0;
  }

  async pass(ms: number): Promise<void> {
    await this.until(() => false, ms);
  }

  /** The same seed gives the same digest: of everything that arrived, was committed or went wrong, in its order. */
  digest(): string {
    return this.#digest.copy().digest("hex");
  }

  honest(): number[] {
    return this.machines.filter(({ isHonest }) => isHonest).map(({ index }) => index);
  }

  #all(): number[] {
    return this.machines.map((machine) => machine.index);
  }

  #line(line: string): void {
    const end = line.indexOf("\n"); // Behind it stands a stack, which names folders and lines of the source.
    this.#digest.update(end === -1 ? line : line.slice(0, end));
    this.#trace?.(line);
  }
}

function genesisFor({ powers, balances }: ClusterOptions): Genesis {
  const list = powers
    .map((power, index) => ({ name: `val${index}`, key: base64.encode(ed25519PublicKey(keySeed(index))), power }))
    .filter(({ power }) => power > 0n);
  const document = genesisOf(balances ?? { alice: 1_000_000_000n }, {}, undefined, list);
  const genesis = parseGenesis(document);
  if (isRejection(genesis)) throw new Error(JSON.stringify(genesis.data));
  return genesis;
}

function peersOf(index: number, { powers, links }: ClusterOptions): string[] {
  const others = powers.map((_power, other) => other).filter((other) => other !== index);
  const isLinked = (other: number): boolean =>
    links === undefined || links.some(([a, b]) => (a === index && b === other) || (a === other && b === index));
  return others.filter(isLinked).map((other) => memoryAddress(`node${other}`));
}
