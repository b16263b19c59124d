import assert from "node:assert/strict";
import { standAt } from "#proto/attribution/standing.js";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { verifyMerkle } from "#proto/merkle/rfc6962.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { genesisWrites } from "#state/genesis.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { balanceOf } from "#state/modules/bank/index.js";
import { addressText } from "#state/modules/chain/index.js";
import {
  contributionOf,
  datanet,
  releaseContains,
  treasuryBasisPoints,
  treasuryOf,
} from "#state/modules/datanet/index.js";
import { exported, genesisOf, person, TEST_CHAIN } from "../world.js";
import {
  any,
  bring,
  commit,
  COMMIT,
  commitment,
  CONTRIBUTE,
  contribution,
  CREATE,
  createDatanet,
  creation,
  DatanetWorld,
  hash,
  piece,
  prints,
  release,
  withdraw,
} from "./datanet-world.js";

const [alice, bob, carol, dave] = ["alice", "bob", "carol", "dave"].map(person) as [
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
];
const V1 = "tributary.datanet.v1";
const rich = (): DatanetWorld =>
  new DatanetWorld({ alice: 10n ** 9n, bob: 10n ** 9n, carol: 10n ** 9n, dave: 10n ** 9n });
const CURATED = { admission: 3, curators: [bob.text, carol.text, dave.text], threshold: 2 };

function review(
  world: DatanetWorld,
  who: typeof alice,
  contributionId: bigint,
  verdict: number,
  reason: number,
): number {
  const value = { curator: who.text, contributionId, verdict, reason, note: "" };
  return world.do(who, `${V1}.MsgReviewContribution`, value, `${V1}.MsgReviewContributionResponse`).status;
}

const wrongDatanets: readonly (readonly [
  name: string,
  over: Parameters<typeof creation>[1],
  code: number,
  words: RegExp,
])[] = [
  ["a slug with capitals", { slug: "Speeches" }, 1, /slug/],
  ["another tier", { tier: 2 }, 10, /tier/],
  ["an unknown profile", { normId: 1 }, 10, /norm_id/],
  ["a treasury above a fifth", { treasuryBasisPoints: 2001 }, 1, /treasury_basis_points/],
  ["a short terms hash", { termsHash: new Uint8Array(31) }, 1, /terms_hash/],
  ["no bond where anybody contributes", { bond: "0" }, 1, /bond/],
  ["a padded bond", { bond: "01" }, 1, /bond/],
  ["no media type", { mediaTypes: [] }, 1, /media_types/],
  ["an unknown admission", { admission: 4 }, 1, /admission/],
  ["a threshold without curators", { admission: 3, threshold: 1 }, 1, /threshold/],
  ["a threshold above the curators", { ...CURATED, threshold: 4 }, 1, /threshold/],
  ["a curator twice", { ...CURATED, curators: [bob.text, bob.text] }, 1, /curators\[1\]/],
  ["a list that nobody reads", { contributors: [bob.text] }, 1, /contributors/],
  ["a title of two lines", { title: "a\nb" }, 1, /title/],
];
for (const [name, over, code, words] of wrongDatanets) {
  test(`no datanet with ${name}`, () => {
    const world = rich();
    const [have, log] = world.refusal(alice, CREATE, creation(alice, over));
    assert.equal(have, `datanet/${code}`, log);
    assert.match(log, words);
    assert.equal(balanceOf(world.base, moduleAccounts.datanet, "utrib"), 0n);
  });
}

test("a slug is taken once, for a deposit", () => {
  const world = rich();
  assert.equal(createDatanet(world, alice), 1n);
  const [code, log] = world.refusal(bob, CREATE, creation(bob));
  assert.equal(code, "datanet/2");
  assert.match(log, /datanet_id: 1/);
  assert.equal(balanceOf(world.base, moduleAccounts.datanet, "utrib"), 10_000_000n);
});

test("a commitment has its place in the block, once an owner, and opens for 7,200 blocks", () => {
  const world = rich();
  const [a, b] = [piece("a", 1, 2), piece("b", 3)];
  createDatanet(world, alice);
  const two = [commitment(alice, a), commitment(bob, b)];
  const outcome = world.block([world.tx(alice, [any(COMMIT, two[0]!)]), world.tx(bob, [any(COMMIT, two[1]!)])]);
  assert.deepEqual(
    outcome.results.map(({ code }) => code),
    [0, 0],
  );
  assert.equal(world.refusal(alice, COMMIT, two[0]!)[0], "datanet/11");
  const asked = world.ask(
    `/${V1}.Query/Commitment`,
    `${V1}.QueryCommitmentRequest`,
    { owner: bob.text, commitment: two[1]!.commitment },
    `${V1}.QueryCommitmentResponse`,
  );
  assert.deepEqual(asked, {
    commitment: { height: 2n, index: 1, fpCount: 1, deposit: "100000" },
    expiresHeight: 7_202n,
  });
  world.height = 7_201n;
  assert.equal(world.run(bob, [any(CONTRIBUTE, contribution(bob, 1n, b))], { gas: 9_000_000n }).code, 0);
  world.height = 7_202n;
  const [code] = world.refusal(alice, CONTRIBUTE, contribution(alice, 1n, a));
  assert.equal(code, "datanet/12", "forgotten at the begin of the block after its last one");
});

