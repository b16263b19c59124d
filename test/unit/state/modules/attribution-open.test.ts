import assert from "node:assert/strict";
import { test } from "node:test";
import { auditedPool } from "#proto/attribution/fee.js";
import { present } from "#proto/assert.js";
import { poaErrors } from "#proto/attribution/errors.js";
import type { Opening, OpeningHead } from "#proto/attribution/opening.js";
import { ANSWER_TOKENS_MAX, REQUEST_TOKENS_MAX, SPANS_MAX } from "#proto/attribution/rule/receipt.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { PIECE_TOKENS } from "#proto/attribution/texts.js";
import { BILLIONTHS } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import type { ErrorCode } from "#proto/rejection.js";
import { attributionErrors } from "#state/modules/attribution/index.js";
import { openings, parts, pieces } from "#state/modules/attribution/keys.js";
import { useNatives } from "#node/runtime/natives.js";
import { answerOf, CURATED, Market, opening, partsOf, type Redeemed, type Said } from "../market.js";
import { person } from "../world.js";
import {
  alice,
  dave,
  formed,
  grace,
  heidi,
  OTHER,
  PREAMBLE,
  refuses,
  settled,
  SPEECH,
  taken,
  two,
} from "./attribution-world.js";

useNatives();
const RESPONSE = "tributary.attribution.v1.MsgOpenSampleResponse";
/** Words that no text here has. */
const words = (count: number, name = "w"): string => Array.from({ length: count }, (_, i) => `${name}${i}`).join(" ");

/** A batch of one receipt that is said in several pieces. */
function longReceipt(said: Said = {}, answer = PREAMBLE): { m: Market; redeemed: Redeemed; shown: Opening[] } {
  const m = new Market(two);
  const channel = m.open(grace, 1_000_000n);
  m.blocks(1);
  m.ask(channel, 10_000n, answer, words(PIECE_TOKENS + 9), said);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  return { m, redeemed, shown: partsOf(redeemed, 0, 1) };
}

const flipped = (bytes: Bytes, at: number): Bytes => {
  const out = bytes.slice();
  out[at]! ^= 4;
  return out;
};
/** The same part with a token of its first piece changed. */
const spoilt = (part: Opening): Opening => ({
  ...part,
  pieces: [flipped(part.pieces[0]!, 16), ...part.pieces.slice(1)],
});
const rowsOf = (m: Market): number[] =>
  [openings, parts, pieces].map((table) => [...m.world.base.range(rangeOf(table.prefix))].length);
const rangeOf = (prefix: Bytes): { from: Bytes; to: Bytes } => {
  const to = prefix.slice();
  to[to.length - 1]! += 1;
  return { from: prefix, to };
};

test("a receipt is shown in one part, or piece by piece in several transactions", () => {
  const { m, redeemed, shown } = longReceipt();
  assert.equal(shown.length, 3); // Two pieces of the prompt, one of the answer.
  for (const [i, part] of shown.entries()) {
    const { opened, missing } = answerOf(m.openSample(m.bob, redeemed.batchId, [part]), RESPONSE);
    assert.deepEqual([opened, missing], i < 2 ? [0, 1] : [1, 0]);
    assert.deepEqual(rowsOf(m), i < 2 ? [0, 1, i + 1] : [1, 0, 3]);
  }
  taken(m.settle(heidi, redeemed.batchId));
  assert.equal(m.credits(redeemed.batchId)[0]?.contributionId, 1n);

  const whole = longReceipt();
  taken(whole.m.openSample(whole.m.bob, whole.redeemed.batchId, [opening(whole.redeemed, 0)]));
  assert.deepEqual(rowsOf(whole.m), [1, 0, 3]);
  taken(whole.m.settle(heidi, whole.redeemed.batchId));
  assert.deepEqual(whole.m.credits(1n), m.credits(1n));
});

test("one part goes on another in the same message; a part without a head needs one that this signer has shown", () => {
  const { m, redeemed, shown } = longReceipt();
  const [first, second, third] = shown as [Opening, Opening, Opening];
  refuses(m.openSample(m.bob, redeemed.batchId, [second]), attributionErrors.notBegun, "openings\\[0\\]");
  taken(m.openSample(grace, redeemed.batchId, [first]));
  refuses(m.openSample(m.bob, redeemed.batchId, [second]), attributionErrors.notBegun);
  taken(m.openSample(grace, redeemed.batchId, [second, third]));
});

