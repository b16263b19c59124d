import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import type { Messages } from "#proto/codec/message.js";
import { contributionOf } from "#state/modules/datanet/index.js";
import {
  canOpen,
  canRedeem,
  feeSharesOf,
  isEligible,
  model,
  ownerOfVersion,
  versionOf,
} from "#state/modules/model/index.js";
import { gasMeter, metered } from "#state/store/meter.js";
import { View } from "#state/store/view.js";
import { addressText } from "#state/modules/chain/index.js";
import { isRejection } from "#proto/rejection.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { exported, genesisOf, person, TEST_CHAIN, type Person } from "../world.js";
import { any, bring, createDatanet, DatanetWorld, hash, piece, release, withdraw } from "./datanet-world.js";

const [alice, bob, carol] = ["alice", "bob", "carol"].map(person) as [Person, Person, Person];
const V1 = "tributary.model.v1";
const PUBLISH = `${V1}.MsgPublishVersion` as const;
type Publish = Messages[typeof PUBLISH];
const rich = (): DatanetWorld => new DatanetWorld({ alice: 10n ** 12n, bob: 10n ** 12n, carol: 10n ** 12n });

const fees = (over: Partial<NonNullable<Publish["fees"]>> = {}): NonNullable<Publish["fees"]> => ({
  ...{ contributorBasisPoints: 3000, providerBasisPoints: 2000, royaltyBasisPoints: 0 },
  ...{ pricePerCall: 100n, pricePerInputToken: 1n, pricePerOutputToken: 2n },
  ...over,
});

const registration = (owner: Person, slug: string) => ({
  ...{ owner: owner.text, slug, title: "A model", cardHash: hash("card"), cardUri: "" },
});

function register(world: DatanetWorld, owner: Person, slug: string): bigint {
  const value = registration(owner, slug);
  return world.do(owner, `${V1}.MsgRegisterModel`, value, `${V1}.MsgRegisterModelResponse`).modelId;
}

const version = (owner: Person, modelId: bigint, over: Partial<Publish> = {}): Publish => ({
  ...{ owner: owner.text, modelId, label: "v", weightsHash: hash("weights"), weightsBytes: 10n, format: "ngram" },
  ...{ method: "count", configHash: hash("config"), manifestHash: hash("manifest"), parents: [], releases: [] },
  carryOver: undefined,
  fees: fees(),
  ...over,
});

function publish(world: DatanetWorld, owner: Person, modelId: bigint, over: Partial<Publish> = {}): bigint {
  return world.do(owner, PUBLISH, version(owner, modelId, over), `${V1}.MsgPublishVersionResponse`).versionId;
}

function setStage(world: DatanetWorld, owner: Person, versionId: bigint, stage: number): void {
  world.do(owner, `${V1}.MsgSetStage`, { owner: owner.text, versionId, stage }, `${V1}.MsgSetStageResponse`);
}

const parent = (versionId: bigint, relation = 1) => ({ versionId, relation });

/** Datanet 1 of alice with one contribution of bob, released; model 1 of carol. */
function released(): { world: DatanetWorld; contributionId: bigint } {
  const world = rich();
  createDatanet(world, alice);
  const contributionId = bring(world, bob, 1n, piece("a", 1, 2, 3));
  release(world, alice, 1n);
  register(world, carol, "small");
  return { world, contributionId };
}

test("a slug is taken once", () => {
  const world = rich();
  assert.equal(world.refusal(carol, `${V1}.MsgRegisterModel`, registration(carol, "-"))[0], "model/1");
  register(world, carol, "small");
  assert.equal(world.refusal(bob, `${V1}.MsgRegisterModel`, registration(bob, "small"))[0], "model/2");
});