const flipped = (bytes: Uint8Array, at = 0): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const set = piece("text", 10, 20, 30);
const wrongContributions: readonly (readonly [
  name: string,
  over: Parameters<typeof contribution>[3],
  code: number,
  words: RegExp,
])[] = [
  ["one byte of the fingerprints", { fingerprints: flipped(set.set, 7) }, 18, /fp_root/],
  ["one byte of the fingerprint root", { fpRoot: flipped(set.fpRoot) }, 12, /fp_root/],
  ["one byte of the content root", { contentRoot: flipped(set.content) }, 12, /content_root/],
  ["one byte of the nonce", { nonce: flipped(hash("nonce")) }, 12, /commitment/],
  ["one byte of the terms hash", { termsHash: flipped(hash("terms 1")) }, 16, /terms_hash/],
  ["another terms version", { termsVersion: 2 }, 15, /terms_version: 2, current: 1/],
  ["fingerprints out of order", { fingerprints: set.set.slice().reverse() }, 17, /ascending/],
  ["half a fingerprint", { fingerprints: set.set.subarray(0, 12) }, 17, /whole/],
  ["another number of fingerprints than it reserved", { fpCount: 2 }, 12, /reserved 3 fingerprints, not 2/],
  ["more fingerprints than tokens", { tokenCount: 2 }, 1, /fp_count/],
  ["another media type", { mediaType: "image/png" }, 1, /media_type.*text\/plain/],
  ["no title", { title: "" }, 1, /title/],
  ["an unknown datanet", { datanetId: 9n }, 3, /9/],
];
for (const [name, over, code, words] of wrongContributions) {
  test(`a contribution with ${name} is refused by name and changes nothing`, () => {
    const world = rich();
    createDatanet(world, alice);
    commit(world, bob, set);
    const before = exported(datanet, contextOf(world));
    const [have, log] = world.refusal(bob, CONTRIBUTE, contribution(bob, 1n, set, over));
    assert.equal(have, `datanet/${code}`, log);
    assert.match(log, words);
    assert.deepEqual(exported(datanet, contextOf(world)), before);
    world.do(bob, CONTRIBUTE, contribution(bob, 1n, set), `${V1}.MsgContributeResponse`);
  });
}

const contextOf = (world: DatanetWorld) => ({
  ...{ view: world.base, height: world.height, time: world.time, chainId: TEST_CHAIN },
  ...{ address: addressText("trib"), fingerprints: world.index },
});

test("open admission accepts when the set is complete, and the bond stays until withdrawal", () => {
  const world = rich();
  createDatanet(world, alice);
  const before = world.balance(bob);
  const id = bring(world, bob, 1n, set);
  const stored = present(contributionOf(world.base, id), "it was brought");
  assert.equal(stored.status, 3);
  assert.deepEqual(stored.active, [{ fromHeight: world.height, toHeight: 0n }]);
  assert.equal(world.balance(bob), before - 10_000n - 100_000n - 1_000n, "two fees, the deposit and the bond");
  assert.equal(treasuryBasisPoints(world.base, stored), 500n);
  assert.equal(world.index.senior(0, 20), Number(id));
});

test("an exact duplicate is refused with the earlier id; in another datanet it is not", () => {
  const world = rich();
  createDatanet(world, alice);
  createDatanet(world, alice, { slug: "other" });
  bring(world, bob, 1n, set);
  commit(world, carol, set);
  const [code, log] = world.refusal(carol, CONTRIBUTE, contribution(carol, 1n, set));
  assert.equal(code, "datanet/14");
  assert.match(log, /contribution_id: 1/);
  world.do(carol, CONTRIBUTE, contribution(carol, 2n, set), `${V1}.MsgContributeResponse`);
});

