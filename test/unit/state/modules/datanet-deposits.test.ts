import assert from "node:assert/strict";
import { test } from "node:test";
import { readU32be, u64be } from "#proto/bytes.js";
import { supplyOf } from "#state/modules/bank/index.js";
import { contributionOf } from "#state/modules/datanet/index.js";
import { chunks, commitments, expiries, takenFingerprints } from "#state/modules/datanet/keys.js";
import { View } from "#state/store/view.js";
import { person, type Person } from "../world.js";
import {
  any,
  bring,
  commit,
  COMMIT,
  commitment,
  CONTRIBUTE,
  contribution,
  createDatanet,
  DatanetWorld,
  hash,
  piece,
  withdraw,
  type Piece,
} from "./datanet-world.js";

const V1 = "tributary.datanet.v1";
const [alice, bob, carol, dave] = ["alice", "bob", "carol", "dave"].map(person) as [Person, Person, Person, Person];
const rich = (params: Record<string, string> = {}): DatanetWorld =>
  new DatanetWorld(
    { alice: 10n ** 10n, bob: 10n ** 10n, carol: 10n ** 10n, dave: 10n ** 10n },
    { datanet: { params } },
  );
const CURATED = { admission: 3, curators: [dave.text], threshold: 1 };
const many = (name: string, count: number, from = 0): Piece =>
  piece(name, ...Array.from({ length: count }, (_, i) => from + i + 1));

const taken = (world: DatanetWorld): bigint => takenFingerprints.get(world.base, []) ?? 0n;
const senior = (world: DatanetWorld, value: number): bigint => {
  const print = u64be(BigInt(value));
  return BigInt(world.index.senior(readU32be(print), readU32be(print, 4)) ?? 0);
};
const place = (world: DatanetWorld, datanet: bigint, value: number): bigint => {
  const print = u64be(BigInt(value));
  return BigInt(world.index.place(datanet, readU32be(print), readU32be(print, 4)) ?? 0);
};
function open(world: DatanetWorld, owner: Person, datanetId: bigint, what: Piece): bigint {
  const message = contribution(owner, datanetId, what);
  return world.do(owner, CONTRIBUTE, message, `${V1}.MsgContributeResponse`).contributionId;
}
function decide(world: DatanetWorld, contributionId: bigint, verdict: number): void {
  const value = { curator: dave.text, contributionId, verdict, reason: verdict === 1 ? 1 : 4, note: "" };
  world.do(dave, `${V1}.MsgReviewContribution`, value, `${V1}.MsgReviewContributionResponse`);
}

test("an intent that is never opened loses a tenth of its deposit, which is burned, and frees its places", () => {
  const world = rich();
  createDatanet(world, alice);
  commit(world, bob, many("a", 2_000));
  assert.equal(taken(world), 2_000n);
  const [balance, supply] = [world.balance(bob), supplyOf(world.base, "utrib")];
  world.height += 7_200n;
  world.block();
  assert.equal(world.balance(bob), balance + 180_000n);
  assert.equal(supplyOf(world.base, "utrib"), supply - 20_000n);
  assert.equal(taken(world), 0n);
});

test("an upload that its owner withdraws loses a tenth as well", () => {
  const world = rich();
  createDatanet(world, alice);
  const whole = many("a", 2_000);
  const id = bring(world, bob, 1n, whole, { fingerprints: whole.set.subarray(0, 8) });
  const balance = world.balance(bob);
  withdraw(world, bob, id);
  assert.equal(world.balance(bob), balance - 5_000n + 180_000n + 1_000n, "a fee, nine tenths and the bond");
  assert.equal(contributionOf(world.base, id)?.deposit, "0");
  assert.equal(taken(world), 0n);
});

test("a withdrawn contribution's capacity is free at once, its deposit when its proofs have expired", () => {
  const world = rich({ proof_blocks: "5" });
  createDatanet(world, alice);
  const id = bring(world, bob, 1n, many("a", 2_000));
  assert.equal(contributionOf(world.base, id)?.deposit, "200000");
  withdraw(world, bob, id);
  assert.equal(taken(world), 0n);
  const balance = world.balance(bob);
  for (let i = 0; i < 5; i++) world.block();
  assert.equal(world.balance(bob), balance);
  assert.ok(chunks.has(world.base, [id, 0]), "still provable");
  world.block();
  assert.equal(world.balance(bob), balance + 200_000n);
  assert.equal(chunks.has(world.base, [id, 0]), false);
});

test("a commitment is not opened in its own block", () => {
  const world = rich();
  createDatanet(world, alice);
  const what = many("a", 3);
  const both = [any(COMMIT, commitment(bob, what)), any(CONTRIBUTE, contribution(bob, 1n, what))];
  const result = world.run(bob, both, { gas: 9_000_000n });
  assert.equal(`${result.codespace}/${result.code}`, "datanet/30");
});

