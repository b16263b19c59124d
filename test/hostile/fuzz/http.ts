import { setTimeout as sleep } from "node:timers/promises";
import { seeded, type SeededRandom } from "../../simulation/random.js";
import { rpcCall, socketTo } from "../http.js";
import { mutated } from "./mutate.js";
import type { Fuzzer } from "./table.js";

const post = (path: string, body: string): Buffer =>
  Buffer.from(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const get = (path: string, headers = ""): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
const chunked = (path: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  );

const HASH = "AB".repeat(32);
const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

/** What each listener understands, before it is damaged. */
export const corpora = {
  rpc: [
    ...["/", "/status", "/net_info", "/genesis", "/health", "/validators?per_page=100", "/dump_consensus_state"].map(
      (path) => get(path),
    ),
    ...[
      "/block?height=1",
      "/block_results?height=2",
      "/commit?height=3",
      "/header?height=1",
      "/unconfirmed_txs?limit=5",
    ].map((path) => get(path)),
    get(`/tx?hash=0x${HASH}&prove=true`),
    get('/tx_search?query="tx.height>0 AND message.action EXISTS"&per_page=5&order_by="desc"'),
    get("/genesis_chunked?chunk=0"),
    get("/websocket", UPGRADE),
    post("/", rpcCall("status", {})),
    post("/", `[${rpcCall("block", { height: "1" })},${rpcCall("health", {})}]`),
    post("/", rpcCall("abci_query", { path: "/cosmos.bank.v1beta1.Query/Params", data: "", height: "0", prove: true })),
    post("/", rpcCall("broadcast_tx_sync", { tx: Buffer.alloc(300, 7).toString("base64") })),
    post("/", rpcCall("broadcast_tx_async", { tx: "AAAA" })),
    post("/", rpcCall("check_tx", { tx: "CgA=" })),
    post("/", rpcCall("broadcast_evidence", { evidence: { type: "tendermint/DuplicateVoteEvidence", value: {} } })),
    post("/", rpcCall("tx_search", { query: "tx.height > 0", prove: false, page: "1", per_page: "3" })),
    chunked("/", rpcCall("status", {})),
    Buffer.from("OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\n\r\n"),
  ],
  rest: [
    ...["/cosmos/base/tendermint/v1beta1/node_info", "/cosmos/base/tendermint/v1beta1/blocks/latest"].map((path) =>
      get(path),
    ),
    ...["/cosmos/auth/v1beta1/accounts", "/cosmos/bank/v1beta1/supply?pagination.limit=2"].map((path) => get(path)),
    get("/cosmos/staking/v1beta1/validators?pagination.limit=2&pagination.key=AAAA"),
    get("/cosmos/tx/v1beta1/txs?query=tx.height%3E0&order_by=ORDER_BY_DESC"),
    get("/cosmos/tx/v1beta1/txs/block/1", "x-cosmos-block-height: 1\r\n"),
    get(`/cosmos/tx/v1beta1/txs/${HASH}`),
    post("/cosmos/tx/v1beta1/txs", JSON.stringify({ tx_bytes: "CgA=", mode: "BROADCAST_MODE_SYNC" })),
    post("/cosmos/tx/v1beta1/simulate", JSON.stringify({ tx_bytes: "CgA=" })),
    post(
      "/cosmos/tx/v1beta1/simulate",
      JSON.stringify({ tx: { body: { messages: [] }, auth_info: {}, signatures: [] } }),
    ),
    chunked("/cosmos/tx/v1beta1/txs", JSON.stringify({ tx_bytes: "" })),
  ],
  metrics: [get("/metrics"), get("/metrics?x=1"), get("/"), post("/metrics", "x"), get("/metrics", UPGRADE)],
} as const satisfies Readonly<Record<string, readonly Buffer[]>>;

const AT_ONCE = 4;
/** Requests on one connection, one behind the other. */
const PIPELINED = 4;

/** @param address host:port */
export const fuzzHttp =
  (corpus: readonly Buffer[]): Fuzzer =>
  async ({ address, seed, seconds }) => {
    const port = Number(address.split(":").at(-1));
    const endMs = performance.now() + seconds * 1000;
    let cases = 0;
    const attack = async (random: SeededRandom): Promise<void> => {
      while (performance.now() < endMs) {
        const socket = socketTo(port);
        socket.resume();
        await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
        for (let i = random.below(PIPELINED); i >= 0 && socket.writable; i--) {
          const bytes = mutated(corpus, random);
          const half = random.below(bytes.length + 1);
          socket.write(bytes.subarray(0, half));
          if (random.chance(20)) await sleep(random.below(5));
          socket.write(bytes.subarray(half));
          cases++;
        }
        if (random.chance(30)) await sleep(random.below(20));
        if (random.chance(50)) socket.resetAndDestroy();
        else if (random.chance(50)) socket.destroy();
        else socket.end(() => setTimeout(() => socket.destroy(), 50).unref());
      }
    };
    const root = seeded(seed);
    await Promise.all(Array.from({ length: AT_ONCE }, () => attack(root.fork())));
    return { cases };
  };
