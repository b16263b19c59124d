import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { beaconInput, verifyBeacon } from "#proto/beacon.js";
import { equalBytes, utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import { validatorAddress, verifyEd25519 } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { BlockId } from "#proto/types/block-id.js";
import { PRECOMMIT, PREVOTE, voteSignBytes, type VoteType } from "#proto/types/vote.js";
import { checkBeforeJoining } from "#node/signer/double-sign.js";
import { SignerFault } from "#node/signer/fault.js";
import { openFileSigner, type FileSigner } from "#node/signer/file-signer.js";
import { osSignerFiles } from "#node/signer/os-files.js";
import { PowerCut, TornDisk } from "#test/unit/node/signer/disk.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const STATE = "data/priv_validator_state.json";
const CHAIN = "tributary-1";
const seed = sha256(utf8("validator seed"));
const empty = utf8(JSON.stringify({ height: "0", round: 0, step: 0 }));
const block = (name: string): BlockId => blockIdFrom(sha256(utf8(name)), 1, sha256(utf8(name)));

const freshDisk = (): TornDisk => new TornDisk(new Map([[STATE, empty]]));
const open = (files: TornDisk): Promise<FileSigner> =>
  openFileSigner({ seed, chainId: CHAIN, statePath: STATE, files });
const at = (type: VoteType, height: bigint, round: number, name: string | undefined) => ({
  type,
  height,
  round,
  blockId: name === undefined ? undefined : block(name),
});
const outcome = (answer: Bytes | Rejection): string => (isRejection(answer) ? answer.name : "signed");

test("signs what verifies, and the same words with the same signature", async () => {
  const signer = await open(freshDisk());
  const vote = at(PREVOTE, 3n, 1, "A");
  const signature = await signer.signVote(vote);
  assert.ok(!isRejection(signature));
  assert.ok(verifyEd25519(signature, voteSignBytes(CHAIN, vote), signer.publicKey));
  assert.deepEqual(await signer.signVote(vote), signature);
});

test("proves the beacon of its chain", async () => {
  const signer = await open(freshDisk());
  const previous = sha256(utf8("previous"));
  const proof = await signer.proveBeacon(4n, previous);
  assert.ok(verifyBeacon(signer.publicKey, beaconInput(CHAIN, 4n, previous), proof) !== undefined);
});

const refusals: { name: string; ask: (signer: FileSigner) => Promise<Bytes | Rejection>; expect: string }[] = [
  {
    name: "another block in the same place",
    ask: (s) => s.signVote(at(PREVOTE, 5n, 2, "B")),
    expect: "conflictingData",
  },
  { name: "nil in the same place", ask: (s) => s.signVote(at(PREVOTE, 5n, 2, undefined)), expect: "conflictingData" },
  { name: "an earlier height", ask: (s) => s.signVote(at(PREVOTE, 4n, 9, "A")), expect: "heightRegression" },
  { name: "an earlier round", ask: (s) => s.signVote(at(PRECOMMIT, 5n, 1, "A")), expect: "roundRegression" },
  {
    name: "a proposal after the prevote",
    ask: (s) => s.signProposal({ height: 5n, round: 2, polRound: -1, blockId: block("A") }),
    expect: "stepRegression",
  },
  { name: "the precommit after the prevote", ask: (s) => s.signVote(at(PRECOMMIT, 5n, 2, "A")), expect: "signed" },
  {
    name: "a later round",
    ask: (s) => s.signProposal({ height: 5n, round: 3, polRound: 2, blockId: block("A") }),
    expect: "signed",
  },
  { name: "a later height", ask: (s) => s.signVote(at(PREVOTE, 6n, 0, "B")), expect: "signed" },
];
for (const { name, ask, expect } of refusals) {
  test(`after a prevote at 5/2, ${name}: ${expect}; a restart changes nothing`, async () => {
    const disk = freshDisk();
    const signer = await open(disk);
    await signer.signVote(at(PREVOTE, 5n, 2, "A"));
    const again = await open(disk.afterPowerCut("lost"));
    assert.equal(outcome(await ask(signer)), expect);
    assert.equal(outcome(await ask(again)), expect);
  });
}

test("two requests at once are answered one after the other", async () => {
  const signer = await open(freshDisk());
  const answers = await Promise.all([
    signer.signVote(at(PREVOTE, 1n, 0, "A")),
    signer.signVote(at(PREVOTE, 1n, 0, "B")),
    signer.signVote(at(PREVOTE, 1n, 0, "A")),
  ]);
  assert.deepEqual(answers.map(outcome), ["signed", "conflictingData", "signed"]);
});

test("a power cut at every step of a write never lets two blocks be signed in one place", async () => {
  let points = 0;
  for (const unsynced of ["lost", "kept"] as const) {
    for (const tear of [false, true]) {
      for (let dieAt = 1; ; dieAt++) {
        const disk = freshDisk();
        const before = await open(disk);
        await before.signVote(at(PREVOTE, 1n, 0, "A"));
        disk.dieAt = disk.steps + dieAt;
        disk.tear = tear;
        const left: Bytes[] = [];
        try {
          const signature = await before.signVote(at(PREVOTE, 2n, 0, "A"));
          if (!isRejection(signature)) left.push(signature);
        } catch (error) {
          assert.ok(error instanceof SignerFault && error.code === "signer.write" && error.cause instanceof PowerCut);
          await assert.rejects(before.signVote(at(PREVOTE, 3n, 0, "A")), { code: "signer.stopped" });
        }
        const finished = left.length === 1;
        const after = await open(disk.afterPowerCut(unsynced));
        // What left the signer is known after the cut; what did not may be asked again, in other words if it is unknown.
        const other = await after.signVote(at(PREVOTE, 2n, 0, "B"));
        if (finished) assert.equal(outcome(other), "conflictingData", `step ${dieAt}, ${unsynced}`);
        const old = await after.signVote(at(PREVOTE, 1n, 0, "B"));
        assert.ok(isRejection(old), `step ${dieAt}, ${unsynced}: the record before must never be lost`);
        points++;
        if (finished) break;
      }
    }
  }
  assert.ok(points >= 20, `${points} points`);
});

test("a missing record stops the signer and says what to do", async () => {
  await assert.rejects(open(new TornDisk()), (error: SignerFault) => {
    assert.equal(error.code, "signer.record_missing");
    assert.match(error.message, /reset-sign-state/);
    return true;
  });
});

test("a record with any byte changed, or cut anywhere, stops the signer or says the same", async () => {
  const disk = freshDisk();
  const signer = await open(disk);
  await signer.signVote(at(PREVOTE, 12n, 3, "A"));
  const record = (await disk.read(STATE))!;
  const last = signer.lastSigned();
  for (let i = 0; i < record.length; i++) {
    const flipped = record.slice();
    flipped[i]! ^= 1;
    for (const bytes of [flipped, record.slice(0, i)]) {
      const opened = await open(new TornDisk(new Map([[STATE, bytes]]))).catch((error: unknown) => error);
      if (opened instanceof SignerFault) assert.equal(opened.code, "signer.record_corrupt");
      else assert.deepEqual((opened as FileSigner).lastSigned(), last, `byte ${i}: ${utf8Text(bytes)}`);
    }
  }
});

test("works over the files of this machine, readable by its owner only", async () => {
  const home = mkdtempSync(join(tmpdir(), "tributary-signer-"));
  try {
    const statePath = join(home, "priv_validator_state.json");
    writeFileSync(statePath, empty);
    const options = { seed, chainId: CHAIN, statePath, files: osSignerFiles };
    const first = await openFileSigner(options);
    const signature = await first.signVote(at(PRECOMMIT, 9n, 0, "A"));
    const again = await openFileSigner(options);
    assert.ok(equalBytes((await again.signVote(at(PRECOMMIT, 9n, 0, "A"))) as Bytes, signature as Bytes));
    const file = JSON.parse(readFileSync(statePath, "utf8")) as Record<string, unknown>;
    assert.deepEqual(Object.keys(file), ["height", "round", "step", "signature", "signbytes", "crc32"]);
    assert.deepEqual([file["height"], file["round"], file["step"]], ["9", 0, 3]);
  } finally {
    rmSync(home, { recursive: true });
  }
});

test("before joining: what the record does not know, or another node asked for, stops the node (P6)", () => {
  const address = validatorAddress(sha256(utf8("key")));
  const signed = (height: bigint, round: number) => ({
    height,
    round,
    blockId: block("A"),
    signatures: [{ index: 0, validator: address, signature: new Uint8Array(64) }],
  });
  const check =
    (record: bigint, tip: bigint, checkHeights: bigint, heights: bigint[], knownUpTo = record) =>
    () =>
      checkBeforeJoining(
        { address, lastSigned: { height: record, round: 0, step: 3 }, knownUpTo, checkHeights },
        heights.map((h) => signed(h, 0)),
        tip,
      );
  for (const checkHeights of [0n, 1n, 10n]) {
    check(10n, 10n, checkHeights, [9n, 10n])(); // Its own past, however fresh: a restart.
    assert.throws(check(9n, 10n, checkHeights, [9n, 10n]), { code: "signer.record_stale" });
  }
  // A signer in another process also knows its signatures for other nodes.
  check(12n, 12n, 0n, [10n, 12n], 10n)();
  assert.throws(check(12n, 12n, 1n, [10n, 12n], 10n), { code: "signer.joined_elsewhere" });
  check(12n, 13n, 1n, [10n, 12n], 10n)();
  assert.throws(check(12n, 13n, 2n, [10n, 12n], 10n), { code: "signer.joined_elsewhere" });
});
