import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { toBase64 } from "#proto/base64.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { PREVOTE, voteSignBytes, type Vote } from "#proto/types/vote.js";
import { writeHome } from "#cli/genesis/home-files.js";
import { startNode } from "#node/compose/start.js";
import { startSigner } from "#node/compose/start-signer.js";
import { homeLayout, type Home } from "#node/config/home.js";
import { identityOf } from "#node/config/identity.js";
import { loadConfig, type Config } from "#node/config/load.js";
import type { Settings } from "#node/config/table.js";
import { Life } from "#node/runtime/life.js";
import { blockIdFrom } from "../fixtures/block-id.js";
import { delegate } from "../unit/state/modules/staking-world.js";
import { genesisOf, person, signedTx, TEST_CHAIN } from "../unit/state/world.js";

const VALIDATOR = identityOf(sha256(utf8("the validator of the live node")));
const OPERATOR = "olga";
const POWER = 10n;
const UNTIL_MS = 20_000;

/** Every part that a setting can switch on is on. */
const QUIET = { log_level: "none" };
const CONFIG: Partial<Settings<"config">> = {
  ...QUIET,
  "rpc.laddr": "tcp://127.0.0.1:0",
  "rpc.max_subscription_clients": 1,
  "rpc.max_subscriptions_per_client": 20,
  "p2p.laddr": "tcp://127.0.0.1:0",
  "consensus.block_interval_ms": 20,
  "blocksync.enable": false,
  "instrumentation.prometheus": true,
  "instrumentation.prometheus_listen_addr": "tcp://127.0.0.1:0",
};
const APP: Partial<Settings<"app">> = {
  pruning: "custom",
  "pruning-keep-recent": 10,
  "state-sync.snapshot-interval": 5,
  "api.address": "tcp://127.0.0.1:0",
};

export interface LiveRun {
  /** Settings of config.toml and app.toml that something has read. */
  readonly settings: ReadonlySet<string>;
  /** Names of events that a subscriber was told, as `tm.event` has them. */
  readonly events: ReadonlySet<string>;
}

/**
 * A node and its remote signer in this process, over sockets: blocks, a transaction that changes the validators, evidence, a
 * client that makes room for another, a signer with another key, a connection's error.
 * @param names events to subscribe to
 * @param written metrics that were written, with the namespace; it grows while the node runs
 */