test("a near duplicate shows which share it was first to commit, by intent and not by arrival", () => {
  const world = rich();
  createDatanet(world, alice);
  const late = piece("late", 10, 20, 30, 40);
  commit(world, carol, piece("senior", 10, 50));
  bring(world, bob, 1n, set);
  const id = bring(world, dave, 1n, late);
  assert.equal(contributionOf(world.base, id)?.firstCommitted, 1);
  const senior = piece("senior", 10, 50);
  const { contributionId } = world.do(
    carol,
    CONTRIBUTE,
    contribution(carol, 1n, senior),
    `${V1}.MsgContributeResponse`,
  );
  assert.equal(contributionOf(world.base, contributionId)?.firstCommitted, 2);
  const asked = world.ask(
    `/${V1}.Query/Contribution`,
    `${V1}.QueryContributionRequest`,
    { contributionId: id },
    `${V1}.QueryContributionResponse`,
  );
  assert.equal(asked.firstCommittedBasisPoints, 2500);
});

test("chunks come in order and end under the committed root", () => {
  const world = rich();
  createDatanet(world, alice);
  const whole = piece("long", ...Array.from({ length: 40 }, (_, i) => 3 * i));
  const part = (from: number, to: number): Uint8Array => whole.set.subarray(8 * from, 8 * to);
  const id = bring(world, bob, 1n, whole, { fingerprints: part(0, 10) });
  const add = (index: number, fingerprints: Uint8Array) => ({
    owner: bob.text,
    contributionId: id,
    index,
    fingerprints,
  });
  const ADD = `${V1}.MsgAddFingerprints` as const;
  assert.equal(contributionOf(world.base, id)?.status, 1);
  assert.equal(world.index.senior(0, 3), undefined, "an incomplete set holds nothing");
  assert.equal(world.refusal(bob, ADD, add(2, part(10, 20)))[0], "datanet/19");
  assert.equal(world.refusal(bob, ADD, add(1, part(9, 20)))[0], "datanet/17", "9 is not above 9");
  assert.equal(world.refusal(carol, ADD, { ...add(1, part(10, 20)), owner: carol.text })[0], "datanet/8");
  assert.equal(world.do(bob, ADD, add(1, part(10, 20)), `${V1}.MsgAddFingerprintsResponse`).complete, false);
  const [code, log] = world.refusal(bob, ADD, add(2, flipped(part(20, 40), 159)));
  assert.equal(code, "datanet/18", log);
  assert.equal(world.do(bob, ADD, add(2, part(20, 40)), `${V1}.MsgAddFingerprintsResponse`).complete, true);
  assert.equal(world.refusal(bob, ADD, add(3, part(20, 40)))[0], "datanet/20");
  assert.equal(world.index.senior(0, 3 * 39), Number(id));
  assert.equal(world.rebuilt().senior(0, 3), Number(id));
});

test("an unfinished upload is given up, with its bond back and its place free", () => {
  const world = rich();
  createDatanet(world, alice);
  const whole = piece("long", 1, 2, 3, 4);
  const id = bring(world, bob, 1n, whole, { fingerprints: whole.set.subarray(0, 8) });
  const deadline = world.height + 7_200n;
  const poor = world.balance(bob);
  world.height = deadline;
  world.block();
  assert.equal(contributionOf(world.base, id)?.status, 6);
  assert.equal(world.balance(bob), poor + 1000n + 90_000n, "the bond, and nine tenths of the deposit");
  bring(world, bob, 1n, whole);
});

test("an allow-list refuses strangers until they are on it", () => {
  const world = rich();
  createDatanet(world, alice, { admission: 2, contributors: [carol.text] });
  commit(world, bob, set);
  assert.equal(world.refusal(bob, CONTRIBUTE, contribution(bob, 1n, set))[0], "datanet/9");
  const { title, cardHash, cardUri, termsHash, termsUri, mediaTypes, contentBytesMax, contributionsMax, bond } =
    creation(alice);
  const update = {
    ...{
      creator: alice.text,
      datanetId: 1n,
      title,
      cardHash,
      cardUri,
      termsHash,
      termsUri,
      mediaTypes,
      contentBytesMax,
    },
    ...{ contributionsMax, bond, treasuryBasisPoints: 500, contributors: [bob.text] },
  };
  assert.equal(world.refusal(bob, `${V1}.MsgUpdateDatanet`, { ...update, creator: bob.text })[0], "datanet/6");
  const { termsVersion } = world.do(alice, `${V1}.MsgUpdateDatanet`, update, `${V1}.MsgUpdateDatanetResponse`);
  assert.equal(termsVersion, 1, "the same terms stay the same version");
  world.do(bob, CONTRIBUTE, contribution(bob, 1n, set), `${V1}.MsgContributeResponse`);
  commit(world, carol, piece("other", 7));
  assert.equal(world.refusal(carol, CONTRIBUTE, contribution(carol, 1n, piece("other", 7)))[0], "datanet/9");
  const next = { ...update, treasuryBasisPoints: 900 };
  assert.equal(world.do(alice, `${V1}.MsgUpdateDatanet`, next, `${V1}.MsgUpdateDatanetResponse`).termsVersion, 2);
  assert.equal(
    treasuryBasisPoints(world.base, present(contributionOf(world.base, 1n), "bob's")),
    500n,
    "as consented to",
  );
});

