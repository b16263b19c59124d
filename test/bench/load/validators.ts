import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { parseGenesis, type GenesisDocument } from "#proto/types/genesis.js";
import { homeLayout } from "#node/config/home.js";
import { Localnet, type Member } from "#test/e2e/localnet.js";
import { DENOM, PREFIX, withAccounts } from "#test/hostile/accounts.js";
import { Relays } from "#test/hostile/relay.js";
import type { Chain } from "./chain.js";
import type { Target } from "./kinds.js";
import type { LoadOptions } from "./options.js";
import { threadProfiles, type ThreadProfile } from "./profile.js";

const STARTED_MS_MAX = 120_000;
const PROFILED = 0;

/** The validators under load, each a process of this machine. */
export class Validators implements Chain {
  readonly target: Target;
  readonly #net: Localnet;
  readonly #relays: Relays;
  readonly #profiles: string | undefined;
  readonly #keepsProfiles: boolean;

  private constructor(
    target: Target,
    net: Localnet,
    relays: Relays,
    profiles: { readonly directory: string | undefined; readonly keep: boolean },
  ) {
    this.target = target;
    this.#net = net;
    this.#relays = relays;
    this.#profiles = profiles.directory;
    this.#keepsProfiles = profiles.keep;
    process.once("exit", this.#onExit);
  }

  static async open(options: LoadOptions): Promise<Validators> {
    const relays = new Relays(options.delayMs);
    const { profileDirectory } = options;
    if (profileDirectory !== undefined) mkdirSync(profileDirectory); // A new one: older profiles would be taken for ours.
    const profiles = options.profile
      ? (profileDirectory ?? mkdtempSync(join(tmpdir(), "tributary-profiles-")))
      : undefined;
    const late: { target?: Target; peers: readonly string[] } = { peers: [] };
    const net = await Localnet.create(options.validators, {
      prepare: ({ members }) => (late.target = writeGenesis(members, options)),
      environment: (_net, index) => settings(options, late.peers[index]),
      engine: (index) =>
        profiles !== undefined && index === PROFILED ? ["--cpu-prof", `--cpu-prof-dir=${profiles}`] : [],
    });
    if (options.delayMs > 0) late.peers = await distantPeers(net.members, relays);
    const opened = new Validators(late.target!, net, relays, {
      directory: profiles,
      keep: profileDirectory !== undefined,
    });
    for (const index of net.members.keys()) net.start(index);
    try {
      for (const index of net.members.keys()) await net.reach(index, 2, STARTED_MS_MAX);
    } catch (error) {
      await opened.stop();
      throw error;
    }
    return opened;
  }

  /** URLs of the nodes' RPC. */
  get urls(): readonly string[] {
    return this.#net.members.map(({ rpc }) => rpc);
  }

  get pids(): readonly number[] {
    return this.#net.members.map(({ process: child }) => child!.pid!);
  }

  get metricsPorts(): readonly number[] {
    return this.#net.members.map(({ metricsPort }) => metricsPort);
  }

  /** Ends the nodes. What the profiler wrote meanwhile; nothing unless it was asked for. */
  async stop(): Promise<readonly ThreadProfile[]> {
    await this.#net.stop();
    process.off("exit", this.#onExit);
    this.#relays.close();
    if (this.#profiles === undefined) return [];
    const profiles = threadProfiles(this.#profiles);
    if (!this.#keepsProfiles) rmSync(this.#profiles, { recursive: true, force: true });
    return profiles;
  }

  /** However this program ends, no node outlives it. */
  readonly #onExit = (): void => {
    for (const { process: child } of this.#net.members) child?.kill("SIGKILL");
  };
}

function writeGenesis(members: readonly Member[], { accounts, blockGas }: LoadOptions): Target {
  const files = members.map(({ home }) => homeLayout(home).genesis);
  const written = JSON.parse(readFileSync(files[0]!, "utf8")) as GenesisDocument;
  const { document: funded, firstNumber } = withAccounts(written, accounts + 1); // One for the setup.
  const document = blockGas === undefined ? funded : withBlockGas(funded, blockGas);
  const genesis = parseGenesis(document);
  if (isRejection(genesis)) throw new Error(`genesis: ${rejectionText(genesis)}`);
  for (const file of files) writeFileSync(file, JSON.stringify(document));
  return { chainId: genesis.chainId, prefix: PREFIX, denom: DENOM, firstNumber };
}

function withBlockGas(document: GenesisDocument, blockGas: bigint): GenesisDocument {
  const { consensus_params: params } = document;
  return { ...document, consensus_params: { ...params, block: { ...params.block, max_gas: String(blockGas) } } };
}

function settings({ pool }: LoadOptions, peers: string | undefined): NodeJS.ProcessEnv {
  return {
    TRIBD_LOG_LEVEL: "warn",
    TRIBD_INSTRUMENTATION_PROMETHEUS: "true",
    // One client sends everything here, and is told often that the pool is full.
    TRIBD_RPC_MAX_REFUSED_UNITS_PER_SECOND: "0",
    TRIBD_RPC_MAX_REFUSED_UNITS_PER_SECOND_TOTAL: "0",
    ...(pool === undefined ? {} : { TRIBD_MEMPOOL_SIZE: String(pool) }),
    ...(peers === undefined ? {} : { TRIBD_P2P_PERSISTENT_PEERS: peers }),
  };
}

/** Every way between two nodes leads over a relay of its own. */
function distantPeers(members: readonly Member[], relays: Relays): Promise<string[]> {
  return Promise.all(
    members.map(async (_, from) => {
      const others = members.filter((_other, to) => to !== from);
      const ways = await Promise.all(
        others.map(async ({ id, p2pPort }) => `${id}@127.0.0.1:${await relays.to(p2pPort)}`),
      );
      return ways.join(",");
    }),
  );
}
