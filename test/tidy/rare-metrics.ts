import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { sha256 } from "#proto/crypto/hash.js";
import { utf8 } from "#proto/bytes.js";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection } from "#proto/rejection.js";
import { validatorSet } from "#proto/types/validators.js";
import { rpcMetrics, rpcTable, startRpc } from "#node/rpc/index.js";
import { blockMetrics, consensusTable, metrics } from "#node/telemetry/index.js";
import { FixtureChain, sendTx } from "../unit/node/rpc/fixture-chain.js";

const registry = () => metrics({ namespace: "cometbft", chainId: "c-1", process: false });

/** A commit without this node's vote: a chain of one validator has none. */
export function missedBlock(): void {
  const set = validatorSet([{ pubKey: ed25519PublicKey(sha256(utf8("self"))), power: 10n }]);
  if (isRejection(set)) throw new Error(set.name);
  const certificate = { height: 1n, round: 0, blockId: undefined, signatures: [] };
  const facts = { height: 1n, time: 1n, txs: 0, bytes: 1, evidence: [], validators: set, certificate };
  blockMetrics(registry().register(consensusTable), () => validatorAddress(set.members[0]!.pubKey))(facts);
}

const COMMITS_MAX = 60;
const MEMO_BYTES = 2_000_000;
/** Longer than the server needs to tell an event to its subscribers. */
const TELLING_MS = 10;

/** A subscriber that does not read, at a server that keeps nothing for it beyond the system's own buffers. */
export async function slowClient(): Promise<void> {
  const chain = await FixtureChain.of([[]]);
  const handles = rpcMetrics(registry().register(rpcTable));
  let isDropped = false;
  const dropped = (): void => {
    isDropped = true;
    handles.slowClientDropped();
  };
  const server = await startRpc(
    { ...chain.deps(), metrics: { ...handles, slowClientDropped: dropped } },
    { host: "127.0.0.1", port: 0, corsOrigins: [], limits: { socketBacklogBytesMax: 1 } },
  );
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/websocket`);
  try {
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const taken = new Promise((resolve) => socket.once("message", resolve));
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscribe", params: { query: "tm.event='Tx'" } }));
    await taken;
    socket.pause();
    for (let i = 0; i < COMMITS_MAX && !isDropped; i++) {
      await chain.commit([sendTx({ from: "alice", to: "bob", amount: 1n, memo: "m".repeat(MEMO_BYTES) + i })]);
      await sleep(TELLING_MS);
    }
  } finally {
    socket.terminate();
    await server.close();
  }
}