test("two of three curators decide; a second verdict replaces the first; the bond is back either way", () => {
  const world = rich();
  createDatanet(world, alice, CURATED);
  const first = bring(world, alice, 1n, set);
  const second = bring(world, alice, 1n, piece("second", 99));
  const held = balanceOf(world.base, moduleAccounts.datanet, "utrib");
  const say = (verdict: number, reason: number) => ({
    curator: bob.text,
    contributionId: first,
    verdict,
    reason,
    note: "",
  });
  const REVIEW = `${V1}.MsgReviewContribution` as const;
  assert.equal(world.refusal(alice, REVIEW, { ...say(1, 1), curator: alice.text })[0], "datanet/7");
  assert.equal(world.refusal(bob, REVIEW, say(1, 4))[0], "datanet/23");
  assert.equal(world.refusal(bob, REVIEW, say(2, 1))[0], "datanet/23");
  assert.equal(world.refusal(bob, REVIEW, say(2, 77))[0], "datanet/23");
  assert.equal(world.refusal(bob, REVIEW, say(3, 1))[0], "datanet/1");
  assert.equal(review(world, bob, first, 2, 4), 2);
  assert.equal(review(world, bob, first, 1, 1), 2);
  assert.equal(review(world, carol, first, 1, 1), 3);
  assert.equal(world.refusal(dave, REVIEW, { ...say(1, 1), curator: dave.text })[0], "datanet/22");
  assert.equal(review(world, carol, second, 2, 4), 2);
  assert.equal(review(world, dave, second, 2, 3), 4);
  assert.equal(contributionOf(world.base, second)?.reason, 3);
  assert.equal(balanceOf(world.base, moduleAccounts.datanet, "utrib"), held - 2000n);
  bring(world, alice, 1n, piece("second", 99)); // What was rejected may come again.
});

test("a release is pinned: number, members and root stay, and nothing new makes no new one", () => {
  const world = rich();
  createDatanet(world, alice);
  const RELEASE = `${V1}.MsgPublishRelease` as const;
  assert.equal(world.refusal(alice, RELEASE, { curator: alice.text, datanetId: 1n, notes: "" })[0], "datanet/26");
  const a = bring(world, bob, 1n, set);
  const one = release(world, alice, 1n);
  assert.equal(world.refusal(alice, RELEASE, { curator: alice.text, datanetId: 1n, notes: "" })[0], "datanet/25");
  assert.equal(world.refusal(bob, RELEASE, { curator: bob.text, datanetId: 1n, notes: "" })[0], "datanet/7");
  const b = bring(world, carol, 1n, piece("b", 5));
  release(world, alice, 1n);
  withdraw(world, bob, a);
  const three = release(world, alice, 1n);
  assert.equal(three.contributions, 1);
  const members = [1, 2, 3].map((n) => [a, b].map((id) => releaseContains(world.base, 1n, n, id)));
  assert.deepEqual(members, [
    [true, false],
    [true, true],
    [false, true],
  ]);
  assert.equal(releaseContains(world.base, 1n, 4, b), false);
  const proof = world.ask(
    `/${V1}.Query/ReleaseMember`,
    `${V1}.QueryReleaseMemberRequest`,
    { datanetId: 1n, number: 1, contributionId: a },
    `${V1}.QueryReleaseMemberResponse`,
  );
  assert.ok(proof.member && verifyMerkle(one.root, proof.leaf, proof));
  const reach = world.ask(
    `/${V1}.Query/Reach`,
    `${V1}.QueryReachRequest`,
    { contributionId: a, pagination: undefined },
    `${V1}.QueryReachResponse`,
  );
  assert.deepEqual(
    reach.releases.map(({ number }) => number),
    [1, 2],
  );
});