const wrong: readonly (readonly [name: string, over: Partial<Publish>, code: string, words: RegExp])[] = [
  ["an unknown model", { modelId: 7n }, "model/3", /7/],
  ["no fee rules", { fees: undefined }, "model/1", /fees/],
  ["a small contributor pool", { fees: fees({ contributorBasisPoints: 999 }) }, "poa/", /contributor/],
  [
    "shares above the fee",
    { fees: fees({ contributorBasisPoints: 6000, providerBasisPoints: 3501 }) },
    "poa/",
    /provider/,
  ],
  ["a royalty that is too small", { fees: fees({ royaltyBasisPoints: 49 }) }, "model/15", /49/],
  ["a royalty above the cap", { fees: fees({ royaltyBasisPoints: 6001 }) }, "model/1", /royalty/],
  ["an unknown parent", { parents: [parent(9n)] }, "model/4", /parents\[0\]/],
  ["a parent twice", { parents: [parent(1n), parent(1n, 2)] }, "model/6", /parents\[1\]/],
  ["an unknown relation", { parents: [parent(1n, 6)] }, "model/8", /relation: 6/],
  ["a revoked parent", { parents: [parent(2n)] }, "model/7", /version_id: 2/],
  ["an unknown release", { releases: [{ datanetId: 1n, number: 2 }] }, "model/10", /releases\[0\]/],
  ["a release twice", { releases: [1, 1].map((number) => ({ datanetId: 1n, number })) }, "model/9", /releases\[1\]/],
  ["a carry-over of no version", { carryOver: { versionId: 9n, blocks: 5n } }, "model/1", /carry_over.version_id/],
  ["another model's version", { carryOver: { versionId: 3n, blocks: 5n } }, "model/1", /carry_over.version_id/],
  ["a carry-over for no time", { carryOver: { versionId: 1n, blocks: 0n } }, "model/1", /carry_over.blocks/],
  ["one for ever", { carryOver: { versionId: 1n, blocks: 315_360_001n } }, "model/1", /carry_over.blocks/],
  ["short weights", { weightsHash: new Uint8Array(31) }, "model/1", /weights_hash/],
];
test("a version is refused by the field that is wrong", () => {
  const { world } = released();
  publish(world, carol, 1n);
  setStage(world, carol, publish(world, carol, 1n), 5);
  publish(world, bob, register(world, bob, "other"));
  const before = exported(model, contextOf(world));
  for (const [name, over, code, words] of wrong) {
    const [have, log] = world.refusal(carol, PUBLISH, version(carol, 1n, over));
    assert.ok(have.startsWith(code), `${name}: ${have} ${log}`);
    assert.match(log, words, name);
  }
  assert.equal(world.refusal(bob, PUBLISH, version(bob, 1n))[0], "model/5");
  assert.deepEqual(exported(model, contextOf(world)), before);
});

const contextOf = (world: DatanetWorld) => ({
  ...{ view: world.base, height: world.height, time: world.time, chainId: TEST_CHAIN },
  ...{ address: addressText("trib"), fingerprints: world.index },
});

test("eligible is what was committed before the version, in its releases or its ancestors'", () => {
  const { world, contributionId } = released();
  const base = publish(world, carol, 1n, { releases: [{ datanetId: 1n, number: 1 }] });
  const child = publish(world, carol, 1n, { parents: [parent(base)] });
  const stranger = publish(world, carol, 1n);
  const later = bring(world, bob, 1n, piece("b", 9));
  release(world, alice, 1n);
  const grown = publish(world, carol, 1n, { parents: [parent(child)], releases: [{ datanetId: 1n, number: 2 }] });
  const eligible = (id: bigint) =>
    [contributionId, later].map((c) =>
      isEligible(world.base, id, present(contributionOf(world.base, c), "brought"), world.height),
    );
  assert.deepEqual([base, child, stranger, grown].map(eligible), [
    [true, false],
    [true, false],
    [false, false],
    [true, true],
  ]);
  withdraw(world, bob, contributionId);
  const [code] = world.refusal(carol, PUBLISH, version(carol, 1n, { releases: [{ datanetId: 1n, number: 2 }] }));
  assert.equal(code, "model/11", "a release with withdrawn consent takes no new version");
  release(world, alice, 1n);
  const clean = publish(world, carol, 1n, { releases: [{ datanetId: 1n, number: 3 }] });
  assert.deepEqual(eligible(clean), [false, true]);
  const reach = world.ask(
    `/${V1}.Query/Reach`,
    `${V1}.QueryReachRequest`,
    { contributionId, afterVersionId: 0n, limit: 0 },
    `${V1}.QueryReachResponse`,
  );
  assert.deepEqual(
    reach.versions.map(({ versionId, direct }) => [versionId, direct]),
    [
      [base, true],
      [child, false],
      [grown, true],
    ],
  );
});

