import assert from "node:assert/strict";
import { test } from "node:test";
import { poaErrors } from "#proto/attribution/errors.js";
import { signVoucher, type Voucher } from "#proto/attribution/voucher.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { supplyOf, balanceOf } from "#state/modules/bank/index.js";
import { usageErrors } from "#state/modules/usage/index.js";
import { stages, versions } from "#state/modules/model/keys.js";
import { View } from "#state/store/view.js";
import type { ErrorCode } from "#proto/rejection.js";
import { useNatives } from "#node/runtime/natives.js";
import { any, Market, type MarketOptions, type Signed } from "../market.js";
import { person } from "../world.js";

useNatives();
const alice = person("alice");
const grace = person("grace");
const heidi = person("heidi");
const TEXT = "the people of the united states in order to form a more perfect union establish justice";

const market = (options: Partial<MarketOptions> = {}): Market =>
  new Market({ works: [{ owner: alice, text: TEXT }], ...options });
const held = ({ world }: Market, name: keyof typeof moduleAccounts): bigint =>
  balanceOf(world.base, moduleAccounts[name], "utrib");

/** A channel with one paid answer, signed and not redeemed. */
function sold(m: Market, fee = 10_000n): { channel: bigint; signed: Signed } {
  const channel = m.open(grace, 100_000n);
  m.ask(channel, fee, TEXT);
  return { channel, signed: m.sign(channel, true) };
}

const refuses = (result: { code: number; codespace: string; log: string }, error: ErrorCode, names = ""): void => {
  assert.equal(`${result.codespace}/${result.code}`, `${error.codespace}/${error.code}`, result.log);
  assert.match(result.log, new RegExp(names));
};

function setStage(m: Market, stage: number): void {
  const view = new View(m.world.base);
  const version = versions.get(view, [1n])!;
  versions.put(view, [1n], { ...version, stage, stageChanges: version.stageChanges + 1 });
  stages.put(view, [1n, version.stageChanges], { stage, by: "", height: 3n, time: 0n });
  m.world.base.apply(view.writes());
}

test("opening a channel locks the deposit", () => {
  const m = market();
  const before = m.world.balance(grace);
  const id = m.open(grace, 100_000n);
  assert.equal(id, 1n);
  assert.equal(before - m.world.balance(grace), 100_000n + 50_000n);
  assert.equal(held(m, "usage"), 100_000n);
  assert.equal(m.open(heidi, 5n), 2n);
});

const badOpenings: readonly (readonly [name: string, change: object, error: ErrorCode, log: string])[] = [
  ["an unknown version", { versionId: 9n }, usageErrors.versionNotFound, "9"],
  ["no deposit", { deposit: "0" }, usageErrors.invalidAmount, "deposit"],
  ["a padded deposit", { deposit: "010" }, usageErrors.invalidAmount, "deposit"],
  ["a deposit above 64 bits", { deposit: (1n << 64n).toString() }, usageErrors.invalidAmount, "deposit"],
  ["a deposit that is not there", { deposit: "9999999999999999" }, { codespace: "sdk", code: 5, name: "" }, "funds"],
  ["a provider of another chain", { provider: "cosmos1abc" }, { codespace: "sdk", code: 7, name: "" }, "provider"],
];
for (const [name, change, error, log] of badOpenings) {
  test(`opening a channel refuses ${name}`, () => {
    const m = market();
    const value = { consumer: grace.text, provider: m.bob.text, versionId: 1n, deposit: "100", ...change };
    refuses(m.send(grace, "tributary.usage.v1.MsgOpenChannel", value), error, log);
    assert.equal(held(m, "usage"), 0n);
  });
}

test("no channel is opened or topped up on a version that is not usable; what was served is redeemed", () => {
  const m = market();
  const { channel, signed } = sold(m);
  setStage(m, 4);
  const value = { consumer: grace.text, provider: m.bob.text, versionId: 1n, deposit: "100" };
  refuses(m.send(grace, "tributary.usage.v1.MsgOpenChannel", value), usageErrors.versionNotUsable);
  const more = { consumer: grace.text, channelId: channel, amount: "5" };
  refuses(m.send(grace, "tributary.usage.v1.MsgTopUpChannel", more), usageErrors.versionNotUsable);
  m.redeem(channel, signed);
});

test("a redeemed fee is burned, shared and withheld by design's numbers", () => {
  const m = market({ royalties: [1_000] });
  const { channel, signed } = sold(m, 10_001n);
  const supply = supplyOf(m.world.base, "utrib");
  const { batchId } = m.redeem(channel, signed);
  const batch = m.batch(batchId);
  const { fees, burned, validators, pool, providerShare, royalties, ownerShare } = batch;
  assert.deepEqual(
    { fees, burned, validators, pool, providerShare, royalties, ownerShare },
    {
      fees: 10_001n,
      burned: 300n,
      validators: 200n,
      pool: 3_001n,
      providerShare: 2_000n,
      royalties: 450n,
      ownerShare: 4_050n,
    },
  );
  assert.equal(supply - supplyOf(m.world.base, "utrib"), 300n);
  assert.equal(held(m, "attribution"), 10_001n - 500n);
  assert.equal(held(m, "usage"), 100_000n - 10_001n);
  const { fees: all, pending } = m.totals();
  assert.deepEqual([all, pending], [10_001n, 9_501n]);
});

