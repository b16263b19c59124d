import assert from "node:assert/strict";
import { test } from "node:test";
import { payKinds } from "#proto/attribution/pay.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { fieldsOf } from "#proto/codec/json.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { bundleSource, bundleTime, readBundle, Recording } from "#proto/client/verify/bundle.js";
import { verifyPayout, verifyPayoutFrom, type PayoutReport } from "#proto/client/verify/payout.js";
import { rpcSource } from "#proto/client/verify/source.js";
import { readStored, stateKeys } from "#proto/light/state-keys.js";
import { backend, setBackend } from "#proto/crypto/backend.js";
import { useNatives } from "#node/runtime/natives.js";
import { remembered } from "#test/simulation/remembered.js";
import { Market } from "../../../state/market.js";
import { CURATED, ok } from "../../../state/market-seed.js";
import { person, type Person } from "../../../state/world.js";
import { Chronicle, type Committed, type ServedChain } from "./served-chain.js";

useNatives();
setBackend(remembered(backend())); // Each case serves the chain again.
const [alice, dave, erin, mallory, grace, heidi, carol] = [
  ...["alice", "dave", "erin", "mallory", "grace", "heidi", "carol"].map(person),
] as readonly Person[] as readonly [Person, Person, Person, Person, Person, Person, Person];
const PREAMBLE =
  "we the people of the united states in order to form a more perfect union establish justice insure domestic tranquility";
const SPEECH =
  "the state of our nation is strong because our farmers our workers and our inventors have labored without rest this year";
const UNLICENSED = "nobody may use these words without asking their owner for a licence that nobody here has ever had";
const PASSAGE = "a passage of the curated datanet that no release of any version holds was found by an application";

/** Batch 1 is opened whole, batch 2 sampled with one opening withheld. Both have contested credit. */
function story(settleWork?: number): Chronicle {
  const market = new Market({
    works: [
      { owner: alice, text: PREAMBLE, intent: 7 },
      { owner: dave, text: SPEECH, intent: 8 },
      { owner: erin, text: UNLICENSED, eligible: false },
      { owner: mallory, text: SPEECH.split(" ").slice(0, 9).join(" "), eligible: false },
      { owner: heidi, text: PREAMBLE.split(" ").slice(0, 9).join(" "), eligible: false },
      { owner: carol, text: PASSAGE, datanet: CURATED },
    ],
    treasuryBasisPoints: 1_000,
    royalties: [1_500],
    ...(settleWork === undefined ? {} : { attribution: { settle_work_per_block: settleWork } }),
  });
  const chronicle = new Chronicle(market);
  // What heidi holds is alice's from here on: she contests nothing of her own.
  const change = { owner: heidi.text, newOwner: alice.text };
  assert.equal(market.send(heidi, "tributary.payout.v1.MsgProposeKeyChange", change).code, 0);
  market.blocks(5);
  const execute = { signer: alice.text, owner: heidi.text };
  assert.equal(market.send(alice, "tributary.payout.v1.MsgExecuteKeyChange", execute).code, 0);

  const answers = [PREAMBLE, SPEECH, UNLICENSED, `${PASSAGE} indeed`];
  const marked = { texts: [{ kind: "marked" as const, text: PASSAGE, datanet: CURATED }], datanets: [CURATED] };
  const first = market.open(grace, 100_000_000n);
  for (const text of answers) market.ask(first, 10_007n, text, "say it", marked);
  const whole = market.redeem(first, market.sign(first, true, 501n));
  market.endEpoch();
  assert.equal(market.openSample(market.bob, whole.batchId, market.wanted(whole.batchId, [whole])).code, 0);
  assert.equal(market.settle(grace, whole.batchId).code, 0);
  market.blocks(3);

  const second = market.open(heidi, 100_000_000n);
  for (let i = 0; i < 24; i++) market.ask(second, 9_000n + BigInt(i), `${PREAMBLE}, ${i}, ${SPEECH}`, "say it", marked);
  const sampled = market.redeem(second, market.sign(second, false));
  market.endEpoch();
  market.blocks(3);
  const [, ...shown] = market.wanted(sampled.batchId, [sampled]);
  assert.equal(market.openSample(market.bob, sampled.batchId, shown).code, 0);
  market.blocks(18);
  return chronicle;
}

