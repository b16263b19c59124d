import assert from "node:assert/strict";
import { test } from "node:test";
import { residualReasons } from "#proto/attribution/credit.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import type { Opening } from "#proto/attribution/opening.js";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { ErrorCode } from "#proto/rejection.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { attributionErrors } from "#state/modules/attribution/index.js";
import { balanceOf } from "#state/modules/bank/index.js";
import { contributions } from "#state/modules/datanet/keys.js";
import { View } from "#state/store/view.js";
import { useNatives } from "#node/runtime/natives.js";
import { answerOf, any, Market, ok, opening, type MarketOptions, type Redeemed } from "../market.js";
import { person } from "../world.js";

useNatives();
const alice = person("alice");
const dave = person("dave");
const grace = person("grace");
const heidi = person("heidi");

const PREAMBLE =
  "we the people of the united states in order to form a more perfect union establish justice insure domestic tranquility";
const SPEECH =
  "the state of our nation is strong because our farmers our workers and our inventors have labored without rest this year";
const OTHER = "nobody ever wrote these seven words before in any text of this little test world of ours";

const two = {
  works: [
    { owner: alice, text: PREAMBLE },
    { owner: dave, text: SPEECH },
  ],
};

const refuses = (result: { code: number; codespace: string; log: string }, error: ErrorCode, names = ""): void => {
  assert.equal(`${result.codespace}/${result.code}`, `${error.codespace}/${error.code}`, result.log);
  assert.match(result.log, new RegExp(names));
};

/** One batch of the given answers, one unit of 1,000 a fee by default, formed. */
function formed(
  options: Partial<MarketOptions>,
  answers: readonly string[],
  openAll = true,
  fee = 10_000n,
): { m: Market; redeemed: Redeemed; batchId: bigint } {
  const m = new Market({ ...two, ...options });
  const channel = m.open(grace, 100_000_000n);
  for (const answer of answers) m.ask(channel, fee, answer);
  const redeemed = m.redeem(channel, m.sign(channel, openAll));
  m.endEpoch();
  return { m, redeemed, batchId: redeemed.batchId };
}

function settled(options: Partial<MarketOptions>, answers: readonly string[], openAll = true) {
  const { m, redeemed, batchId } = formed(options, answers, openAll);
  if (!openAll) m.blocks(1);
  const opened = m.openSample(m.bob, batchId, m.wanted(batchId, [redeemed]));
  assert.equal(opened.code, 0, opened.log);
  const result = m.settle(heidi, batchId);
  assert.equal(result.code, 0, result.log);
  return { m, batchId, credits: m.credits(batchId), settlement: m.batch(batchId).settlement! };
}

test("a batch opened whole pays every receipt exactly", () => {
  const { m, batchId, credits, settlement } = settled({ treasuryBasisPoints: 1_000 }, [PREAMBLE, SPEECH, OTHER]);
  const { pool, providerShare } = m.batch(batchId);
  assert.equal(pool, 9_000n);
  assert.deepEqual(
    credits.map(({ contributionId, owner, amount, treasury, receipts }) => [
      contributionId,
      owner,
      amount,
      treasury,
      receipts,
    ]),
    [
      [1n, alice.text, 2_990n, 299n, 1n],
      [2n, dave.text, 2_996n, 299n, 1n],
    ],
  );
  assert.equal(settlement.credited + settlement.residual, pool);
  assert.equal(settlement.forfeited, 0n);
  assert.equal(providerShare, 6_000n);
  assert.deepEqual([settlement.drawn, settlement.opened, settlement.whole], [3n, 3n, true]);
});

test("the first committer is paid for a text that two hold, even where only the copy is eligible", () => {
  const works = [
    { owner: dave, text: PREAMBLE, intent: 7 },
    { owner: alice, text: PREAMBLE, intent: 3, eligible: false },
  ];
  const { credits } = settled({ works }, [PREAMBLE]);
  assert.deepEqual(
    credits.map(({ contributionId }) => contributionId),
    [2n],
  );
  assert.equal(credits[0]!.owner, alice.text);
});