test("pieces beyond the last are refused, and what is complete is opened once", () => {
  const { m, redeemed, shown } = longReceipt();
  const [first, second, third] = shown as [Opening, Opening, Opening];
  const more = { ...third, pieces: [...third.pieces, ...third.pieces] };
  refuses(m.openSample(m.bob, redeemed.batchId, [first, second, more]), poaErrors.tooMany, "openings\\[2\\]");
  assert.deepEqual(rowsOf(m), [0, 0, 0], "a refused message leaves nothing");
  taken(m.openSample(m.bob, redeemed.batchId, shown));
  refuses(m.openSample(grace, redeemed.batchId, [first]), attributionErrors.alreadyOpened);
  refuses(m.openSample(m.bob, redeemed.batchId, [third]), attributionErrors.alreadyOpened);
});

test("a wrong piece is found with the last piece of its text; a head begins again", () => {
  const { m, redeemed, shown } = longReceipt();
  const [first, second, third] = shown as [Opening, Opening, Opening];
  taken(m.openSample(m.bob, redeemed.batchId, [spoilt(first)]));
  refuses(m.openSample(m.bob, redeemed.batchId, [second]), poaErrors.wrongRoot, "text_root");
  refuses(m.openSample(m.bob, redeemed.batchId, [spoilt(second)]), poaErrors.wrongRoot, "text_root");
  assert.deepEqual(rowsOf(m), [0, 1, 1]);
  // Numbers of pieces are proven with the roots; what a head that lies about them has let in goes.
  const more = withHead(first, () => ({ requestPieces: 9 }));
  taken(
    m.openSample(m.bob, redeemed.batchId, [{ ...more, pieces: [first, first, first, first].flatMap((o) => o.pieces) }]),
  );
  assert.deepEqual(rowsOf(m), [0, 1, 4]);
  taken(m.openSample(m.bob, redeemed.batchId, [first, second]));
  refuses(m.openSample(m.bob, redeemed.batchId, [spoilt(third)]), poaErrors.wrongRoot, "out_root");
  taken(m.openSample(m.bob, redeemed.batchId, [third]));
  assert.deepEqual(rowsOf(m), [1, 0, 3]);
});

test("a consumer that begins with garbage does not hinder the provider, whose last part costs what it costs alone", () => {
  const gas = (spoils: boolean): bigint => {
    const { m, redeemed, shown } = longReceipt();
    const [first, second, third] = shown as [Opening, Opening, Opening];
    const spoil = (part: Opening): void => {
      const large = { ...spoilt(part), pieces: [new Uint8Array(90_000)] };
      if (spoils) taken(m.openSample(grace, redeemed.batchId, [large]));
    };
    spoil(first);
    taken(m.openSample(m.bob, redeemed.batchId, [first]));
    spoil(first);
    taken(m.openSample(m.bob, redeemed.batchId, [second]));
    if (spoils) refuses(m.openSample(grace, redeemed.batchId, [second]), poaErrors.wrongRoot);
    const last = m.openSample(m.bob, redeemed.batchId, [third]);
    taken(last);
    m.blocks(8);
    assert.equal(m.credits(redeemed.batchId)[0]?.contributionId, 1n);
    return last.gasUsed;
  };
  assert.equal(gas(true), gas(false));
});

test("the largest receipt is opened in the largest number of parts, and settled", () => {
  const m = new Market({ ...two, attribution: { window_blocks: "12" } });
  const channel = m.open(grace, 1_000_000n);
  m.blocks(1);
  const short = Array.from({ length: SPANS_MAX - 2 }, (_, i) => ({ kind: "marked" as const, text: `s${i}` }));
  const long = { kind: "marked" as const, text: words(REQUEST_TOKENS_MAX - SPANS_MAX + 1, "l") };
  const answer = `${PREAMBLE} ${words(ANSWER_TOKENS_MAX - 20)}`;
  const datanets = [2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n];
  m.ask(channel, 10_000n, answer, "ask", { texts: [...short, long], datanets });
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  const shown = partsOf(redeemed, 0, 1);
  assert.equal(shown.length, SPANS_MAX - 1 + 32 + 4);
  let used = 0;
  for (const group of packed(shown, 115_000)) {
    taken(m.openSample(m.bob, redeemed.batchId, group));
    used++;
  }
  assert.ok(used < 12, `${used} transactions`);
  taken(m.settle(heidi, redeemed.batchId));
  assert.equal(m.credits(redeemed.batchId)[0]?.tokens, 20n);
});