test("royalties stack over the lineage, each ancestor once by two paths, refused above 60 %", () => {
  const { world } = released();
  const root = publish(world, carol, 1n, { fees: fees({ royaltyBasisPoints: 2000 }) });
  const left = publish(world, carol, 1n, { parents: [parent(root)], fees: fees({ royaltyBasisPoints: 2000 }) });
  const right = publish(world, carol, 1n, { parents: [parent(root)], fees: fees({ royaltyBasisPoints: 2000 }) });
  const merged = publish(world, carol, 1n, {
    parents: [parent(left, 3), parent(right, 3)],
    fees: fees({ royaltyBasisPoints: 50 }),
  });
  assert.deepEqual(
    feeSharesOf(world.base, merged).royalties,
    [root, left, right].map((versionId) => ({ versionId, basisPoints: 2000n })),
  );
  const [code, log] = world.refusal(carol, PUBLISH, version(carol, 1n, { parents: [parent(merged)] }));
  assert.match(code, /^poa\//, log);
  assert.match(log, /6050/);
});

test("64 parents and a long lineage: the reads of one use do not grow with them", () => {
  const world = rich();
  createDatanet(world, alice);
  const ids = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => {
    const id = bring(world, bob, 1n, piece(`p${i}`, i, 100 + i));
    release(world, alice, 1n);
    return id;
  });
  register(world, carol, "small");
  const reads = (versionId: bigint, id: bigint): number => {
    let count = 0;
    const view = metered(new View(world.base), { ...gasMeter(() => undefined), read: () => count++ });
    assert.ok(isEligible(view, versionId, present(contributionOf(world.base, id), "brought"), world.height));
    return count;
  };
  let tip = publish(world, carol, 1n, { releases: ids.map((_, i) => ({ datanetId: 1n, number: i + 1 })) });
  const shallow = reads(tip, ids[4]!);
  const nodes = (): number =>
    [...world.base.range({ from: Uint8Array.of(0x11, 0x26), to: Uint8Array.of(0x11, 0x27) })].length;
  const stored = nodes();
  const many = (versions: readonly Publish[]): bigint[] => {
    const first = tip + 1n;
    const result = world.run(
      carol,
      versions.map((value) => any(PUBLISH, value)),
      { gas: 100_000_000n },
    );
    assert.equal(result.code, 0, result.log);
    return versions.map((_, i) => first + BigInt(i));
  };
  for (let rounds = 0; rounds < 4; rounds++) {
    const below = tip;
    const line = Array.from({ length: 50 }, (_, i) => version(carol, 1n, { parents: [parent(below + BigInt(i))] }));
    tip = present(many(line).at(-1), "50 versions");
  }
  const one = version(carol, 1n, { releases: [{ datanetId: 1n, number: 1 }] });
  const siblings = many(Array.from({ length: 63 }, () => one));
  const wide = publish(world, carol, 1n, { parents: [tip, ...siblings].map((id) => parent(id, 3)) });
  assert.equal(reads(wide, ids[4]!), shallow);
  assert.equal(nodes(), stored, "descendants share the set of their ancestors");
  assert.equal(versionOf(world.base, wide)?.depth, 201);
  assert.equal(versionOf(world.base, wide)?.eligibleReleases, 8);
});

test("releases come from at most 64 datanets, inherited ones included", () => {
  const world = rich();
  world.invariantsEvery = 1_000n;
  register(world, carol, "small");
  const releases = Array.from({ length: 65 }, (_, i) => {
    const datanetId = createDatanet(world, alice, { slug: `net-${i}` });
    bring(world, bob, datanetId, piece(`${i}`, i + 1));
    release(world, alice, datanetId);
    return { datanetId, number: 1 };
  });
  const first = publish(world, carol, 1n, { releases: releases.slice(0, 64) });
  const inherited = { parents: [parent(first)], releases: releases.slice(64) };
  assert.equal(world.refusal(carol, PUBLISH, version(carol, 1n, inherited))[0], "model/16");
  const carried = { carryOver: { versionId: first, blocks: 5n }, releases: releases.slice(64) };
  assert.equal(world.refusal(carol, PUBLISH, version(carol, 1n, carried))[0], "model/16");
  assert.equal(versionOf(world.base, first + 1n), undefined);
  publish(world, carol, 1n, { parents: [parent(first)], releases: releases.slice(0, 1) });
});

test("stages are a history with who and when; what was in production at a time is a query", () => {
  const { world } = released();
  const id = publish(world, carol, 1n);
  const SET = `${V1}.MsgSetStage` as const;
  const at = (time: bigint): bigint[] =>
    world
      .ask(
        `/${V1}.Query/ProductionAt`,
        `${V1}.QueryProductionAtRequest`,
        { modelId: 1n, time, pagination: undefined },
        `${V1}.QueryProductionAtResponse`,
      )
      .versions.map((row) => row.id);
  const uses = () => [canOpen, canRedeem].map((can) => can(present(versionOf(world.base, id), "published")));
  assert.deepEqual(uses(), [false, false]);
  assert.equal(world.refusal(bob, SET, { owner: bob.text, versionId: id, stage: 3 })[0], "model/5");
  assert.equal(world.refusal(carol, SET, { owner: carol.text, versionId: id, stage: 6 })[0], "model/13");
  assert.equal(world.refusal(carol, SET, { owner: carol.text, versionId: id, stage: 1 })[0], "model/14");
  const before = world.time;
  setStage(world, carol, id, 3);
  const during = world.time;
  assert.deepEqual(uses(), [true, true]);
  setStage(world, carol, id, 4);
  assert.deepEqual(uses(), [false, true]);
  setStage(world, carol, id, 3);
  setStage(world, carol, id, 5);
  assert.equal(
    world.refusal(carol, SET, { owner: carol.text, versionId: id, stage: 3 })[0],
    "model/14",
    "revoked is final",
  );
  assert.deepEqual([at(before), at(during), at(during + 1000n), at(during + 2000n), at(0n)], [[], [id], [], [id], []]);
});