test("the price doubles at half of the tier and with each further tenth: to fill the tier locks 6.7 times the flat price", () => {
  const world = rich({ fingerprints_max: "1000", fingerprint_deposit: "1000", contest_deposit_min: "1" });
  createDatanet(world, alice);
  const prices: bigint[] = [];
  for (let i = 0; i < 10; i++) {
    prices.push(BigInt(commit(world, bob, many(`${i}`, 100, 100 * i)).deposit) / 100_000n);
  }
  assert.deepEqual(prices, [1n, 1n, 1n, 1n, 1n, 2n, 4n, 8n, 16n, 32n]);
  const [code, log] = world.refusal(carol, COMMIT, commitment(carol, many("more", 1)));
  assert.equal(code, "datanet/29", log);
  const balance = world.balance(bob);
  world.height += 7_200n;
  world.block();
  assert.equal(world.balance(bob), balance + (67n * 100_000n * 9n) / 10n, "who only holds it up loses a tenth");
  assert.equal(commit(world, carol, many("more", 1)).deposit, "1000", "and it costs others what it did before");
});

test("squatting: neither a text seen in an upload, nor one recorded before it is accepted, comes before its intent", () => {
  const world = rich();
  createDatanet(world, alice, CURATED);
  createDatanet(world, carol, { slug: "squat" });
  const text = many("text", 50);
  const [honest, copy] = [
    { ...text, content: hash("honest") },
    { ...text, content: hash("copy") },
  ];
  commit(world, bob, honest);
  // The squatter sees the text in the mempool: its own upload completes first, with a later intent.
  const during = bring(world, carol, 2n, copy);
  assert.equal(senior(world, 7), during, "nobody else stands yet");
  const id = open(world, bob, 1n, honest);
  assert.equal(senior(world, 7), id, "in review, it stands");
  assert.equal(place(world, 2n, 7), during, "the squatter keeps a place where nobody is paid");
  decide(world, id, 1);
  const after = bring(world, carol, 2n, { ...text, content: hash("another copy") });
  assert.deepEqual([senior(world, 7), place(world, 1n, 7), place(world, 2n, 7)], [id, id, during]);
  withdraw(world, bob, id);
  assert.deepEqual([senior(world, 7), place(world, 1n, 7)], [during, 0n]);
  withdraw(world, carol, during);
  assert.deepEqual([senior(world, 7), place(world, 2n, 7)], [after, after]);
});

test("a rejected squatter contests others until it withdraws, and takes no place", () => {
  const world = rich();
  createDatanet(world, alice, CURATED);
  const squatter = bring(world, carol, 1n, many("squat", 50));
  decide(world, squatter, 2);
  const id = bring(world, bob, 1n, { ...many("text", 50), content: hash("honest") });
  decide(world, id, 1);
  assert.deepEqual([senior(world, 7), place(world, 1n, 7)], [squatter, id]);
  assert.equal(taken(world), 100n, "it still holds capacity, and its deposit");
  withdraw(world, carol, squatter);
  assert.deepEqual([senior(world, 7), place(world, 1n, 7)], [id, id]);
  assert.equal(taken(world), 50n);
});

test("a race for a place: an older intent completed late takes no place that is in a release", () => {
  const world = rich();
  createDatanet(world, alice);
  const text = many("text", 50);
  const old = { ...text, content: hash("old") };
  commit(world, carol, old);
  const id = bring(world, bob, 1n, text);
  const message = { curator: alice.text, datanetId: 1n, notes: "" };
  world.do(alice, `${V1}.MsgPublishRelease`, message, `${V1}.MsgPublishReleaseResponse`);
  const late = open(world, carol, 1n, old);
  assert.deepEqual([senior(world, 7), place(world, 1n, 7)], [late, id], "it contests, and ends no licensed pay");
  withdraw(world, bob, id);
  assert.equal(place(world, 1n, 7), late);
});

test("a block forgets at most 100 of 20,000 intents that are due, and the next ones the rest", () => {
  const world = rich();
  createDatanet(world, alice);
  world.invariantsEvery = 1_000_000n;
  const view = new View(world.base);
  for (let i = 0; i < 20_000; i++) {
    const key = new Uint8Array(32);
    key.set(u64be(BigInt(i)));
    commitments.put(view, [bob.address, key], { height: 1n, index: i, fpCount: 1, deposit: "0" });
    expiries.put(view, [1n, bob.address, key], true);
  }
  takenFingerprints.put(view, [], 20_000n);
  world.base.apply(view.writes());
  const outcome = world.block();
  assert.equal(taken(world), 19_900n);
  assert.ok(outcome.writes.length < 250, `${outcome.writes.length} writes`);
  world.block();
  assert.equal(taken(world), 19_800n);
});
