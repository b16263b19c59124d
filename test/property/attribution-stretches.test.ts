import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { auditedPool } from "#proto/attribution/fee.js";
import { issueReceipt, issueRequest, type Issued } from "#proto/attribution/issue.js";
import { verifyHead } from "#proto/attribution/opening.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { planBatch } from "#proto/attribution/settle.js";
import type { VoucherRecord } from "#proto/attribution/stretch.js";
import { sumPath, type SumInterval, type SumTree } from "#proto/attribution/sum-tree.js";
import { isRejection } from "#proto/rejection.js";
import { batchOf, BEACON, voucherOf } from "#test/unit/proto/attribution/batches.js";
import { ok } from "#test/unit/proto/attribution/world.js";
import { useNatives } from "#node/runtime/natives.js";

useNatives();
const SEED = Number(process.env["TRIBUTARY_SEED"] ?? 20_263);
const at = { chainId: "tributary-dev-1", versionId: 8n, formed: 40n };

/** A receipt by its fee, and by how far its nonce is from the one before. */
interface Leaf {
  readonly fee: bigint;
  readonly gap: bigint;
}

function receiptsOf(leaves: readonly Leaf[]): Issued[] {
  let nonce = 0n;
  return leaves.map(({ fee, gap }) => {
    nonce += gap;
    const asked = issueRequest({
      ...{ chainId: at.chainId, channelId: 3n, nonce, height: 40n, datanets: [] },
      texts: [{ kind: "own", text: "what" }],
      seed: new Uint8Array(32),
    });
    const reply = { versionId: 8n, fee, time: 0n, added: [], answer: "that", versionDatanets: 1 };
    return ok(issueReceipt(ok(asked), reply));
  });
}

interface Signed {
  readonly receipts: readonly Issued[];
  readonly tree: SumTree;
  readonly nonce: bigint;
}

function sign(leaves: readonly Leaf[]): Signed {
  const receipts = receiptsOf(leaves);
  return {
    receipts,
    tree: ok(receiptTree(receipts.map(({ receipt }) => receipt))),
    nonce: receipts.at(-1)!.receipt.nonce,
  };
}

function recordOf(id: bigint, { tree, nonce }: Signed, before?: Signed): VoucherRecord {
  const { hash: auditRoot, sum: auditSum, count: auditCount } = tree.top;
  const { sum: afterAuditSum, count: afterAuditCount } = before?.tree.top ?? { sum: 0n, count: 0n };
  return {
    ...voucherOf(id, auditSum, auditCount),
    ...{ channelId: 3n, auditRoot, nonce, afterNonce: before?.nonce ?? 0n, afterAuditSum, afterAuditCount },
    fee: auditSum - afterAuditSum,
  };
}

interface Opened {
  readonly nonce: bigint;
  readonly interval: SumInterval;
}

/** All that opens under a record: of either tree, at any index. */
function openedUnder(record: VoucherRecord, trees: readonly Signed[]): Opened[] {
  const opened = new Map<bigint, Opened>();
  for (const { receipts, tree } of trees) {
    for (const [place, issued] of receipts.entries()) {
      for (let index = 0n; index < record.auditCount; index++) {
        const interval = verifyHead(record, index, { ...issued.head, path: sumPath(tree, place) }, at);
        if (isRejection(interval)) continue;
        assert.ok(!opened.has(index), "one receipt an index");
        opened.set(index, { nonce: issued.receipt.nonce, interval });
      }
    }
  }
  return [...opened.values()];
}

/**
 * Provider and consumer are one and sign what they like: the second voucher's tree may rewrite, drop, repeat and move what the
 * first one's held, as long as its numbers do not shrink. Every receipt of both trees is shown in both batches, at every index.
 */
test("two vouchers whose trees contradict each other open no receipt twice, and share out no more than was paid", () => {
  const leaf = fc.record({ fee: fc.bigInt(0n, 20n), gap: fc.bigInt(1n, 3n) });
  const tree = (minLength: number) => fc.array(leaf, { minLength, maxLength: 7 });
  let [partly, wholly] = [0, 0];
  fc.assert(
    fc.property(tree(1), tree(2), fc.nat({ max: 7 }), (one, other, kept) => {
      // The second tree keeps some of the first one's beginning, and then says what it likes.
      const first = sign(one);
      const second = sign([...one.slice(0, kept), ...other]);
      const [sumsGrow, countsGrow] = [
        second.tree.top.sum >= first.tree.top.sum,
        second.tree.top.count > first.tree.top.count,
      ];
      if (!sumsGrow || !countsGrow || second.nonce <= first.nonce) return;
      const records = [recordOf(1n, first), recordOf(2n, second, first)];
      const opened = records.map((record) => openedUnder(record, [first, second]));
      const nonces = opened.flat().map(({ nonce }) => nonce);
      assert.equal(new Set(nonces).size, nonces.length, "no nonce opens twice, in the same batch or in both");
      for (const [i, record] of records.entries()) {
        const batch = batchOf([record], {
          ...{ auditSum: record.auditSum - record.afterAuditSum, receipts: record.auditCount - record.afterAuditCount },
        });
        const plan = planBatch(batch, [record], BEACON);
        const shares = opened[i]!.map(({ interval }) => plan.shareOf(record.id, interval));
        const total = (of: (share: NonNullable<(typeof shares)[number]>) => bigint): bigint =>
          shares.reduce((sum, share) => sum + (share === undefined ? 0n : of(share)), 0n);
        const most = auditedPool(batch.auditSum, batch.contributorBasisPoints);
        assert.ok(total(({ pool }) => pool) <= most);
        assert.ok(total(({ earned }) => earned) <= batch.providerShare);
        if (i === 1) {
          if (BigInt(opened[i]!.length) === batch.receipts) wholly++;
          else if (opened[i]!.length > 0) partly++;
        }
      }
      assert.equal(BigInt(opened[0]!.length), first.tree.top.count, "the first batch opens whole");
    }),
    { seed: SEED, numRuns: 300 },
  );
  assert.ok(partly > 10 && wholly > 10, `${partly} opened in part, ${wholly} whole`);
});
