import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { base64 } from "@scure/base";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import { Node, type NodeSettings } from "#node/node.js";
import { openFileSigner } from "#node/signer/file-signer.js";
import type { SignerFiles } from "#node/signer/files.js";
import { openChainStore } from "#node/storage/chain-store.js";
import type { Files } from "#node/storage/files.js";
import { MemoryDisk } from "#node/storage/memory-disk.js";
import { MemoryFiles } from "#node/storage/memory-files.js";
import { openWal } from "#node/storage/wal.js";
import { createHost } from "#p2p/switch.js";
import { memoryAddress, memoryNetwork, type Faults, type MemoryNetwork } from "#p2p/transport/memory.js";
import type { Committed } from "#node/chain/types.js";
import { virtualClock, type VirtualClock } from "./clock.js";
import { seeded, type SeededRandom } from "./random.js";
import { genesisOf } from "../unit/state/world.js";

export interface ClusterOptions {
  readonly seed: bigint;
  /** Voting power of each validator. */
  readonly powers: readonly bigint[];
  readonly faults?: Faults;
  /** Who is linked with whom, by index; everybody with everybody when absent. */
  readonly links?: readonly (readonly [number, number])[];
  readonly balances?: Readonly<Record<string, bigint>>;
}

/** One machine: what outlives a crash of its node. */
interface Machine {
  readonly index: number;
  readonly seed: Bytes;
  readonly address: Bytes;
  readonly disk: MemoryDisk;
  readonly files: MemoryFiles;
  readonly random: SeededRandom;
  node: Node | undefined;
  /** A dead node's promises may still run; they reach nothing any more. */
  life: number;
}

export interface Decision {
  readonly height: bigint;
  readonly hash: string;
  readonly stateRoot: string;
}

const GAS_PRICE_MIN = 2_500_000_000_000_000n;

/** Whole nodes (chain, consensus, mempool, gossip, sync, signer, log, store) on one virtual clock, from one seed. */
export class Cluster {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly machines: Machine[] = [];
  readonly genesis: Genesis;
  readonly faults: unknown[] = [];
  /** By machine, what it committed, in order: also heights committed twice by different lives must agree. */
  readonly decisions: Map<bigint, Decision>[] = [];
  readonly #options: ClusterOptions;
  /** Everything that happened, for the digest. */
  readonly #trace: string[] = [];

  constructor(options: ClusterOptions) {
    this.#options = options;
    const random = seeded(options.seed);
    this.clock = virtualClock(1_767_225_600_000n);
    this.network = memoryNetwork(this.clock, random.fork(), {
      ...(options.faults === undefined ? {} : { faults: options.faults }),
      trace: (line) => this.#trace.push(line),
    });
    for (let index = 0; index < options.powers.length; index++) {
      const seed = sha256(utf8(`simulated validator ${index}`));
      const address = validatorAddress(ed25519PublicKey(seed));
      const machine = { index, seed, address, disk: new MemoryDisk(), files: new MemoryFiles(), random: random.fork() };
      this.machines.push({ ...machine, node: undefined, life: 0 });
      this.decisions.push(new Map());
    }
    const document = genesisOf(options.balances ?? { alice: 1_000_000_000n }) as Record<string, unknown>;
    document["validators"] = this.machines.map(({ seed }, index) => ({
      address: "",
      pub_key: { type: "tendermint/PubKeyEd25519", value: base64.encode(ed25519PublicKey(seed)) },
      power: options.powers[index]!.toString(),
      name: `val${index}`,
    }));
    const genesis = parseGenesis(document);
    if (isRejection(genesis)) throw new Error(JSON.stringify(genesis.data));
    this.genesis = genesis;
  }

