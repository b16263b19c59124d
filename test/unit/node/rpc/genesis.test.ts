import assert from "node:assert/strict";
import { test } from "node:test";
import { client, httpTransport } from "#proto/client/index.js";
import { canonicalJson } from "#proto/canonical-json.js";
import { fromBase64 } from "#proto/base64.js";
import { utf8Text } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis, type GenesisDocument } from "#proto/types/genesis.js";
import { startRpc } from "#node/rpc/index.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { LoneChain, loneGenesis } from "../../../fixtures/lone-chain.js";
import { FixtureChain } from "./fixture-chain.js";

const RETENTION = { stateHeights: 10n, proofHeights: 10n, blockHeights: 0n };

/** As an operator would join: the document of another node's RPC, whole and in chunks. */
async function served(document: GenesisDocument): Promise<{ whole: unknown; chunks: Uint8Array }> {
  const deps = (await FixtureChain.of([])).deps();
  const chain = { ...deps.chain, genesis: document };
  const server = await startRpc({ ...deps, chain }, { host: "127.0.0.1", port: 0, corsOrigins: [] });
  try {
    const asked = client(httpTransport(`http://127.0.0.1:${server.port}`, fetch));
    const whole = await asked.genesis();
    const { data } = await asked.call("genesis_chunked", {});
    return { whole, chunks: fromBase64(data)! };
  } finally {
    await server.close();
  }
}

test("a chain that is started with a served genesis is the same chain", async () => {
  const own = loneGenesis();
  const { whole, chunks } = await served(own.document);
  assert.deepEqual(sha256(chunks), own.hash);
  assert.equal(canonicalJson(whole), utf8Text(chunks));
  const joined = parseGenesis(whole);
  assert.ok(!isRejection(joined));
  assert.deepEqual(joined.hash, own.hash);
  const disk = new MemoryDisk();
  const first = await LoneChain.open(await openChainStore(disk.open(), RETENTION), own);
  const { stateRoot } = await first.chain.tip();
  await first.store.close();
  const again = await LoneChain.open(await openChainStore(disk.open(), RETENTION), joined);
  assert.deepEqual((await again.chain.tip()).stateRoot, stateRoot);
});

test("evidence may live in a genesis in nanoseconds too, where CometBFT's clients read it, and only as long", () => {
  const { document } = loneGenesis();
  const { evidence } = document.consensus_params;
  const lasting = (max_age_duration: string) =>
    parseGenesis({
      ...document,
      consensus_params: { ...document.consensus_params, evidence: { ...evidence, max_age_duration } },
    });
  assert.ok(!isRejection(lasting(`${evidence.max_age_duration_ms}000000`)));
  const other = lasting(evidence.max_age_duration_ms);
  assert.ok(isRejection(other));
  assert.equal(other.data["field"], "consensus_params.evidence.max_age_duration");
});