test("a withdrawal ends the interval of activity and keeps the content from coming back", () => {
  const world = rich();
  createDatanet(world, alice);
  const id = bring(world, bob, 1n, set);
  const from = world.height;
  assert.equal(
    world.refusal(carol, `${V1}.MsgWithdrawConsent`, { owner: carol.text, contributionId: id })[0],
    "datanet/8",
  );
  withdraw(world, bob, id);
  const to = world.height;
  const stored = present(contributionOf(world.base, id), "it stays on record");
  assert.deepEqual(
    [from - 1n, from, to - 1n, to].map((height) => standAt(stored, height).stands),
    [false, true, true, false],
  );
  assert.equal(
    world.refusal(bob, `${V1}.MsgWithdrawConsent`, { owner: bob.text, contributionId: id })[0],
    "datanet/27",
  );
  commit(world, carol, set);
  assert.equal(world.refusal(carol, CONTRIBUTE, contribution(carol, 1n, set))[0], "datanet/14");
});

test("anybody funds a treasury, with money that is there", () => {
  const world = rich();
  createDatanet(world, alice);
  const fund = (amount: string, datanetId = 1n) => ({ funder: bob.text, datanetId, amount });
  const FUND = `${V1}.MsgFundDatanet` as const;
  assert.equal(world.refusal(bob, FUND, fund("0"))[0], "datanet/1");
  assert.equal(world.refusal(bob, FUND, fund("5", 2n))[0], "datanet/3");
  assert.equal(world.refusal(bob, FUND, fund((10n ** 12n).toString()))[0], "sdk/5");
  world.do(bob, FUND, fund("5"), `${V1}.MsgFundDatanetResponse`);
  assert.equal(treasuryOf(world.base, 1n), 5n);
});

test("curators are set by the creator alone, and verdicts of those who left stop counting", () => {
  const world = rich();
  createDatanet(world, alice, CURATED);
  const id = bring(world, alice, 1n, set);
  const SET = `${V1}.MsgSetCurators` as const;
  const next = { creator: alice.text, datanetId: 1n, curators: [carol.text, dave.text], threshold: 2 };
  review(world, bob, id, 1, 1);
  assert.equal(world.refusal(bob, SET, { ...next, creator: bob.text })[0], "datanet/6");
  assert.equal(world.refusal(alice, SET, { ...next, threshold: 0 })[0], "datanet/1");
  world.do(alice, SET, next, `${V1}.MsgSetCuratorsResponse`);
  assert.equal(review(world, carol, id, 1, 1), 2, "bob's verdict is no longer counted");
  assert.equal(review(world, dave, id, 1, 1), 3);
});

test("export and import are a round trip, with an upload and a commitment on their way", () => {
  const world = rich();
  createDatanet(world, alice, CURATED);
  createDatanet(world, alice, { slug: "open-one" });
  createDatanet(world, alice, { slug: "list-one", admission: 2, contributors: [bob.text, carol.text] });
  const id = bring(world, bob, 1n, set);
  review(world, carol, id, 1, 1);
  const gone = bring(world, bob, 2n, set);
  release(world, alice, 2n);
  withdraw(world, bob, gone);
  bring(world, carol, 2n, piece("long", 1, 2, 3), { fingerprints: prints(1) });
  commit(world, dave, piece("later", 8));
  const written = exported(datanet, contextOf(world));
  const people = [alice, bob, carol, dave].map(({ name, address }) => [name, balanceOf(world.base, address, "utrib")]);
  const document = genesisOf(Object.fromEntries(people) as Record<string, bigint>, { datanet: written }) as {
    app_state: { bank: { balances: unknown[] } };
  };
  const withoutAccount = parseGenesis(structuredClone(document));
  assert.ok(!isRejection(withoutAccount));
  const missing = genesisWrites(withoutAccount);
  assert.ok(
    isRejection(missing) && /moneyIsHeld/.test(String(missing.data["want"])),
    "money that is owed must be there",
  );
  const held = balanceOf(world.base, moduleAccounts.datanet, "utrib").toString();
  document.app_state.bank.balances.push({
    address: addressText("trib").format(moduleAccounts.datanet),
    coins: [{ denom: "utrib", amount: held }],
  });
  const genesis = parseGenesis(document);
  assert.ok(!isRejection(genesis));
  const writes = genesisWrites(genesis);
  assert.ok(!isRejection(writes), JSON.stringify(writes));
  const copy = rich();
  copy.base.apply([...copy.base.range({})].map(([key]) => [key, undefined] as const));
  copy.base.apply(writes);
  assert.deepEqual(exported(datanet, contextOf(copy)), written);
  assert.deepEqual(
    [...copy.base.range({ from: Uint8Array.of(0x10), to: Uint8Array.of(0x11) })],
    [...world.base.range({ from: Uint8Array.of(0x10), to: Uint8Array.of(0x11) })].concat([]),
  );
});