test("no permutation of index or records credits the second committer", () => {
  for (const intents of [
    [1, 2, 3],
    [3, 1, 2],
    [2, 3, 1],
  ]) {
    const works = intents.map((intent, i) => ({ owner: [alice, dave, heidi][i]!, text: PREAMBLE, intent }));
    const { credits } = settled({ works }, [PREAMBLE]);
    assert.deepEqual(
      credits.map(({ contributionId }) => contributionId),
      [BigInt(intents.indexOf(1) + 1)],
    );
  }
});

const unpaid: readonly (readonly [
  why: keyof typeof residualReasons,
  options: Partial<MarketOptions>,
  answer: string,
])[] = [
  ["unmatched", {}, OTHER],
  ["notEligible", { works: [{ owner: alice, text: PREAMBLE, eligible: false }] }, PREAMBLE],
  ["noPositions", {}, "too short"],
  ["common", { common: commonOf(PREAMBLE) }, PREAMBLE],
  ["unmatched", { works: [{ owner: alice, text: PREAMBLE, completeHeight: 5n }] }, PREAMBLE],
  ["unmatched", { works: [{ owner: alice, text: PREAMBLE, active: [{ fromHeight: 1n, toHeight: 5n }] }] }, PREAMBLE],
  ["unmatched", { works: [{ owner: alice, text: PREAMBLE, active: [{ fromHeight: 6n, toHeight: 0n }] }] }, PREAMBLE],
];
for (const [i, [why, options, answer]] of unpaid.entries()) {
  test(`case ${i}: ${why} pays nobody and is the residual of the version`, () => {
    const { m, credits, settlement } = settled(options, [answer]);
    assert.deepEqual(
      credits.filter(({ amount }) => amount > 0n),
      [],
    );
    assert.deepEqual(
      credits.flatMap(({ unpaid }) => unpaid.map(({ reason }) => reason)),
      why === "notEligible" || why === "common" ? [residualReasons[why]] : [],
    );
    assert.equal(settlement.residual, 3_000n);
    const codes = settlement.reasons.map(({ reason }) => reason).filter((code) => code !== residualReasons.rounding);
    assert.deepEqual(codes, [residualReasons[why]]);
    assert.equal(balanceOf(m.world.base, moduleAccounts.attribution, "utrib"), 3_000n);
  });
}

function commonOf(text: string): bigint[] {
  const { fingerprints } = ok(printText(text));
  return Array.from({ length: fingerprintCount(fingerprints) }, (_, i) => fingerprintAt(fingerprints, i));
}

test("who was used and not paid is told why, in the credit and in the statement", () => {
  const m = new Market(two);
  const channel = m.open(grace, 1_000_000n);
  m.ask(channel, 10_000n, PREAMBLE, PREAMBLE);
  const { batchId, ...redeemed } = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  m.openSample(m.bob, batchId, m.wanted(batchId, [{ batchId, ...redeemed }]));
  m.settle(m.bob, batchId);
  const unpaid = [{ reason: residualReasons.promptEcho, count: 13n, amount: 2_990n }];
  assert.deepEqual(
    m.credits(batchId).map((credit) => [credit.contributionId, credit.amount, credit.unpaid]),
    [[1n, 0n, unpaid]],
  );
  assert.deepEqual(m.statement(alice).lines[0]?.entry?.unpaid, unpaid);
  m.blocks(8);
  assert.equal(m.statement(alice).lines[0]?.earned, "0");
});

test("a contribution that is withdrawn after the batch was formed is still paid for it", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE]);
  const view = new View(m.world.base);
  contributions.put(view, [1n], {
    ...contributions.get(view, [1n])!,
    active: [{ fromHeight: 1n, toHeight: m.world.height + 1n }],
  });
  m.world.base.apply(view.writes());
  m.openSample(m.bob, batchId, m.wanted(batchId, [redeemed]));
  m.settle(m.bob, batchId);
  assert.equal(m.credits(batchId).length, 1);
});

test("a declared context chunk makes a contribution eligible", () => {
  const m = new Market({ works: [{ owner: alice, text: PREAMBLE, eligible: false }] });
  const channel = m.open(grace, 1_000_000n);
  m.ask(channel, 10_000n, PREAMBLE, "tell me", [{ contributionId: 1n, chunkHash: sha256(utf8("chunk")) }]);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  m.openSample(m.bob, redeemed.batchId, m.wanted(redeemed.batchId, [redeemed]));
  m.settle(m.bob, redeemed.batchId);
  assert.equal(m.credits(redeemed.batchId)[0]?.contributionId, 1n);
});

