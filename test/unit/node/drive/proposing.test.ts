import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { certificateCodec, type Certificate } from "#proto/types/block.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { splitParts } from "#proto/types/parts.js";
import type { BuildRequest, BuiltBlock, ChainPort, Tip } from "#node/chain/types.js";
import type { Consensus } from "#node/drive/consensus.js";
import type { DriveDeps } from "#node/drive/deps.js";
import { Proposing } from "#node/drive/proposing.js";
import type { Signing } from "#node/drive/signing.js";
import { Timers } from "#node/drive/timers.js";
import { virtualClock } from "#test/simulation/clock.js";

/** What a proposer asks of its chain, and what it does with the answer. */

const ROOT = sha256(utf8("root"));
const NOW = 1_000_000n;

/** A proposer at height 5 whose pool and evidence hold this. @param timeOfLast of the block before */
async function proposes(
  txs: Bytes[],
  evidence: Bytes[],
  timeOfLast = NOW - 1000n,
  dropped: Bytes[] = [],
  lastCertificate: Certificate | undefined = undefined,
) {
  const clock = virtualClock(NOW);
  const asked: BuildRequest[] = [];
  const forgotten: Bytes[][] = [];
  const room: [bytes: number, gas: bigint][] = [];
  const values: unknown[] = [];
  const bytes = utf8("the block");
  const blockId = { hash: headerHashOf(ROOT), parts: splitParts(bytes).header };
  const chain: Partial<ChainPort> = {
    build(request) {
      asked.push(request);
      const built: BuiltBlock = { bytes, blockId, time: request.time, dropped, problem: "" };
      return Promise.resolve(built);
    },
  };
  const deps: Partial<DriveDeps> = {
    chain: chain as ChainPort,
    clock,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    mempool: {
      reap: (bytesMax, gasMax) => (room.push([bytesMax, gasMax]), txs),
      update: () => Promise.resolve(),
      drop: (gone) => void forgotten.push([...gone]),
    },
    evidence: { report: () => Promise.resolve(), reap: () => evidence },
    gossip: { publish: () => undefined, hold: () => undefined, heightStarted: () => undefined },
    signer: {
      publicKey: ROOT,
      lastSigned: () => ({ height: 0n, round: 0, step: 0 }),
      signVote: () => Promise.resolve(ROOT),
      signProposal: () => Promise.resolve(ROOT),
      proveBeacon: () => Promise.resolve(utf8("beacon")),
    },
  };
  const failed: unknown[] = [];
  const consensus: Partial<Consensus> = {
    state: () => ({ height: 5n, round: 2, self: ROOT }) as ReturnType<Consensus["state"]>,
    stopped: () => false,
    job: (job) => void job().catch((error: unknown) => failed.push(error)),
    aside: (work) => void work().catch((error: unknown) => failed.push(error)),
    value: (input) => Promise.resolve(void values.push(input)),
  };
  const signing: Pick<Signing, "ask"> = { ask: async (_what, _place, ask) => (await ask()) as Bytes };
  const tip = {
    ...{ height: 4n, time: timeOfLast, beacon: ROOT },
    params: { blockBytesMax: 1_000_000n, blockGasMax: 77n, evidenceBytesMax: 10_000n },
  } as Tip;
  const proposing = new Proposing(deps as DriveDeps, consensus as Consensus, signing as Signing, new Timers(clock));
  proposing.build({ kind: "build_block", height: 5n, round: 2, lastCertificate }, tip);
  await clock.run(clock.monotonicMs() + 10_000);
  assert.deepEqual(failed, []);
  assert.equal(asked.length, 1);
  return { request: asked[0]!, forgotten, room, values, blockId };
}

test("a block of ours takes what the pool has room for, and the evidence", async () => {
  const [txs, evidence] = [[utf8("a"), utf8("b")], [utf8("piece")]];
  const { request, room, values, blockId } = await proposes(txs, evidence);
  assert.deepEqual([request.txs, request.evidence], [txs, evidence]);
  assert.deepEqual([request.height, request.round, request.time], [5n, 2, NOW]);
  const [bytesMax, gasMax] = room[0]!;
  assert.ok(bytesMax > 900_000 && bytesMax <= 1_000_000 - 5, `${bytesMax} bytes for transactions`);
  assert.equal(gasMax, 77n);
  assert.deepEqual(values, [{ kind: "built", height: 5n, round: 2, blockId, timeMs: NOW }]);
});

test("the certificate of a thousand validators has its room beside the transactions", async () => {
  const signatures = Array.from({ length: 1_000 }, (_, index) => ({
    index,
    validator: ROOT.subarray(0, 20),
    signature: new Uint8Array(64).fill(1),
  }));
  const blockId = { hash: headerHashOf(ROOT), parts: splitParts(utf8("last")).header };
  const certificate: Certificate = { height: 4n, round: 0, blockId, signatures };
  const { room, request } = await proposes([], [], NOW - 1000n, [], certificate);
  assert.deepEqual(request.lastCertificate, certificateCodec.encode(certificate));
  assert.ok(request.lastCertificate!.length > 90_000);
  assert.ok(room[0]![0] + request.lastCertificate!.length < 1_000_000);
});

test("BT3: its time is the clock's, once that is past the last block's", async () => {
  const { request } = await proposes([], [], NOW + 300n);
  assert.equal(request.time, NOW + 301n);
});

test("what made a block of ours invalid leaves the pool", async () => {
  const { forgotten } = await proposes([utf8("a")], [], NOW - 1000n, [utf8("a")]);
  assert.deepEqual(forgotten, [[utf8("a")]]);
});