/** Parts in messages of limited size. */
function packed(shown: readonly Opening[], bytesMax: number): Opening[][] {
  const groups: Opening[][] = [[]];
  let size = 0;
  for (const part of shown) {
    const bytes = part.pieces.reduce((sum, { length }) => sum + length + 20, part.head === undefined ? 0 : 600);
    if (size + bytes > bytesMax) {
      groups.push([]);
      size = 0;
    }
    present(groups.at(-1), "one at least").push(part);
    size += bytes;
  }
  return groups;
}

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
  const first = answerOf(m.openSample(m.bob, batchId, wanted.slice(0, 1)), RESPONSE);
  assert.equal(first.opened + first.missing, 3);
  if (wanted.length > 1) {
    refuses(m.settle(m.bob, batchId), attributionErrors.stillMissing);
    const rest = m.openSample(grace, batchId, wanted.slice(1));
    assert.equal(answerOf(rest, RESPONSE).missing, 0);
  }
  assert.ok(m.sample(batchId).points.every(({ answered }) => answered));
  taken(m.settle(m.bob, batchId));
  const { settlement, pool } = m.batch(batchId);
  assert.equal(BigInt(settlement!.credited) + BigInt(settlement!.residual), pool * BILLIONTHS);
  assert.equal(settlement!.beacon.length, 32);
  refuses(m.settle(m.bob, batchId), attributionErrors.batchSettled);
  refuses(m.openSample(m.bob, batchId, wanted), attributionErrors.batchSettled);
});

test("a receipt that is drawn twice is opened once, and shares out both draws' parts", () => {
  const m = new Market(two);
  const channel = m.open(grace, 100_000_000n);
  for (let i = 0; i < 16; i++) m.ask(channel, i === 3 ? 1_000_000n : 1n, i === 3 ? PREAMBLE : OTHER);
  const redeemed = m.redeem(channel, m.sign(channel, false));
  m.endEpoch();
  m.blocks(1);
  assert.equal(m.sample(1n).points.length, 2);
  const wanted = m.wanted(1n, [redeemed]);
  assert.deepEqual(
    wanted.map(({ index }) => index),
    [3n],
  );
  assert.deepEqual(answerOf(m.openSample(m.bob, 1n, wanted), RESPONSE), { opened: 2, missing: 0 });
  taken(m.settle(heidi, 1n));
  const [credit] = m.credits(1n);
  const { auditSum, contributorBasisPoints, settlement } = m.batch(1n);
  const pool = auditedPool(auditSum, contributorBasisPoints);
  assert.deepEqual([credit?.receipts, credit?.tokens, BigInt(credit!.amount)], [1n, 20n, pool]);
  assert.deepEqual([settlement?.drawn, settlement?.opened, settlement?.forfeited], [2n, 2n, 0n]);
});

