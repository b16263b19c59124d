import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection } from "#proto/rejection.js";
import { validatorSet } from "#proto/types/validators.js";
import { indexMetrics, indexTable } from "#node/indexer/index.js";
import { rpcMetrics, rpcTable } from "#node/rpc/index.js";
import {
  blockMetrics,
  consensusTable,
  logs,
  mempoolTable,
  metrics,
  p2pTable,
  serveMetrics,
  syncTable,
} from "#node/telemetry/index.js";

const now = (): number => Date.UTC(2026, 10, 21, 3, 0, 0, 5);

function captured(level: string, format: "plain" | "json") {
  const lines: string[] = [];
  return { lines, module: logs({ level, format, write: (line) => void lines.push(line), now }) };
}

test("JSON lines carry CometBFT's names, and values that JSON can hold", () => {
  const { lines, module } = captured("info", "json");
  module("state").info("committed block", { height: 5n, app_hash: Uint8Array.of(171), fault: undefined });
  assert.deepEqual(JSON.parse(lines[0]!), {
    level: "info",
    ts: "2026-11-21T03:00:00.005Z",
    module: "state",
    height: "5",
    app_hash: "AB",
    _msg: "committed block",
  });
});

test("plain lines, one a message whatever it holds", () => {
  const { lines, module } = captured("info", "plain");
  module("p2p").warn("peer said\nE[forged]", { words: 'a "b"', peer: "x" });
  assert.deepEqual(lines, ['W[2026-11-21|03:00:00.005] peer said E[forged] module=p2p words="a \\"b\\"" peer=x\n']);
});

test("levels by module", () => {
  const { lines, module } = captured("consensus:debug,p2p:none,*:error", "plain");
  for (const name of ["consensus", "p2p", "mempool"]) {
    const log = module(name);
    log.debug("d");
    log.error("e");
  }
  assert.deepEqual(
    lines.map((line) => `${line[0]} ${/module=(\w+)/.exec(line)?.[1]}`),
    ["D consensus", "E consensus", "E mempool"],
  );
});

for (const level of ["loud", "a:b:c", ":info", "p2p:", ""]) {
  test(`log_level ${JSON.stringify(level)} is refused with the fix`, () => {
    assert.throws(() => captured(level, "json"), /log_level: .*module:level/);
  });
}

test("every table registers once, and the page has CometBFT's names", async () => {
  const all = metrics({ namespace: "cometbft", chainId: "c-1", process: false });
  for (const table of [mempoolTable, p2pTable, syncTable]) all.register(table);
  indexMetrics(all.register(indexTable)).indexed(7n, 3, 0.01);
  rpcMetrics(all.register(rpcTable)).request("status", "ok", 0.001);
  const keys = [1, 2, 3].map((n) => ed25519PublicKey(new Uint8Array(32).fill(n)));
  const set = validatorSet(keys.map((pubKey) => ({ pubKey, power: 10n })));
  assert.ok(!isRejection(set));
  const self = validatorAddress(keys[0]!);
  const write = blockMetrics(all.register(consensusTable), () => self);
  const signatures = set.members.flatMap(({ address }, index) =>
    Buffer.from(address).equals(self) ? [] : [{ index, validator: address, signature: new Uint8Array(64) }],
  );
  const facts = { height: 9n, time: 1_000n, txs: 2, bytes: 300, evidence: [], validators: set };
  write({ ...facts, certificate: { height: 9n, round: 1, blockId: undefined, signatures } });
  write({
    ...facts,
    height: 10n,
    time: 2_500n,
    certificate: { height: 10n, round: 0, blockId: undefined, signatures },
  });
  const server = await serveMetrics(
    all,
    { host: "127.0.0.1", port: 0 },
    { debug: () => undefined, error: assert.fail },
  );
  try {
    const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/`)).status, 404);
    for (const line of [
      'cometbft_consensus_height{chain_id="c-1"} 10',
      'cometbft_consensus_total_txs{chain_id="c-1"} 4',
      'cometbft_consensus_missing_validators{chain_id="c-1"} 1',
      'cometbft_consensus_missing_validators_power{chain_id="c-1"} 10',
      `cometbft_consensus_validator_missed_blocks{validator_address="${Buffer.from(self).toString("hex").toUpperCase()}",chain_id="c-1"} 2`,
      'cometbft_consensus_block_interval_seconds_sum{chain_id="c-1"} 1.5',
      'cometbft_rpc_requests_total{method="status",outcome="ok",chain_id="c-1"} 1',
      'cometbft_txindex_height{chain_id="c-1"} 7',
      "# TYPE cometbft_mempool_size gauge",
      "# TYPE cometbft_p2p_peers gauge",
    ]) {
      assert.ok(text.includes(line), `${line}\nis not in\n${text.slice(0, 1500)}`);
    }
  } finally {
    await server.close();
  }
});