test("what was paid without a receipt is residual, and named so", () => {
  const m = new Market(two);
  const channel = m.open(grace, 1_000_000n);
  m.ask(channel, 10_000n, PREAMBLE);
  const { batchId } = m.redeem(channel, m.sign(channel, true, 10_000n));
  m.endEpoch();
  m.blocks(10);
  const { auditedPool, pool, settlement } = m.batch(batchId);
  assert.deepEqual([auditedPool, pool], [3_000n, 6_000n]);
  assert.deepEqual(
    settlement!.reasons.map(({ reason, amount }) => [reason, amount]),
    [
      [residualReasons.withheld, 3_000n],
      [residualReasons.notAudited, 3_000n],
    ],
  );
});

test("a sampled batch waits for proposers of more than a third, then opens what the beacon drew", () => {
  const m = new Market(two);
  m.world.proposerPower = 1n;
  m.world.totalPower = 4n;
  const proposers = ["a", "b", "c", "d"].map((name) => person(name).address);
  const channel = m.open(grace, 100_000_000n);
  for (let i = 0; i < 20; i++) m.ask(channel, 10_000n, i % 2 === 0 ? PREAMBLE : SPEECH);
  const redeemed = m.redeem(channel, m.sign(channel, false));
  const { batchId } = redeemed;
  const all = [opening(redeemed, 0)];
  refuses(m.openSample(m.bob, batchId, all), attributionErrors.batchCollecting, "5");
  refuses(m.settle(m.bob, batchId), attributionErrors.batchCollecting);
  m.endEpoch();
  m.world.proposer = proposers[0]!;
  refuses(m.openSample(m.bob, batchId, all), attributionErrors.beaconPending, "epoch");
  refuses(m.settle(m.bob, batchId), attributionErrors.stillMissing);
  m.blocks(3);
  assert.equal(m.sample(batchId).points.length, 0, "one proposer alone fixes nothing");
  m.world.proposer = proposers[1]!;
  m.blocks(1);
  const { points, deadline } = m.sample(batchId);
  assert.equal(points.length, 3);
  assert.equal(deadline, m.world.height + 6n);
  const wanted = m.wanted(batchId, [redeemed]);
  const first = answerOf(
    m.openSample(m.bob, batchId, wanted.slice(0, 1)),
    "tributary.attribution.v1.MsgOpenSampleResponse",
  );
  assert.equal(first.opened + first.missing, 3);
  if (wanted.length > 1) {
    refuses(m.settle(m.bob, batchId), attributionErrors.stillMissing);
    const rest = m.openSample(grace, batchId, wanted.slice(1));
    assert.equal(answerOf(rest, "tributary.attribution.v1.MsgOpenSampleResponse").missing, 0);
  }
  assert.ok(m.sample(batchId).points.every(({ answered }) => answered));
  assert.equal(m.settle(m.bob, batchId).code, 0);
  const { settlement, pool } = m.batch(batchId);
  assert.equal(settlement!.credited + settlement!.residual, pool);
  assert.equal(settlement!.beacon.length, 32);
  refuses(m.settle(m.bob, batchId), attributionErrors.batchSettled);
  refuses(m.openSample(m.bob, batchId, wanted), attributionErrors.batchSettled);
});

test("one voucher without openAll makes a batch a sampled one, and so do too many receipts", () => {
  const m = new Market({ ...two, attribution: { whole_receipts_max: 3 } });
  const [first, second] = [m.open(grace, 1_000_000n), m.open(heidi, 1_000_000n)];
  m.ask(first, 100n, PREAMBLE);
  m.ask(second, 100n, SPEECH);
  const { batchId } = m.redeem(first, m.sign(first, true));
  assert.equal(m.batch(batchId).openAll, true);
  m.redeem(second, m.sign(second, false));
  assert.equal(m.batch(batchId).openAll, false);
  m.endEpoch();
  assert.equal(m.sample(batchId).whole, false);
  for (let i = 0; i < 4; i++) m.ask(first, 100n, PREAMBLE);
  const next = m.redeem(first, m.sign(first, true));
  m.endEpoch();
  m.blocks(1);
  assert.equal(m.batch(next.batchId).openAll, true);
  assert.equal(m.sample(next.batchId).whole, false);
  assert.equal(m.sample(next.batchId).points.length, 1);
});