test("who opens what, and when", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
  const [first, second] = [0, 1].map((index) => opening(redeemed, index)) as [Opening, Opening];
  refuses(m.openSample(alice, batchId, [first]), attributionErrors.notParty, grace.text);
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

test("after the window nothing is opened, also while the batch waits to be settled", () => {
  const { m, redeemed, batchId } = formed({ attribution: { settle_work_per_block: 1 } }, [PREAMBLE, SPEECH, OTHER]);
  for (const index of [0, 1]) taken(m.openSample(m.bob, batchId, [opening(redeemed, index)]));
  while (m.world.height < m.sample(batchId).deadline) m.blocks(1);
  assert.equal(m.batch(batchId).settlement, undefined, "one receipt a block");
  refuses(m.openSample(m.bob, batchId, [opening(redeemed, 2)]), attributionErrors.windowClosed);
  refuses(m.openSample(m.bob, batchId, [opening(redeemed, 2)]), attributionErrors.batchSettled);
});

test("receipts without a fee are not drawn where nothing else is audited, and opening one is refused", () => {
  const m = new Market(two);
  const channel = m.open(grace, 1_000_000n);
  m.ask(channel, 0n, PREAMBLE);
  const redeemed = m.redeem(channel, m.sign(channel, true, 10_000n));
  m.endEpoch();
  refuses(m.openSample(m.bob, redeemed.batchId, [opening(redeemed, 0)]), attributionErrors.notDrawn);
  taken(m.settle(m.bob, redeemed.batchId));
});

const withHead = (part: Opening, change: (head: OpeningHead) => Partial<OpeningHead>): Opening => ({
  ...part,
  head: { ...part.head!, ...change(part.head!) },
});
const tampered: readonly (readonly [name: string, change: (o: Opening) => Opening, error: ErrorCode, log: string])[] = [
  [
    "a token of the answer",
    (o) => ({ ...o, pieces: [o.pieces[0]!, flipped(o.pieces[1]!, 17)] }),
    poaErrors.wrongRoot,
    "out_root",
  ],
  ["a token of the prompt", spoilt, poaErrors.wrongRoot, "text_root"],
  ["the seed", (o) => withHead(o, ({ seed }) => ({ seed: flipped(seed, 0) })), poaErrors.wrongRoot, "text_root"],
  [
    "the receipt's fee",
    (o) => withHead(o, ({ receipt }) => ({ receipt: { ...receipt!, fee: receipt!.fee + 1n } })),
    poaErrors.wrongSum,
    "have",
  ],
  [
    "the request",
    (o) => withHead(o, ({ request }) => ({ request: { ...request!, datanets: [CURATED] } })),
    poaErrors.wrongRoot,
    "request_hash",
  ],
  [
    "a sibling's sum",
    (o) => withHead(o, ({ path }) => ({ path: [{ ...path[0]!, sum: 1n }] })),
    poaErrors.wrongSum,
    "have",
  ],
  ["the index", (o) => ({ ...o, index: 5n }), poaErrors.wrongReceipt, "openings\\[0\\]"],
  ["the voucher", (o) => ({ ...o, voucherId: 99n }), attributionErrors.voucherNotFound, "99"],
];
for (const [name, change, error, log] of tampered) {
  test(`opening refuses a change of ${name}, and keeps nothing of the message`, () => {
    const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
    const [first, second] = [0, 1].map((index) => opening(redeemed, index)) as [Opening, Opening];
    refuses(m.openSample(m.bob, batchId, [change(first)]), error, log);
    refuses(m.openSample(m.bob, batchId, [second, change(first)]), error);
    assert.deepEqual(rowsOf(m), [0, 0, 0]);
    taken(m.openSample(m.bob, batchId, [first, second]));
  });
}

test("what provider and consumer sign against the rule cannot be opened: it is withheld", () => {
  // A consumer who agrees signs any tree, but the chain takes no request of a later block, and none of another nonce.
  for (const said of [{ height: 6n }, { nonce: 7n }] satisfies Said[]) {
    const m = new Market(two);
    const channel = m.open(grace, 1_000_000n);
    m.ask(channel, 10_000n, PREAMBLE, "tell me", said);
    const redeemed = m.redeem(channel, m.sign(channel, true));
    m.endEpoch();
    assert.equal(m.batch(1n).formedHeight, 5n);
    refuses(
      m.openSample(m.bob, 1n, [opening(redeemed, 0)]),
      poaErrors.wrongRequest,
      Object.keys(said)[0] === "nonce" ? "nonce" : "time",
    );
    m.blocks(12);
    assert.deepEqual(m.residual(1n), { [residualReasons.withheld]: 3_000n * BILLIONTHS });
    assert.equal(m.batch(1n).settlement?.forfeited, 2_000n);
  }
  const { settlement } = settled({ works: [{ owner: dave, text: SPEECH }] }, [SPEECH]);
  assert.equal(settlement.forfeited, 0n);
});