test("evaluations say who stands behind them", () => {
  const { world } = released();
  const id = publish(world, carol, 1n);
  const EVALUATE = `${V1}.MsgRecordEvaluation` as const;
  const row = (who: Person, value: string) => ({
    ...{ evaluator: who.text, versionId: id, benchmark: "held-out", datasetHash: hash("set"), metric: "perplexity" },
    ...{ value, evidenceHash: hash("evidence") },
  });
  for (const bad of ["", "1.", "01", "+1", "1e3", " 1", "0x1", "1.1234567890123456789"]) {
    assert.equal(world.refusal(carol, EVALUATE, row(carol, bad))[0], "model/1", bad);
  }
  assert.equal(world.refusal(carol, EVALUATE, { ...row(carol, "1"), versionId: 9n })[0], "model/4");
  for (const who of [carol, bob]) world.do(who, EVALUATE, row(who, "-12.5"), `${V1}.MsgRecordEvaluationResponse`);
  const asked = world.ask(
    `/${V1}.Query/Evaluations`,
    `${V1}.QueryEvaluationsRequest`,
    { versionId: id, pagination: undefined },
    `${V1}.QueryEvaluationsResponse`,
  );
  assert.deepEqual(
    asked.evaluations.map(({ label }) => label),
    [1, 2],
  );
});

test("a model and all its versions change hands; modules and the owner itself take none", () => {
  const { world } = released();
  const id = publish(world, carol, 1n);
  const TRANSFER = `${V1}.MsgTransferModel` as const;
  const to = (newOwner: string) => ({ owner: carol.text, modelId: 1n, newOwner });
  for (const bad of ["x", carol.text, addressText("trib").format(moduleAccounts.payout)]) {
    assert.equal(world.refusal(carol, TRANSFER, to(bad))[0], "model/1");
  }
  assert.equal(world.refusal(bob, TRANSFER, { ...to(bob.text), owner: bob.text })[0], "model/5");
  world.do(carol, TRANSFER, to(bob.text), `${V1}.MsgTransferModelResponse`);
  assert.equal(ownerOfVersion(world.base, id), bob.text);
  assert.equal(world.refusal(carol, PUBLISH, version(carol, 1n))[0], "model/5");
  publish(world, bob, 1n);
});

test("an amendment is refused by name while consent cannot be recorded", () => {
  const { world } = released();
  const id = publish(world, carol, 1n);
  const AMEND = `${V1}.MsgAmendLineage` as const;
  const value = { owner: carol.text, versionId: id, parents: [], releases: [{ datanetId: 1n, number: 1 }] };
  const [code, log] = world.refusal(carol, AMEND, value);
  assert.equal(code, "model/12");
  assert.match(log, /publish a new version/);
  assert.equal(world.refusal(bob, AMEND, { ...value, owner: bob.text })[0], "model/5");
});

test("export and import are a round trip, sets and royalties included", () => {
  const { world } = released();
  const root = publish(world, carol, 1n, {
    releases: [{ datanetId: 1n, number: 1 }],
    fees: fees({ royaltyBasisPoints: 500 }),
  });
  setStage(world, carol, publish(world, carol, 1n, { parents: [parent(root)] }), 3);
  publish(world, carol, 1n, { carryOver: { versionId: root, blocks: 9n } });
  const written = exported(model, contextOf(world));
  const view = new View(world.base);
  const own = [...world.base.range({ from: Uint8Array.of(0x11), to: Uint8Array.of(0x12) })];
  for (const [key] of own) view.delete(key);
  const document = parseGenesis(genesisOf({}));
  assert.ok(!isRejection(document));
  const genesis = { view, genesis: document, address: addressText("trib") };
  const broken = structuredClone(written) as { versions: { version: { eligible_root: string } }[] };
  broken.versions[1]!.version.eligible_root = "";
  assert.ok(isRejection(model.initGenesis(genesis, broken)));
  const fresh = new View(world.base);
  for (const [key] of own) fresh.delete(key);
  assert.equal(model.initGenesis({ ...genesis, view: fresh }, written), undefined);
  const copy = [...fresh.range({ from: Uint8Array.of(0x11), to: Uint8Array.of(0x12) })];
  const ids = (rows: typeof own) => rows.filter(([key]) => key.length > 2);
  assert.deepEqual(ids(copy), ids(own));
  assert.deepEqual(exported(model, { ...contextOf(world), view: fresh }), written);
});
