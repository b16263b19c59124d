import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { openRemoteChain } from "#node/chain/remote.js";
import { remoteQueries } from "#node/chain/remote-queries.js";
import { ChainFault } from "#node/chain/types.js";
import { blockReader } from "#node/storage/chain-reader.js";
import { openLevel } from "#node/storage/database/level.js";
import { genesisOf } from "../../state/world.js";

const RETENTION = { stateHeights: 10n, proofHeights: 10n, blockHeights: 0n };

function dataOf(directory: string, balance: bigint) {
  const genesis = parseGenesis(genesisOf({ alice: balance }));
  if (isRejection(genesis)) throw new Error(JSON.stringify(genesis.data));
  return { directory, retention: RETENTION, genesis: genesis.document, gasPriceMin: 0n, signaturesKept: 100 };
}

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "tributary-threads-"));
  try {
    await use(join(root, "chain.db"));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const unexpected = (error: Error): void => assert.fail(error);

test("chain, queries and reader share a database from three threads", () =>
  inDirectory(async (directory) => {
    const data = dataOf(directory, 1_000n);
    const { chain, close } = await openRemoteChain(data, unexpected);
    const db = await openLevel(directory);
    const { queries, close: closeQueries } = remoteQueries(data, unexpected);
    const tip = await chain.tip();
    assert.equal(tip.height, 0n);
    assert.deepEqual(blockReader(db).head!.root, tip.stateRoot);
    const version = await queries.query({ path: "/app/version", data: utf8(""), height: undefined, prove: false });
    assert.deepEqual([version.code, version.value], [0, utf8("1")]);
    assert.deepEqual(await queries.validatorsAfter(0n), tip.validators);
    assert.deepEqual(await queries.paramsAfter(0n), tip.params);
    assert.equal(await queries.validatorsAfter(1n), undefined);
    const proven = await queries.query({ path: "/store/state/key", data: utf8("k"), height: undefined, prove: true });
    assert.equal(proven.code, 0);
    assert.ok(proven.proofOps[0]!.data.length > 0);
    const [checked] = await chain.check([utf8("no transaction")]);
    assert.ok(isRejection(checked!));
    assert.equal((await chain.process(utf8("no block"))).valid, false);
    await closeQueries();
    await db.close();
    await close();
  }));

test("faults cross as what they are; a bug and the end of the thread are told, and reject what waits", () =>
  inDirectory(async (directory) => {
    const first = await openRemoteChain(dataOf(directory, 1_000n), unexpected);
    await first.close();
    await assert.rejects(openRemoteChain(dataOf(directory, 2_000n), unexpected), (error) => {
      assert.ok(error instanceof ChainFault);
      assert.equal(error.code, "genesis_mismatch");
      return true;
    });
    const told: Error[] = [];
    const { chain, close } = await openRemoteChain(dataOf(directory, 1_000n), (error) => told.push(error));
    const bug = await chain.check(7 as never).catch((error: unknown) => error);
    assert.ok(bug instanceof Error && told[0] === bug);
    assert.match(bug.stack!, /node\/chain\/chain/, "the stack is of the thread where it happened");
    await assert.rejects(chain.commit(utf8("no block"), utf8("")), ChainFault);
    await close();
    await assert.rejects(chain.tip(), /ended with code/);
    assert.equal(told.length, 1);
  }));
