import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { headerHashOf } from "#proto/types/block-id.js";
import {
  blockCodec,
  certificateRoot,
  evidenceRoot,
  txRoot,
  type Block,
  type Certificate,
  type Header,
} from "#proto/types/block.js";
import { validateBlock } from "#node/chain/validate.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { LoneChain } from "../../../fixtures/lone-chain.js";
import { person, signedTx } from "../../state/world.js";

/** Hostile input 30, B2: what a block's body may hold, judged before anything in it is executed; and our own body. */

const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open()));
await lone.grow(2);
const { bytes } = await lone.propose();
const decoded = blockCodec.decode(bytes, bytes.length);
if (isRejection(decoded) || decoded.header === undefined) throw new Error("a block as it was built decodes");
const block: Block = decoded;
const header: Header = decoded.header;
const own = block.txs[0]!;

/** Whether it may be executed is no matter of the body: only its gas is. */
function txOf(gas: bigint, memo = ""): Bytes {
  const [from, to] = [person("alice"), person("bob")];
  const value = MsgSend.encode({
    fromAddress: from.text,
    toAddress: to.text,
    amount: [{ denom: "utrib", amount: `${1 + memo.length}` }],
  }).finish();
  return signedTx(from, [{ typeUrl: MsgSend.typeUrl, value }], { number: 0n, sequence: 0n, gas });
}

async function judged(txs: Bytes[]): Promise<string> {
  const body = { ...block, txs, header: { ...header, txRoot: txRoot(txs) } };
  const { valid, reason } = await lone.chain.process(blockCodec.encode(body));
  assert.equal(valid, reason === "");
  return reason;
}

const NOBODY = { members: [], totalPower: 0n };
const GAS_MAX = 100_000_000n;

test("a body within all limits is valid, and so is an empty one", async () => {
  assert.equal(await judged([]), "");
  assert.equal(await judged([own, txOf(GAS_MAX - 200_000n)]), "");
});

test("a transaction stands in a block once", async () => {
  assert.equal(await judged([own, own]), "tx 1 stands in the block twice");
  assert.equal(await judged([own, txOf(1n), own]), "tx 2 stands in the block twice");
});

test("the gas limits of a block's transactions together stay within the block's", async () => {
  assert.equal(await judged([txOf(GAS_MAX), txOf(1n, "x")]), `gas ${GAS_MAX + 1n}, more than ${GAS_MAX}`);
  assert.equal(await judged([txOf(GAS_MAX + 1n)]), `gas ${GAS_MAX + 1n}, more than ${GAS_MAX}`);
});

test("a transaction that cannot be read, none at all, or one over its size, makes the block invalid", async () => {
  assert.match(await judged([own, Uint8Array.of(1, 2, 3)]), /^tx 1: /);
  assert.match(await judged([new Uint8Array(0)]), /^tx 0: /);
  assert.match(await judged([new Uint8Array(131_073)]), /^tx 0: .*131073/);
});

test("a block of more bytes than the chain allows is invalid, and one of as many is not refused for it", async () => {
  const { params } = await lone.chain.tip();
  const reasonOf = (size: bigint) =>
    validateBlock({ ...block, header: { ...header, version: 9n } }, Number(size), {
      chainId: header.chainId,
      height: header.height,
      lastTime: 0n,
      lastBlockId: undefined,
      lastValidators: undefined,
      validators: NOBODY,
      nextValidators: NOBODY,
      params,
      stateRoot: header.stateRoot,
      resultsRoot: header.resultsRoot,
      lastBeacon: header.stateRoot,
      judgeEvidence: () => [],
    });
  const { blockBytesMax: most } = params;
  assert.equal(reasonOf(most), "header field version");
  assert.equal(reasonOf(most + 1n), `${most + 1n} bytes, more than ${most}`);
  const { reason } = await lone.chain.process(new Uint8Array(Number(most) + 1));
  assert.match(reason, new RegExp(`${most + 1n}`));
});

const last = present(block.lastCertificate, "the second block and those after it hold a certificate");
const [signature] = last.signatures;
const certificates: readonly (readonly [what: string, lastCertificate: Certificate | undefined, reason: RegExp])[] = [
  ["none", undefined, /^no certificate of the last height$/],
  [
    "a forged one",
    { ...last, signatures: [{ ...signature!, signature: new Uint8Array(64) }] },
    /^last certificate: .*signature/i,
  ],
  ["one of nobody", { ...last, signatures: [] }, /^last certificate: /],
  ["that of another height", { ...last, height: last.height - 1n }, /^last certificate: /],
  [
    "that of another block",
    { ...last, blockId: { ...last.blockId!, hash: headerHashOf(header.txRoot) } },
    /^last certificate: /,
  ],
  ["that of another round", { ...last, round: last.round + 1 }, /^last certificate: /],
];
for (const [what, lastCertificate, expected] of certificates) {
  test(`hostile inputs 23 to 25: a block whose certificate of the last height is ${what} is invalid`, async () => {
    const changed = { ...header, lastCertificateRoot: certificateRoot(lastCertificate) };
    const { valid, reason } = await lone.chain.process(
      blockCodec.encode({ ...block, lastCertificate, header: changed }),
    );
    assert.match(reason, expected);
    assert.equal(valid, false);
  });
}

test("a block is invalid with evidence that convicts no validator, whatever its header says of it", async () => {
  const nothing = { duplicateVote: undefined, duplicateProposal: undefined, lightClientAttack: undefined };
  const evidence = [{ ...nothing, totalPower: 10n, validatorPower: 10n, time: header.time }];
  const changed = { ...header, evidenceRoot: evidenceRoot(evidence) };
  const { valid, reason } = await lone.chain.process(blockCodec.encode({ ...block, evidence, header: changed }));
  assert.match(reason, /^evidence: /);
  assert.equal(valid, false);
});

test("a block of our own holds what it was given, in its order", async () => {
  const given = [own, txOf(1n, "x"), txOf(2n, "y")];
  const { bytes, dropped } = await lone.build(given);
  const built = blockCodec.decode(bytes, bytes.length);
  assert.ok(!isRejection(built));
  assert.deepEqual([built.txs, dropped], [given, []]);
});

test("a block of our own that would be invalid goes out without transactions, and says which and why", async () => {
  const given = [own, own];
  const { bytes, dropped, problem } = await lone.build(given);
  const built = blockCodec.decode(bytes, bytes.length);
  assert.ok(!isRejection(built));
  assert.deepEqual([built.txs, dropped, problem], [[], given, "tx 1 stands in the block twice"]);
  assert.equal((await lone.chain.process(bytes)).valid, true);
});