test("a withheld opening costs the provider its part of the bond, and pays nobody", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
  m.openSample(m.bob, batchId, [opening(redeemed, 0)]);
  m.blocks(12);
  const { settlement, providerShare } = m.batch(batchId);
  assert.equal(providerShare, 4_000n);
  assert.deepEqual([settlement!.drawn, settlement!.opened, settlement!.forfeited], [2n, 1n, 2_000n]);
  assert.equal(settlement!.reasons.find(({ reason }) => reason === residualReasons.withheld)?.amount, 3_000n);
  const totals = m.totals();
  assert.equal(totals.forfeited, 2_000n);
});

test("after the window nothing is opened", () => {
  const { m, redeemed, batchId } = formed({ attribution: { settle_batches_per_block: 1 } }, [PREAMBLE]);
  m.blocks(8);
  refuses(m.openSample(m.bob, batchId, [opening(redeemed, 0)]), attributionErrors.batchSettled);
});

const flip = (bytes: Uint8Array, at: number): Uint8Array => {
  const out = bytes.slice();
  out[at]! ^= 1;
  return out;
};

const tampered: readonly (readonly [
  name: string,
  change: (o: Opening) => Partial<Opening>,
  error: ErrorCode,
  log: string,
])[] = [
  ["a token", (o) => ({ tokens: flip(o.tokens, 17) }), poaErrors.wrongRoot, "tokens"],
  ["a prompt's token", () => ({ promptTokens: new Uint8Array(8) }), poaErrors.wrongRoot, "prompt_tokens"],
  ["the seed", (o) => ({ seed: flip(o.seed, 0) }), poaErrors.wrongRoot, "tokens"],
  ["the receipt's fee", (o) => ({ receipt: { ...o.receipt!, fee: o.receipt!.fee + 1n } }), poaErrors.wrongSum, "have"],
  ["the receipt's time", (o) => ({ receipt: { ...o.receipt!, time: 0n } }), poaErrors.wrongRoot, "path"],
  [
    "the receipt's version",
    (o) => ({ receipt: { ...o.receipt!, versionId: 2n } }),
    poaErrors.wrongReceipt,
    "version_id",
  ],
  [
    "the receipt's channel",
    (o) => ({ receipt: { ...o.receipt!, channelId: 9n } }),
    poaErrors.wrongReceipt,
    "channel_id",
  ],
  ["the receipt's nonce", (o) => ({ receipt: { ...o.receipt!, nonce: 9n } }), poaErrors.wrongReceipt, "nonce"],
  ["the number of tokens", (o) => ({ receipt: { ...o.receipt!, tokens: 3 } }), poaErrors.wrongTokens, "have"],
  ["a token left out", (o) => ({ tokens: o.tokens.slice(8) }), poaErrors.wrongTokens, "need"],
  ["half a token", (o) => ({ tokens: o.tokens.slice(4) }), poaErrors.notWhole, "tokens"],
  [
    "a sibling's hash",
    (o) => ({ path: [{ ...o.path[0]!, hash: flip(o.path[0]!.hash, 3) }] }),
    poaErrors.wrongRoot,
    "path",
  ],
  ["a sibling's sum", (o) => ({ path: [{ ...o.path[0]!, sum: 1n }] }), poaErrors.wrongSum, "have"],
  ["no path", () => ({ path: [] }), poaErrors.wrongPathLength, "path"],
  ["the index", () => ({ index: 5n }), poaErrors.wrongReceipt, "openings\\[0\\]"],
  [
    "a context chunk",
    () => ({ context: [{ contributionId: 1n, chunkHash: new Uint8Array(32) }] }),
    poaErrors.wrongRoot,
    "context",
  ],
  ["the voucher", () => ({ voucherId: 99n }), attributionErrors.voucherNotFound, "99"],
  ["no receipt", () => ({ receipt: undefined }), poaErrors.wrongReceipt, "receipt"],
];
for (const [name, change, error, log] of tampered) {
  test(`one wrong byte refuses the opening and changes nothing: ${name}`, () => {
    const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
    const good = opening(redeemed, 1);
    const before = m.batch(batchId);
    const bad = { ...opening(redeemed, 0), ...change(opening(redeemed, 0)) };
    const result = m.openSample(m.bob, batchId, [good, bad].reverse());
    refuses(result, error, log);
    assert.match(result.log, /openings\[0\]/);
    assert.deepEqual(m.batch(batchId), before);
    assert.equal(m.openSample(m.bob, batchId, [good]).code, 0);
  });
}

