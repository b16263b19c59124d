import assert from "node:assert/strict";
import { test } from "node:test";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { isRejection } from "#proto/rejection.js";
import {
  NOTHING_REDEEMED,
  signVoucher,
  verifyVoucher,
  voucherFee,
  type Redeemed,
  type Voucher,
} from "#proto/attribution/voucher.js";
import { refused } from "./world.js";

const secret = new Uint8Array(32).fill(5);
const key = secp256k1PublicKey(secret);
const otherKey = secp256k1PublicKey(new Uint8Array(32).fill(6));
const voucher: Voucher = {
  chainId: "tributary-dev-1",
  channelId: 3n,
  nonce: 40n,
  amount: 9_000n,
  auditRoot: new Uint8Array(32).fill(1),
  auditSum: 4_000n,
  auditCount: 30n,
  openAll: true,
};
const REDEEMED_ROOT = new Uint8Array(32).fill(9);
const redeemed: Redeemed = {
  ...{ chainId: "tributary-dev-1", channelId: 3n, nonce: 10n, amount: 5_000n, deposit: 9_000n },
  ...{ auditRoot: REDEEMED_ROOT, auditSum: 1_000n, auditCount: 5n },
};

test("verifyVoucher accepts the consumer's signature", () => {
  assert.equal(verifyVoucher(voucher, signVoucher(voucher, secret), key), undefined);
});

test("verifyVoucher refuses another key and a change of any field", () => {
  const signature = signVoucher(voucher, secret);
  refused(verifyVoucher(voucher, signature, otherKey), poaErrors.badSignature);
  const changes: Partial<Voucher>[] = [
    { chainId: "tributary-1" },
    { channelId: 4n },
    { nonce: 41n },
    { amount: 9_001n },
    { auditRoot: new Uint8Array(32).fill(2) },
    { auditSum: 4_001n },
    { auditCount: 31n },
    { openAll: false },
  ];
  assert.equal(changes.length, Object.keys(voucher).length);
  for (const change of changes) {
    refused(verifyVoucher({ ...voucher, ...change }, signature, key), poaErrors.badSignature);
  }
});

test("voucherFee is what the amount has grown by", () => {
  assert.equal(voucherFee(redeemed, voucher), 4_000n);
});

test("a channel's first voucher counts from nothing", () => {
  const { chainId, channelId, deposit } = redeemed;
  assert.equal(voucherFee({ ...NOTHING_REDEEMED, chainId, channelId, deposit }, voucher), 9_000n);
});

const refusals: { field: string; change: Partial<Voucher> }[] = [
  { field: "chain_id", change: { chainId: "tributary-1" } },
  { field: "channel_id", change: { channelId: 4n } },
  { field: "nonce", change: { nonce: 10n } },
  { field: "amount", change: { amount: 5_000n } },
  { field: "amount", change: { amount: 9_001n } },
  { field: "audit_sum", change: { auditSum: 5_001n } },
  { field: "audit_sum", change: { auditSum: 999n } },
  { field: "audit_count", change: { auditCount: 36n } },
  { field: "audit_count", change: { auditCount: 4n } },
  { field: "audit_root", change: { auditRoot: new Uint8Array(31) } },
  { field: "audit_sum", change: { auditCount: 5n } },
  { field: "audit_root", change: { auditCount: 5n, auditSum: 1_000n } },
];
for (const { field, change } of refusals) {
  const shown = Object.entries(change).map(([name, value]) => `${name} = ${String(value).slice(0, 20)}`);
  test(`voucherFee refuses ${field}: ${shown.join(", ")}`, () => {
    const fee = voucherFee(redeemed, { ...voucher, ...change });
    refused(fee, poaErrors.wrongVoucher);
    assert.equal(isRejection(fee) ? fee.data["field"] : undefined, field);
  });
}

test("a voucher that audits nothing more keeps root, sum and count", () => {
  const { auditRoot, auditSum, auditCount } = redeemed;
  assert.equal(voucherFee(redeemed, { ...voucher, auditRoot, auditSum, auditCount }), 4_000n);
});