const chronicle = story();
const { genesis } = chronicle;
const verify = (chain: ServedChain, options = {}): Promise<PayoutReport> =>
  verifyPayout(chain.client(), genesis, { now: chain.now, ...options });
const honest = await chronicle.serve();

test("an honest chain with contested credit, unlicensed uses, a replaced key and a withheld draw agrees", async () => {
  const report = await verify(honest);
  assert.equal(report.disagreement, undefined);
  for (const { batch } of report.batches) {
    const { contested, drawn, opened } = batch!.settlement!;
    assert.ok(BigInt(contested) > 0n);
    assert.equal(opened < drawn, batch!.id === 2n);
  }
});

/** The value of one key as wrong validators would have committed it, wherever it is written. */
function committedAs(at: Bytes, change: (value: Bytes) => Bytes): Committed {
  return (key, value) => (equalBytes(key, at) ? change(value) : value);
}

function edited<N extends MessageName>(name: N, change: (record: Messages[N]) => object): (value: Bytes) => Bytes {
  return (value) => {
    const record = ok(readStored(name, value));
    return Uint8Array.from([1, ...message(name).encode({ ...record, ...change(record) })]);
  };
}

/** Another value of the same type. */
function other(value: unknown): unknown {
  if (typeof value === "bigint") return value + 1n;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return /^[0-9]+$/.test(value) ? (BigInt(value) + 1n).toString() : carol.text;
  if (value instanceof Uint8Array) return value.length === 0 ? Uint8Array.of(1) : value.with(0, value[0]! ^ 1);
  if (Array.isArray(value)) return value.slice(1);
  throw new Error(`no other ${typeof value}`);
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What is found when one value is committed otherwise. */
async function found(committed: Committed, options = {}): Promise<readonly string[]> {
  const { disagreements } = await verify(await chronicle.serve(committed), options);
  return disagreements.map(({ what }) => what);
}

/** A record whose fields all follow from other bytes, but for those that are history. */
interface Target {
  readonly name: MessageName;
  readonly key: Bytes;
  readonly what: string;
  readonly history?: readonly string[];
}

const HISTORY = ["matured", "maturedHeight", "released"];
const entry = (batch: bigint, kind: number, subject: bigint, whom: string): Target => ({
  name: "tributary.payout.v1.Entry",
  key: stateKeys.payEntry(batch, kind, subject),
  what: `pay of ${whom} for batch ${batch}`,
  history: HISTORY,
});
const targets: readonly Target[] = [
  ...[1n, 2n].map((batch) => ({
    name: "tributary.attribution.v1.Credit" as const,
    key: stateKeys.credit(batch, 2n),
    what: `credit of contribution 2 in batch ${batch}`,
  })),
  {
    name: "tributary.attribution.v1.Contest",
    key: stateKeys.contest(1n, 2n, 4n),
    what: "credit of contribution 2 in batch 1 that contribution 4 contests",
  },
  {
    name: "tributary.attribution.v1.Use",
    key: stateKeys.use(3n, 1n, 1n),
    what: "use of contribution 3 without a licence in batch 1, voucher 1",
  },
  {
    name: "tributary.payout.v1.Pair",
    key: stateKeys.payPair(4n, 2n),
    what: "credit of contribution 2 that waits because contribution 4 contests",
  },
  entry(1n, payKinds.contribution, 1n, "contribution 1"),
  entry(2n, payKinds.contribution, 1n, "contribution 1"),
  entry(1n, payKinds.provider, 0n, "the provider"),
  entry(1n, payKinds.royalty, 2n, "the royalty of version 2"),
  entry(1n, payKinds.revenue, 1n, "the revenue of version 1"),
];

for (const { name, key, what, history = [] } of targets) {
  test(`every field counts: ${what}`, async () => {
    const names = fieldsOf(name).map((field) => field.name);
    const fields = names.filter((field) => !history.includes(field));
    const { value } = await rpcSource(honest.client()).state(key, honest.headers.height - 1n);
    assert.ok(value !== undefined, "it is there");
    const changed = edited(name, (record) =>
      Object.fromEntries(fields.map((field) => [field, other(record[field as keyof typeof record])])),
    );
    // Compared one by one where the record is found at its key: what it says of itself is a field as others are.
    const differences = await found(committedAs(key, changed));
    for (const field of fields) {
      assert.ok(differences.includes(`${snake(field)} of ${what}`), `${field}: ${differences.join("; ")}`);
    }
  });
}

test("every field of a settlement counts, the reasons of the residual among them", async () => {
  const change = edited("tributary.attribution.v1.Batch", ({ settlement }) => {
    if (settlement === undefined) return {};
    const fields = Object.entries(settlement).filter(([field]) => field !== "height" && field !== "time");
    return {
      settlement: { ...settlement, ...Object.fromEntries(fields.map(([field, value]) => [field, other(value)])) },
    };
  });
  const differences = await found(committedAs(stateKeys.batch(2n), change));
  for (const field of fieldsOf("tributary.attribution.v1.Settlement").map(({ name }) => name)) {
    if (field === "height" || field === "time") continue;
    assert.ok(differences.includes(`${snake(field)} of settlement of batch 2`), `${field}: ${differences.join("; ")}`);
  }
});

const parts = ["burned", "validators", "pool", "providerShare", "royalties", "ownerShare"];
/** Beside what other tests change: parameters as of the first voucher, which the state does not keep. */
const OTHERWISE = [...parts, "settlement", "sampleMax", "wholeReceiptsMax"];

test("the sums of a batch's fees are those of its vouchers", async () => {
  const change = edited("tributary.attribution.v1.Batch", (batch) =>
    Object.fromEntries(parts.map((field) => [field, other(batch[field as keyof typeof batch])])),
  );
  const differences = await found(committedAs(stateKeys.batch(1n), change), { batches: [1n] });
  for (const field of parts) assert.ok(differences.includes(`${snake(field)} of batch 1`), field);
});

for (const field of fieldsOf("tributary.attribution.v1.Batch").map(({ name }) => name)) {
  if (OTHERWISE.includes(field)) continue;
  test(`a batch with another ${snake(field)} is found`, async () => {
    const change = edited("tributary.attribution.v1.Batch", (batch) =>
      batch.settlement === undefined ? {} : { [field]: other(batch[field as keyof typeof batch]) },
    );
    assert.notDeepEqual(await found(committedAs(stateKeys.batch(2n), change), { batches: [2n] }), []);
  });
}

test("a channel that forgot what it redeemed, and would redeem it again, is found", async () => {
  const forgets = edited("tributary.usage.v1.Channel", ({ nonce }) =>
    nonce === 0n ? {} : { redeemed: 0n, nonce: 0n },
  );
  const differences = await found(committedAs(stateKeys.channel(1n), forgets));
  for (const field of ["redeemed", "nonce"]) assert.ok(differences.includes(`${field} of channel 1`), field);
  const shrinks = edited("tributary.usage.v1.Channel", ({ auditCount }) => ({
    auditCount: auditCount === 0n ? 0n : auditCount - 1n,
  }));
  assert.ok((await found(committedAs(stateKeys.channel(2n), shrinks))).includes("audit_count of channel 2"));
});

test("a row that begins where its channel never stood is found", async () => {
  const change = edited("tributary.attribution.v1.Voucher", () => ({ afterNonce: 1n, afterAuditCount: 1n }));
  const differences = await found(committedAs(stateKeys.voucher(2n, 2n), change));
  assert.ok(differences.includes("receipts of batch 2"), differences.join("; "));
});

type Opened = Messages["tributary.attribution.v1.OpenedReceipt"];
const head = (change: (shown: NonNullable<Opened["head"]>) => object) => (opened: Opened) => ({
  head: { ...opened.head!, ...change(opened.head!) },
});
const openings: readonly { readonly what: string; readonly change: (opened: Opened) => object }[] = [
  { what: "under another voucher", change: () => ({ voucherId: 2n }) },
  { what: "at another place", change: () => ({ index: 1n }) },
  { what: "with another interval", change: ({ intervalTo }) => ({ intervalTo: intervalTo + 1n }) },
  { what: "by another opener", change: () => ({ opener: carol.text }) },
  { what: "with another count of pieces", change: ({ pieces }) => ({ pieces: pieces + 1 }) },
  { what: "without its head", change: () => ({ head: undefined }) },
  { what: "of another receipt", change: head(({ receipt }) => ({ receipt: { ...receipt!, fee: 1n } })) },
  { what: "of another request", change: head(({ request }) => ({ request: { ...request!, time: 0n } })) },
  {
    what: "of a request for other datanets",
    change: head(({ request }) => ({ request: { ...request!, datanets: [] } })),
  },
  { what: "with another seed", change: head(({ seed }) => ({ seed: seed.with(0, seed[0]! ^ 1) })) },
  { what: "by another path", change: head(({ path }) => ({ path: path.slice(1) })) },
  { what: "with a text moved to another tree", change: head(({ addedPieces }) => ({ addedPieces: addedPieces + 1 })) },
];
for (const { what, change } of openings) {
  test(`an opening ${what} is found`, async () => {
    const committed = committedAs(
      stateKeys.opening(1n, 1n, 0n),
      edited("tributary.attribution.v1.OpenedReceipt", change),
    );
    assert.notDeepEqual(await found(committed, { batches: [1n] }), []);
  });
}

test("a changed piece of an opening is found, whichever text it is of", async () => {
  for (const piece of [0, 1, 2]) {
    const key = stateKeys.openingPiece(1n, 1n, 0n, person("bob").address, piece);
    const flipped = (value: Bytes): Bytes => value.with(value.length - 1, value.at(-1)! ^ 4);
    const differences = await found(committedAs(key, flipped), { batches: [1n] });
    assert.ok(differences.includes("opening of receipt 0 under voucher 1"), `${piece}: ${differences.join("; ")}`);
  }
});

test("a replaced key that the chain forgot, or replaced earlier or by another, changes who contests", async () => {
  const key = stateKeys.controllerChange(heidi.address, 1);
  for (const change of [{ height: 1_000n }, { controller: carol.text }]) {
    const committed = committedAs(
      key,
      edited("tributary.payout.v1.ControllerChange", () => change),
    );
    const differences = await found(committed, { batches: [1n] });
    assert.ok(differences.includes("contested of settlement of batch 1"), differences.join("; "));
  }
});

test("credit that waits for a pair that no receipt contests is found by the total", async () => {
  const change = edited("tributary.payout.v1.Totals", ({ contested }) => ({ contested: `${BigInt(contested) + 1n}` }));
  const differences = await found(committedAs(stateKeys.payTotals(), change));
  assert.deepEqual(differences, ["contested of the totals of all payouts"]);
});

test("a batch that is still being booked is not judged, and is when it is booked", async () => {
  const slow = story(900);
  const chain = await slow.serve();
  const seen = new Set<string>();
  for (let height = 12n; height < chain.headers.height; height++) {
    const report = await verifyPayout(chain.client(), slow.genesis, { now: chain.now, height });
    assert.equal(report.disagreement, undefined, `height ${height}`);
    const [first] = report.batches;
    if (first === undefined) continue;
    seen.add(`${first.batch!.settlement !== undefined} ${first.agrees}`);
  }
  assert.deepEqual([...seen], ["false undefined", "true undefined", "true true"]);
});

test("what was exported is recomputed offline, pairs, pieces and keys included", async () => {
  const recording = new Recording(rpcSource(honest.client()));
  const online = await verifyPayoutFrom(recording, genesis, { now: honest.now });
  const bundle = readBundle(recording.text(honest.now));
  const offline = await verifyPayoutFrom(bundleSource(bundle), genesis, { now: bundleTime(bundle) });
  assert.equal(offline.disagreement, undefined);
  assert.deepEqual(offline, online);
});