test("only the provider or the voucher's consumer opens, each receipt once, and only what was drawn", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
  const [first, second] = [opening(redeemed, 0), opening(redeemed, 1)];
  refuses(m.openSample(heidi, batchId, [first]), attributionErrors.notParty, m.bob.text);
  refuses(m.openSample(m.bob, batchId, [first, first]), attributionErrors.alreadyOpened);
  refuses(m.openSample(m.bob, batchId, []), attributionErrors.nothingToOpen);
  refuses(m.openSample(m.bob, 99n, [first]), attributionErrors.batchNotFound, "99");
  assert.equal(m.openSample(grace, batchId, [first]).code, 0);
  refuses(m.openSample(m.bob, batchId, [first, second]), attributionErrors.alreadyOpened, "openings\\[0\\]");
  assert.equal(m.openSample(m.bob, batchId, [second]).code, 0);

  const sampled = formed({ attribution: { sample_max: 1 } }, Array<string>(12).fill(PREAMBLE), false);
  sampled.m.blocks(1);
  const drawn = sampled.m.wanted(sampled.batchId, [sampled.redeemed]);
  assert.equal(drawn.length, 1);
  const other = opening(sampled.redeemed, drawn[0]!.index === 0n ? 1 : 0);
  refuses(sampled.m.openSample(sampled.m.bob, sampled.batchId, [other]), attributionErrors.notDrawn);
});

test("receipts without a fee are not drawn, and opening one is refused", () => {
  const { m, redeemed, batchId } = (() => {
    const m = new Market(two);
    const channel = m.open(grace, 1_000_000n);
    m.ask(channel, 0n, PREAMBLE);
    const redeemed = m.redeem(channel, m.sign(channel, true, 10_000n));
    m.endEpoch();
    return { m, redeemed, batchId: redeemed.batchId };
  })();
  refuses(m.openSample(m.bob, batchId, [opening(redeemed, 0)]), attributionErrors.notDrawn);
  assert.equal(m.settle(m.bob, batchId).code, 0);
});

test("a full batch takes no voucher; the next epoch does", () => {
  const m = new Market({ ...two, attribution: { batch_vouchers_max: 1 } });
  const channel = m.open(grace, 1_000_000n);
  m.ask(channel, 100n, PREAMBLE);
  m.redeem(channel, m.sign(channel, true));
  m.ask(channel, 100n, PREAMBLE);
  const signed = m.sign(channel, true);
  refuses(m.world.run(m.bob, [m.redeemTx(channel, signed)]), attributionErrors.batchFull, "vouchers");
  m.endEpoch();
  assert.equal(m.redeem(channel, signed).batchId, 2n);
});

test("a block settles no more than its budget, and the rest in the next ones", () => {
  const m = new Market({ ...two, attribution: { settle_batches_per_block: 1 } });
  const providers = [person("bob"), person("dave"), person("erin")];
  const ids = providers.map((provider) => {
    const channel = m.open(grace, 1_000_000n, provider);
    m.ask(channel, 1_000n, PREAMBLE);
    return m.sign(channel, true);
  });
  while (m.world.height % 5n !== 0n) m.world.block();
  const txs = ids.map((signed, i) =>
    m.world.tx(providers[i]!, [m.redeemTx(signed.voucher.channelId, signed)], { gas: 9_000_000n, fee: 50_000n }),
  );
  assert.ok(m.world.block(txs).results.every(({ code }) => code === 0));
  m.endEpoch();
  const open = (): number => [1n, 2n, 3n].filter((id) => m.batch(id).settlement === undefined).length;
  m.blocks(6);
  assert.equal(open(), 3);
  const left: number[] = [];
  for (let i = 0; i < 4; i++) {
    m.blocks(1);
    left.push(open());
  }
  assert.deepEqual(left, [2, 1, 0, 0]);
});

test("the attested route refuses until it is active", () => {
  const m = new Market(two);
  const order = { attestor: alice.text, bond: "5" };
  refuses(
    m.world.run(alice, [any("tributary.attribution.v1.MsgRegisterAttestor", order)]),
    attributionErrors.attestationInactive,
    "not active",
  );
});