test("a voucher is redeemed once, and an earlier one never after it", () => {
  const m = market();
  const { channel, signed } = sold(m);
  m.redeem(channel, signed);
  m.ask(channel, 10n, TEXT);
  const later = m.sign(channel, true);
  m.redeem(channel, later);
  for (const old of [signed, later]) {
    const result = m.world.run(m.bob, [m.redeemTx(channel, old)]);
    refuses(result, usageErrors.voucherReplayed, "nonce");
  }
});

const forged: readonly (readonly [name: string, change: Partial<Voucher>, error: ErrorCode, log: string])[] = [
  ["another chain", { chainId: "tributary-1" }, poaErrors.wrongVoucher, "chain_id"],
  ["an amount above the deposit", { amount: 100_001n }, poaErrors.wrongVoucher, "amount"],
  ["an amount that does not grow", { amount: 0n }, poaErrors.wrongVoucher, "amount"],
  ["an audited sum above the fee", { auditSum: 10_001n }, poaErrors.wrongVoucher, "audit_sum"],
  ["more receipts than nonces", { auditCount: 2n }, poaErrors.wrongVoucher, "audit_count"],
  ["an audited sum of no receipts", { auditCount: 0n }, poaErrors.wrongVoucher, "audit_sum"],
  ["a root of 31 bytes", { auditRoot: new Uint8Array(31) }, poaErrors.wrongVoucher, "audit_root"],
];
for (const [name, change, error, log] of forged) {
  test(`redeeming refuses a voucher with ${name}, even signed`, () => {
    const m = market();
    const { channel, signed } = sold(m);
    const voucher = { ...signed.voucher, ...change };
    const signature = signVoucher(voucher, grace.secretKey);
    const result = m.world.run(m.bob, [m.redeemTx(channel, { ...signed, voucher, signature })]);
    refuses(result, error, log);
    assert.equal(held(m, "usage"), 100_000n);
    m.redeem(channel, signed);
  });
}

test("one changed byte in voucher or signature is refused, and so is another's key", () => {
  const m = market();
  const { channel, signed } = sold(m);
  const root = signed.voucher.auditRoot.slice();
  root[5]! ^= 1;
  const signature = signed.signature.slice();
  signature[40]! ^= 1;
  const cases: Signed[] = [
    { ...signed, voucher: { ...signed.voucher, auditRoot: root } },
    { ...signed, voucher: { ...signed.voucher, amount: signed.voucher.amount + 1n } },
    { ...signed, voucher: { ...signed.voucher, openAll: false } },
    { ...signed, signature },
    { ...signed, signature: signVoucher(signed.voucher, heidi.secretKey) },
    { ...signed, signature: new Uint8Array(0) },
  ];
  for (const each of cases) {
    refuses(m.world.run(m.bob, [m.redeemTx(channel, each)]), poaErrors.badSignature, "voucher");
  }
  assert.equal(held(m, "usage"), 100_000n);
  assert.equal(held(m, "attribution"), 0n);
});

test("a voucher is redeemed on a channel that exists, and a message without one is refused", () => {
  const m = market();
  const { channel, signed } = sold(m);
  const send = (voucher: Voucher | undefined) =>
    m.world.run(m.bob, [
      any("tributary.usage.v1.MsgRedeemVoucher", { signer: m.bob.text, voucher, signature: signed.signature }),
    ]);
  refuses(send({ ...signed.voucher, channelId: 7n }), usageErrors.channelNotFound, "7");
  refuses(send(undefined), usageErrors.voucherMissing);
  m.redeem(channel, signed);
});

test("a voucher of one channel is worth nothing on another", () => {
  const m = market();
  const { signed } = sold(m);
  const other = m.open(grace, 100_000n);
  const voucher = { ...signed.voucher, channelId: other };
  refuses(m.world.run(m.bob, [m.redeemTx(other, { ...signed, voucher })]), poaErrors.badSignature);
});

test("channels are found by id, consumer and provider", () => {
  const m = market();
  const first = m.open(grace, 10n);
  const second = m.open(heidi, 20n);
  const list = (request: object) =>
    m
      .query<"tributary.usage.v1.QueryChannelsResponse">("tributary.usage.v1", "Channels", {
        consumer: "",
        provider: "",
        pagination: undefined,
        ...request,
      })
      .channels.map(({ id }) => id);
  assert.deepEqual(list({}), [first, second]);
  assert.deepEqual(list({ consumer: heidi.text }), [second]);
  assert.deepEqual(list({ provider: m.bob.text }), [first, second]);
  const one = m.query<"tributary.usage.v1.QueryChannelResponse">("tributary.usage.v1", "Channel", {
    channelId: second,
  });
  assert.equal(one.channel?.deposit, 20n);
});