  async start(index: number): Promise<void> {
    const machine = this.machines[index]!;
    const { clock } = this;
    const life = ++machine.life;
    const alive = (): boolean => machine.life === life;
    const files = machine.files.mount();
    const signer = await openSigner(machine.seed, this.genesis.chainId, files, machine.life === 1);
    const store = await openChainStore(machine.disk.open());
    const wal = await openWal(files, "/wal");
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const id = `node${index}`;
    const host = createHost(
      { transport: this.network.transport(id), persistentPeers: this.#peersOf(index), peersMax: 50 },
      { clock, random: machine.random.fork(), log },
    );
    const node = await Node.open(
      {
        genesis: this.genesis,
        store,
        wal,
        host,
        signer,
        clock: this.#clockOf(alive),
        random: machine.random.fork(),
        log: () => ({ ...log, warn: (message, fields) => this.#note(index, `${message} ${text(fields)}`) }),
        index: (committed) => this.#decided(index, committed),
        onFault: (error) => {
          if (alive()) this.faults.push(error);
        },
      },
      settings,
    );
    machine.node = node;
    this.#note(index, `start ${life}`);
    await node.start();
  }

  /** The machine loses power: what was not synced is lost, torn or kept. */
  async crash(index: number): Promise<void> {
    const machine = this.machines[index]!;
    const { node } = machine;
    machine.life++;
    machine.node = undefined;
    this.#note(index, "crash");
    node?.drive.stop();
    machine.disk.crash((count) => machine.random.below(count + 1));
    machine.files.crash((below) => machine.random.below(below));
    await node?.stop();
  }

  async stop(): Promise<void> {
    for (const { node } of this.machines) await node?.stop();
  }

  height(index: number): bigint {
    return this.machines[index]!.node?.tip.height ?? 0n;
  }

  /** Runs until every named machine stands at the height; false when `limitMs` of virtual time are over before. */
  reach(height: bigint, limitMs: number, indexes = this.machines.map((machine) => machine.index)): Promise<boolean> {
    const until = this.clock.monotonicMs() + limitMs;
    return this.clock.run(
      until,
      () => this.faults.length > 0 || indexes.every((index) => this.height(index) >= height),
    );
  }

  /** Two machines that decided a height decided the same. The problem in words, or undefined. */
  disagreement(): string | undefined {
    const first = new Map<bigint, Decision>();
    for (const [index, decided] of this.decisions.entries()) {
      for (const decision of decided.values()) {
        const known = first.get(decision.height);
        if (known === undefined) first.set(decision.height, decision);
        else if (known.hash !== decision.hash || known.stateRoot !== decision.stateRoot) {
          return `fork at ${decision.height}: machine ${index} has ${decision.hash}, another ${known.hash}`;
        }
      }
    }
    return undefined;
  }

  /** The same seed gives the same digest. */
  digest(): string {
    return toHex(sha256(utf8(this.#trace.join("\n"))));
  }

  #peersOf(index: number): string[] {
    const { links } = this.#options;
    const others = this.machines.filter((machine) => machine.index !== index).map((machine) => machine.index);
    const linked =
      links === undefined
        ? others
        : others.filter((other) =>
            links.some(([a, b]) => (a === index && b === other) || (a === other && b === index)),
          );
    return linked.map((other) => memoryAddress(`node${other}`));
  }

  /** Timers of a dead node do not fire. */
  #clockOf(alive: () => boolean) {
    const { clock } = this;
    return {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs: number, fire: () => void) => clock.after(delayMs, () => (alive() ? fire() : undefined)),
    };
  }

  #decided(index: number, { tip }: Committed): Promise<void> {
    const hash = toHex(tip.blockId?.hash ?? new Uint8Array(0));
    const decision: Decision = { height: tip.height, hash, stateRoot: toHex(tip.stateRoot) };
    const before = this.decisions[index]!.get(tip.height);
    if (before !== undefined && before.hash !== hash)
      this.faults.push(new Error(`machine ${index} changed height ${tip.height}`));
    this.decisions[index]!.set(tip.height, decision);
    this.#note(index, `committed ${tip.height} ${hash} ${decision.stateRoot}`);
    return Promise.resolve();
  }

  #note(index: number, line: string): void {
    this.#trace.push(`${this.clock.monotonicMs()} node${index} ${line}`);
  }
}

const settings: NodeSettings = {
  timeouts: {
    proposeMs: 1000,
    proposeDeltaMs: 500,
    prevoteMs: 500,
    prevoteDeltaMs: 500,
    precommitMs: 500,
    precommitDeltaMs: 500,
  },
  blockIntervalMs: 1000,
  chain: { gasPriceMin: GAS_PRICE_MIN, fingerprints: () => ({ holders: () => [], extend: () => undefined }) },
  waitForPeersMs: 2000,
  doubleSignCheckHeights: 0n,
  haltHeight: 0n,
};

const STATE_PATH = "/signer/state.json";

async function openSigner(seed: Bytes, chainId: string, files: Files, isNew: boolean) {
  await files.makeDirectory("/signer");
  const signerFiles: SignerFiles = {
    read: (path) => files.read(path),
    async writeSynced(path, bytes) {
      if ((await files.read(path)) !== undefined) await files.remove(path);
      const file = await files.create(path);
      await file.append(bytes);
      await file.sync();
      await file.close();
    },
    rename: (from, to) => files.rename(from, to),
    syncDirectoryOf: () => files.syncDirectory("/signer"),
  };
  if (isNew) {
    await signerFiles.writeSynced(STATE_PATH, utf8(JSON.stringify({ height: "0", round: 0, step: 0 })));
    await signerFiles.syncDirectoryOf(STATE_PATH);
  }
  return openFileSigner({ seed, chainId, statePath: STATE_PATH, files: signerFiles });
}

const text = (fields: unknown): string =>
  JSON.stringify(fields, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)) ?? "";
