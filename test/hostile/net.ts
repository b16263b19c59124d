import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { parseGenesis, type GenesisDocument } from "#proto/types/genesis.js";
import { homeLayout } from "#node/config/home.js";
import { FREE_OFFSET, Localnet, type LocalnetOptions, type Member } from "../e2e/localnet.js";
import { withAccounts } from "./accounts.js";
import { VICTIM, type Blow, type NetView, type Target } from "./adversary.js";
import { banOf } from "./bans.js";
import type { HonestBan } from "./judge.js";
import { lastWords } from "./last-words.js";
import { Relays } from "./relay.js";

const VALIDATORS = 4;
const STARTED_MS_MAX = 120_000;

export interface NetOptions {
  readonly ports: NonNullable<LocalnetOptions["ports"]> | undefined;
  /** Funded accounts in the genesis: making their keys takes a second a thousand. */
  readonly accounts: number;
  /** Each whole line of a node's log. */
  readonly onLogLine: (index: number, line: string) => void;
}

/** Four validators, each a process; the last one hangs on relays that can cut it off. */
export class HostileNet {
  readonly net: Localnet;
  readonly view: NetView;
  readonly #relays: Relays;
  /** Nodes that this program itself has ended. */
  readonly #ended = new Set<number>();

  private constructor(net: Localnet, view: NetView, relays: Relays) {
    this.net = net;
    this.view = view;
    this.#relays = relays;
  }

  static async open({ ports, accounts, onLogLine }: NetOptions): Promise<HostileNet> {
    const relays = new Relays();
    const made: Made = { firstNumber: 0, firstMultisig: 0, network: "", chainId: "" };
    let peers: readonly string[] = [];
    const lines = Array.from({ length: VALIDATORS }, () => "");
    const net = await Localnet.create(VALIDATORS, {
      ...(ports === undefined ? {} : { ports }),
      prepare: (written) => Object.assign(made, writeGenesis(written.members, accounts)),
      environment: ({ members }, index) => settings(members[index]!, peers[index]!),
      onLog(index, chunk) {
        const parts = (lines[index]! + chunk).split("\n");
        lines[index] = parts.pop()!;
        for (const line of parts) onLogLine(index, line);
      },
    });
    peers = await peersOf(net.members, relays);
    const opened = new HostileNet(net, { ...made, targets: net.members.map(target) }, relays);
    process.once("exit", opened.#onExit);
    for (let i = 0; i < VALIDATORS; i++) net.start(i);
    try {
      for (let i = 0; i < VALIDATORS; i++) await net.reach(i, 2, STARTED_MS_MAX);
    } catch (error) {
      await opened.stop();
      throw error;
    }
    return opened;
  }

  /** However this program ends, no node outlives it. */
  readonly #onExit = (): void => {
    for (const { process: child } of this.net.members) child?.kill("SIGKILL");
  };

  /** Nodes that ended by themselves, with how and their last words. */
  dead(): string[] {
    return this.net.members.flatMap(({ process: child, log }, index) => {
      if (this.#ended.has(index) || child === undefined) return [];
      const { exitCode, signalCode } = child;
      if (exitCode === null && signalCode === null) return [];
      return [`node ${index} with ${signalCode ?? `status ${exitCode}`}, ${lastWords(log)}`];
    });
  }

  pid(index: number): number | undefined {
    return this.net.members[index]!.process?.pid;
  }

  async strike(blow: Blow): Promise<void> {
    await this.#blows[blow]();
  }

  readonly #blows: Readonly<Record<Blow, () => Promise<void> | void>> = {
    kill: async () => {
      this.#ended.add(VICTIM);
      await this.net.kill(VICTIM);
    },
    start: () => {
      this.net.start(VICTIM);
      this.#ended.delete(VICTIM);
    },
    freeze: () => void this.net.members[VICTIM]!.process?.kill("SIGSTOP"),
    thaw: () => void this.net.members[VICTIM]!.process?.kill("SIGCONT"),
    cut: () => this.#relays.cut(),
    heal: () => this.#relays.heal(),
  };