export async function runLive(names: readonly string[], written: ReadonlySet<string>): Promise<LiveRun> {
  const root = mkdtempSync(join(tmpdir(), "tributary-live-"));
  const lives = [new Life(), new Life(), new Life()] as const;
  try {
    return await live(root, lives, names, written);
  } finally {
    for (const life of lives.toReversed()) await life.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function live(
  root: string,
  [life, signerLife, otherLife]: readonly [Life, Life, Life],
  names: readonly string[],
  written: ReadonlySet<string>,
): Promise<LiveRun> {
  const [node, signer, other] = ["node", "signer", "other"].map((name) => homeLayout(join(root, name))) as [
    Home,
    Home,
    Home,
  ];
  const path = join(root, "signer.sock");
  const genesis = genesisOf({ [OPERATOR]: 10n ** 12n }, {}, undefined, [
    { name: OPERATOR, key: toBase64(VALIDATOR.publicKey), power: POWER },
  ]) as GenesisDocument;
  const identity = (name: string) => identityOf(sha256(utf8(name)));
  const config = { ...CONFIG, priv_validator_laddr: `unix://${path}` };
  writeHome(node, { node: identity("a"), validator: identity("unused"), genesis, config, app: APP });
  writeHome(signer, { node: identity("b"), validator: VALIDATOR, genesis, config: QUIET });
  writeHome(other, { node: identity("c"), validator: identity("another validator"), genesis, config: QUIET });
  const settings = new Set<string>();
  const { rpc = "" } = await startNode(node, recorded(loadConfig(node), settings), life);
  const plan = { chainId: TEST_CHAIN, node: { kind: "unix", path } } as const;
  await startSigner(signer, plan, loadConfig(signer), signerLife);
  const { socket, events } = await subscriber(rpc, names);
  await until(events, "NewBlock", "Lock");
  await call(rpc, "broadcast_tx_sync", { tx: toBase64(stakeTx()) });
  await until(events, "Tx", "ValidatorSetUpdates");
  const { block } = await call<{ block: { header: { time: string } } }>(rpc, "block", { height: "2" });
  const evidence = doubleVote(BigInt(Date.parse(block.header.time)));
  await call(rpc, "broadcast_evidence", { evidence: toBase64(evidenceCodec.encode(evidence)) });
  await until(events, "NewEvidence");
  const newcomer = await opened(rpc);
  await Promise.all([newcomer, socket].map(ended));
  await signerLife.close();
  await startSigner(other, plan, loadConfig(other), otherLife);
  await until(written, "cometbft_signer_failures_total");
  life.uncaught(Object.assign(new Error("reset"), { code: "ECONNRESET", syscall: "read" }));
  return { settings, events };
}

/** Waits for names in a set that grows; a test of the set says which one never came. */
async function until(growing: ReadonlySet<string>, ...wanted: string[]): Promise<void> {
  const end = performance.now() + UNTIL_MS;
  while (!wanted.every((name) => growing.has(name)) && performance.now() < end) await sleep(20);
}

/** The same settings; each name that is asked for is added to `names`. */
function recorded({ config, app, client }: Config, names: Set<string>): Config {
  const watched = <T extends object>(values: T): T =>
    new Proxy(values, {
      get(target, name, receiver): unknown {
        names.add(String(name));
        return Reflect.get(target, name, receiver);
      },
    });
  return { config: watched(config), app: watched(app), client };
}

async function opened(rpc: string): Promise<WebSocket> {
  const socket = new WebSocket(`${rpc.replace("http", "ws")}/websocket`);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

async function ended(socket: WebSocket): Promise<void> {
  const closed = new Promise((resolve) => socket.once("close", resolve));
  if (socket.readyState === socket.CLOSED) return;
  socket.terminate();
  await closed;
}

async function subscriber(rpc: string, names: readonly string[]) {
  const socket = await opened(rpc);
  const events = new Set<string>();
  socket.on("message", (data: Buffer) => {
    const { result } = JSON.parse(data.toString()) as { result?: { events?: Record<string, string[]> } };
    for (const name of result?.events?.["tm.event"] ?? []) events.add(name);
  });
  for (const [id, name] of names.entries()) {
    const params = { query: `tm.event='${name}'` };
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "subscribe", params }));
  }
  return { socket, events };
}

async function call<T>(rpc: string, method: string, params: object): Promise<T> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await (await fetch(rpc, { method: "POST", body })).json();
  const { result, error } = answer as { result: T & { code?: number }; error?: unknown };
  if (error !== undefined || (result.code ?? 0) !== 0) throw new Error(JSON.stringify(answer));
  return result;
}

function stakeTx(): Bytes {
  const order = delegate(OPERATOR, 5_000_000n);
  return signedTx(person(OPERATOR), [order], { sequence: 0n, number: 0n, gas: 400_000n });
}

function doubleVote(time: bigint): Evidence {
  const vote = (blockId: Vote["blockId"]): Vote => {
    const validator = validatorAddress(VALIDATOR.publicKey);
    const said = { type: PREVOTE, height: 2n, round: 9, blockId, validator };
    return { ...said, index: 0, signature: signEd25519(voteSignBytes(TEST_CHAIN, said), VALIDATOR.seed) };
  };
  const other = blockIdFrom(sha256(utf8("another block")), 1, sha256(utf8("its parts")));
  return {
    ...{ duplicateProposal: undefined, lightClientAttack: undefined, time, totalPower: POWER, validatorPower: POWER },
    duplicateVote: { voteA: vote(undefined), voteB: vote(other) },
  };
}