  /** Whether all nodes have all others as peers and the chain grows. What is missing, otherwise. */
  async recovered(limitMs: number): Promise<string | undefined> {
    let missing = "nothing was asked";
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(250)) {
      missing = (await this.#missing()) ?? "";
      if (missing === "") break;
    }
    if (missing !== "") return missing;
    const height = await this.net.height(0);
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(250)) {
      if ((await this.net.height(0)) > height) return undefined;
    }
    return `no block after ${height}`;
  }

  async stop(): Promise<void> {
    this.net.members[VICTIM]?.process?.kill("SIGCONT");
    await this.net.stop();
    process.off("exit", this.#onExit);
    this.#relays.close();
  }

  async #missing(): Promise<string | undefined> {
    const ids = this.view.targets.map(({ peerId }) => peerId);
    for (const index of ids.keys()) {
      const peers = await this.#peers(index);
      if (peers === undefined) return `node ${index} does not answer`;
      const lost = ids.flatMap((id, other) => (other !== index && !peers.includes(id) ? [other] : []));
      if (lost.length > 0) return `node ${index} is not connected with ${lost.join(" and ")}`;
    }
    return undefined;
  }

  async #peers(index: number): Promise<readonly string[] | undefined> {
    try {
      const { peers } = (await this.net.rpc(index, "net_info")) as { peers: { node_info: { id: string } }[] };
      return peers.map(({ node_info }) => node_info.id);
    } catch {
      return undefined; // Down, or not up yet: the caller asks again.
    }
  }
}

function target({ id, p2pPort, metricsPort, rpc }: Member, index: number): Target {
  const rpcPort = Number(new URL(rpc).port);
  return { index, peerId: id, p2pPort, rpcPort, restPort: p2pPort + FREE_OFFSET, metricsPort };
}

type Made = Omit<NetView, "targets">;

function writeGenesis(members: readonly Member[], accounts: number): Made {
  const files = members.map(({ home }) => homeLayout(home).genesis);
  const written = JSON.parse(readFileSync(files[0]!, "utf8")) as GenesisDocument;
  const { document, firstNumber, firstMultisig } = withAccounts(written, accounts);
  const genesis = parseGenesis(document);
  if (isRejection(genesis)) throw new Error(`genesis: ${rejectionText(genesis)}`);
  for (const file of files) writeFileSync(file, JSON.stringify(document));
  const network = `${genesis.chainId}-${toHex(genesis.hash.slice(0, 4))}`;
  return { firstNumber, firstMultisig, network, chainId: genesis.chainId };
}

/** All know each other by their ports; to and from the victim the way leads over a relay. */
async function peersOf(members: readonly Member[], relays: Relays): Promise<string[]> {
  const toVictim = await relays.to(members[VICTIM]!.p2pPort);
  const fromVictim = await Promise.all(members.map(({ p2pPort }) => relays.to(p2pPort)));
  const portTo = (from: number, to: number): number =>
    from === VICTIM ? fromVictim[to]! : to === VICTIM ? toVictim : members[to]!.p2pPort;
  return members.map((_, from) =>
    members.flatMap(({ id }, to) => (to === from ? [] : [`${id}@127.0.0.1:${portTo(from, to)}`])).join(","),
  );
}

function settings({ p2pPort }: Member, peers: string): NodeJS.ProcessEnv {
  return {
    TRIBD_LOG_FORMAT: "json",
    TRIBD_API_ENABLE: "true",
    TRIBD_API_ADDRESS: `tcp://127.0.0.1:${p2pPort + FREE_OFFSET}`,
    TRIBD_INSTRUMENTATION_PROMETHEUS: "true",
    TRIBD_P2P_PERSISTENT_PEERS: peers,
  };
}

/** Listens to the nodes' logs for bans of one another. `knows` tells it who is honest: what came before is kept. */
export function honestBans(): {
  readonly onLogLine: NetOptions["onLogLine"];
  readonly bans: readonly HonestBan[];
  readonly knows: (net: HostileNet) => void;
} {
  const all: { by: number; peer: string; reason: string }[] = [];
  const bans: HonestBan[] = [];
  let ids: readonly string[] | undefined;
  const note = (by: number, peer: string, reason: string): void => {
    if (ids === undefined) return void all.push({ by, peer, reason });
    const of = ids.indexOf(peer);
    if (of >= 0) bans.push({ by, of, reason });
  };
  return {
    bans,
    onLogLine(by, line) {
      const ban = banOf(line);
      if (ban !== undefined) note(by, ban.peer, ban.reason);
    },
    knows({ view }) {
      ids = view.targets.map(({ peerId }) => peerId);
      for (const { by, peer, reason } of all.splice(0)) note(by, peer, reason);
    },
  };
}
