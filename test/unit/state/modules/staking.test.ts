import assert from "node:assert/strict";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { genesisWrites } from "#state/genesis.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { balanceOf, supplyOf } from "#state/modules/bank/index.js";
import { slashingErrors } from "#state/modules/slashing/errors.js";
import { jail, slash, status, unjail } from "#state/modules/staking/index.js";
import { stakingErrors } from "#state/modules/staking/errors.js";
import { genesisOf, person } from "../world.js";
import {
  cancel,
  COIN,
  create,
  delegate,
  edit,
  keyOf,
  ONE,
  operatorOf,
  redelegate,
  StakingWorld,
  UNBONDING_MS,
  undelegate,
  unjailMessage,
} from "./staking-world.js";

useNatives();
const pool = (world: StakingWorld, name: "bonded" | "notBonded") =>
  balanceOf(world.base, moduleAccounts[name], "utrib");
const consensus = (world: StakingWorld, name: string) => validatorAddress(world.of(name).pubKey);

test("create-validator: each thing that is wrong, by the Cosmos SDK's code", () => {
  const world = new StakingWorld(["ann"]);
  const cases: readonly (readonly [name: string, code: number, given: Parameters<typeof create>[1]])[] = [
    ["another type of key", stakingErrors.keyType.code, { keyType: "/cosmos.crypto.secp256k1.PubKey" }],
    ["a key of another length", stakingErrors.keyType.code, { key: new Uint8Array(33) }],
    ["a key that decides already", stakingErrors.keyExists.code, { key: world.of("val0").pubKey }],
    ["another denomination", 18, { denom: "ufoo" }],
    ["nothing bonded", 18, { amount: 0n }],
    ["no name", 18, { moniker: "" }],
    ["a long name", 18, { moniker: "x".repeat(71) }],
    ["somebody else's coins", 18, { delegator: person("val0").text }],
    ["a rate above all", stakingErrors.commissionHuge.code, { rates: [0n, ONE + 1n, 0n] }],
    ["a rate above its maximum", stakingErrors.commissionAboveMax.code, { rates: [2n, 1n, 0n] }],
    ["a change above the maximum", stakingErrors.changeAboveMax.code, { rates: [0n, 1n, 2n] }],
    ["no promise", 18, { min: "0" }],
    ["less than promised", stakingErrors.selfDelegationBelowMinimum.code, { amount: COIN, min: `${COIN + 1n}` }],
    ["more than it has", 5, { amount: 2_000n * COIN }],
  ];
  for (const [name, code, given] of cases) assert.equal(world.code("ann", create("ann", given)), code, name);
  assert.equal(pool(world, "notBonded"), 0n);
  assert.equal(world.code("ann", create("ann", { delegator: person("ann").text })), 0, world.last);
  assert.equal(world.code("ann", create("ann", { key: keyOf("another") })), stakingErrors.operatorExists.code);
});

test("V1: who joins in block H is announced by H + 1 and decides from H + 2; so it is with who leaves", () => {
  const world = new StakingWorld(["ann"]);
  const names = ["val0", "ann"];
  const outcome = world.block([world.tx(person("ann"), [create("ann", { amount: 5n * COIN })])]);
  assert.deepEqual(outcome.validatorUpdates, [{ pubKey: keyOf("ann"), power: 5n }]);
  assert.deepEqual(world.powers("next", names), { val0: 10n }, "header H + 1");
  assert.deepEqual(world.powers("upcoming", names), { val0: 10n, ann: 5n }, "announced by header H + 1");
  assert.deepEqual(world.block().validatorUpdates, []);
  assert.deepEqual(world.powers("next", names), { val0: 10n, ann: 5n }, "header H + 2");
  assert.equal(world.of("ann").status, status.bonded);
  assert.equal(pool(world, "bonded"), 15n * COIN);
  assert.equal(world.code("val0", undelegate("val0", 10n * COIN)), 0, world.last);
  assert.deepEqual(world.powers("next", names), { val0: 10n, ann: 5n });
  assert.deepEqual(world.powers("upcoming", names), { ann: 5n });
  world.block();
  assert.deepEqual(world.powers("next", names), { ann: 5n });
});

test("delegate and undelegate change the power; only an operator bonds, and only with its own validator", () => {
  const world = new StakingWorld(["ann", "bob"]);
  assert.equal(world.code("ann", delegate("ann", COIN)), stakingErrors.validatorNotFound.code);
  assert.equal(world.code("ann", create("ann")), 0, world.last);
  assert.equal(world.code("bob", delegate("ann", COIN, "bob")), stakingErrors.delegationNotActive.code);
  assert.match(world.last, /delegation not active/);
  assert.equal(world.code("bob", undelegate("ann", COIN, "bob")), stakingErrors.delegationNotActive.code);
  assert.equal(world.code("ann", redelegate("ann", "val0", COIN)), stakingErrors.redelegationNotActive.code);
  assert.equal(world.code("ann", delegate("ann", 2_000n * COIN)), 5);
  assert.equal(world.code("ann", delegate("ann", COIN + COIN / 2n)), 0, world.last);
  assert.deepEqual(world.powers("upcoming", ["ann"]), { ann: 6n }, "power is rounded down");
  assert.equal(world.code("ann", undelegate("ann", 7n * COIN)), stakingErrors.notEnoughShares.code);
  assert.equal(world.code("ann", undelegate("ann", COIN)), 0, world.last);
  assert.deepEqual(world.powers("upcoming", ["ann"]), { ann: 5n });
  assert.equal(world.of("ann").shares, `${(5n * COIN + COIN / 2n) * ONE}`);
});

test("unbonding takes its time to the millisecond, then pays by itself; part of it can be taken back before", () => {
  const world = new StakingWorld(["ann"]);
  world.code("ann", create("ann", { amount: 9n * COIN }));
  world.code("ann", undelegate("ann", 4n * COIN));
  const [began, at] = [world.height, world.time];
  assert.equal(pool(world, "notBonded"), 4n * COIN);
  assert.equal(world.code("ann", cancel("ann", 5n * COIN, began)), 18, "more than waits");
  assert.equal(world.code("ann", cancel("ann", COIN, began + 1n)), stakingErrors.noUnbonding.code);
  assert.equal(world.code("ann", cancel("ann", COIN, began)), 0, world.last);
  assert.deepEqual([world.of("ann").tokens, pool(world, "notBonded")], [`${6n * COIN}`, 3n * COIN]);
  const before = world.balance(person("ann"));
  // The block above, a second later, was still backed by it, and evidence of that one may come as long.
  world.block([], at + 1_000n + UNBONDING_MS - world.time);
  assert.equal(world.balance(person("ann")), before, "a millisecond early");
  const { blockEvents } = world.block([], 1n);
  assert.equal(world.balance(person("ann")), before + 3n * COIN);
  const done = blockEvents.find(({ type }) => type === "complete_unbonding")!;
  assert.deepEqual(Object.fromEntries(done.attributes.map(({ key, value }) => [key, value])), {
    amount: `${3n * COIN}utrib`,
    validator: operatorOf("ann"),
    delegator: person("ann").text,
  });
  assert.equal(world.code("ann", cancel("ann", COIN, began)), stakingErrors.noUnbonding.code);
});

test("at most seven unbondings at once; what begins in one block is one", () => {
  const world = new StakingWorld(["ann"]);
  world.code("ann", create("ann", { amount: 100n * COIN }));
  for (let i = 0; i < 7; i++) {
    assert.equal(world.code("ann", undelegate("ann", 1n), undelegate("ann", 2n)), 0, world.last);
  }
  assert.equal(world.code("ann", undelegate("ann", 1n)), stakingErrors.maxUnbondings.code);
  assert.equal(pool(world, "notBonded"), 21n);
});

test("who keeps less than promised is jailed and leaves; unbonded after its time, it pays out at once", () => {
  const world = new StakingWorld(["ann"]);
  world.code("ann", create("ann", { amount: 9n * COIN, min: `${8n * COIN}` }));
  assert.equal(world.code("ann", undelegate("ann", 2n * COIN)), 0, world.last);
  assert.deepEqual([world.of("ann").jailed, world.of("ann").status], [true, status.unbonding]);
  assert.deepEqual(world.powers("upcoming", ["val0", "ann"]), { val0: 10n });
  assert.equal(world.code("ann", cancel("ann", COIN, world.height - 1n)), stakingErrors.validatorJailed.code);
  world.untilUnbonded();
  assert.equal(world.of("ann").status, status.unbonded);
  const before = world.balance(person("ann"));
  assert.equal(world.code("ann", undelegate("ann", 7n * COIN)), 0, world.last);
  assert.equal(world.balance(person("ann")), before + 7n * COIN - 5_000n);
  assert.deepEqual([world.of("ann").tokens, world.of("ann").shares, pool(world, "notBonded")], ["0", "0", 0n]);
});

test("out-ranked is out, and back when there is room; equal powers stand by operator", () => {
  const params = { unbonding_ms: `${UNBONDING_MS}`, max_validators: 2, max_entries: 7, min_commission_rate: "0" };
  const document = genesisOf({}) as { app_state: { staking: object } };
  const world = new StakingWorld(["ann", "bob", "cat"], { staking: { ...document.app_state.staking, params } });
  const names = ["val0", "ann", "bob", "cat"];
  for (const [i, name] of ["ann", "bob", "cat"].entries()) {
    assert.equal(world.code(name, create(name, { amount: BigInt(4 + i) * COIN })), 0, world.last);
  }
  assert.deepEqual(world.powers("upcoming", names), { val0: 10n, cat: 6n });
  assert.deepEqual([world.of("ann").status, world.of("bob").status], [status.unbonding, status.unbonding]);
  world.code("bob", delegate("bob", COIN));
  const first = Buffer.compare(person("bob").address, person("cat").address) < 0 ? "bob" : "cat";
  assert.deepEqual(world.powers("upcoming", names), { val0: 10n, [first]: 6n });
  world.code("val0", undelegate("val0", 10n * COIN));
  assert.deepEqual(world.powers("upcoming", names), { bob: 6n, cat: 6n });
});

test("edit-validator: a commission once a day within its promises, a minimum that only grows, words", () => {
  const world = new StakingWorld(["ann"]);
  assert.equal(world.code("ann", edit("ann", { moniker: "x" })), stakingErrors.validatorNotFound.code);
  world.code("ann", create("ann"));
  const rate = ONE / 10n;
  assert.equal(world.code("ann", edit("ann", { rate })), stakingErrors.commissionTooSoon.code);
  world.block([], 86_400_000n);
  assert.equal(world.code("ann", edit("ann", { rate: ONE / 4n })), stakingErrors.commissionAboveMax.code);
  assert.equal(world.code("ann", edit("ann", { rate: ONE / 5n })), stakingErrors.commissionChange.code);
  assert.equal(world.code("ann", edit("ann", { rate: rate + ONE / 100n })), 0, world.last);
  assert.equal(world.code("ann", edit("ann", { rate })), stakingErrors.commissionTooSoon.code);
  assert.equal(world.code("ann", edit("ann", { min: "1" })), stakingErrors.minSelfDelegationDecreased.code);
  assert.equal(world.code("ann", edit("ann", { min: `${6n * COIN}` })), stakingErrors.selfDelegationBelowMinimum.code);
  assert.equal(world.code("ann", edit("ann", { min: `${4n * COIN}`, details: "a validator" })), 0, world.last);
  assert.equal(world.code("ann", edit("ann", { details: "x".repeat(281) })), 18);
  const { description, minSelfDelegation, commissionRate } = world.of("ann");
  assert.deepEqual([description?.moniker, description?.details], ["ann", "a validator"]);
  assert.deepEqual([minSelfDelegation, commissionRate], [`${4n * COIN}`, rate + ONE / 100n]);
});

test("a slash burns what was there at the infraction: first of what began to unbond since, then of the tokens", () => {
  const world = new StakingWorld(["ann"]);
  world.code("ann", create("ann", { amount: 10n * COIN }));
  world.code("ann", undelegate("ann", COIN + 1n));
  world.block(); // The last one that was backed by it.
  const infraction = world.height + 1n;
  world.code("ann", undelegate("ann", 3n * COIN + 7n));
  const supply = supplyOf(world.base, "utrib");
  let burned = 0n;
  const validator = consensus(world, "ann");
  world.meanwhile((context) => {
    burned = slash(context, { validator, height: infraction, power: 9n, fraction: ONE / 20n });
  });
  // Of 9 coins a twentieth; of the 3000007 that began to unbond since, a twentieth, rounded down, is part of it.
  assert.equal(burned, 450_000n);
  assert.equal(supplyOf(world.base, "utrib"), supply - burned);
  assert.equal(pool(world, "notBonded"), 4n * COIN + 8n - 150_000n);
  assert.equal(world.of("ann").tokens, `${6n * COIN - 8n - 300_000n}`);
  assert.deepEqual(world.powers("upcoming", ["ann"]), { ann: 5n });
  assert.equal(world.of("ann").shares, `${(6n * COIN - 8n) * ONE}`, "no share is taken");
  const before = world.balance(person("ann"));
  assert.equal(world.code("ann", undelegate("ann", 6n * COIN - 8n - 300_000n)), 0, world.last);
  world.untilUnbonded();
  assert.equal(
    world.balance(person("ann")) - before + 5_000n,
    10n * COIN - burned,
    "the rest comes back to the last unit",
  );
});

test("a slash takes no more than there is, and strangers have nothing", () => {
  const world = new StakingWorld(["ann"]);
  world.code("ann", create("ann", { amount: 2n * COIN }));
  const validator = consensus(world, "ann");
  const burned: bigint[] = [];
  world.meanwhile((context) => {
    burned.push(slash(context, { validator: new Uint8Array(20), height: 1n, power: 5n, fraction: ONE }));
    burned.push(slash(context, { validator, height: 1n, power: 500n, fraction: ONE }));
  });
  assert.deepEqual(burned, [0n, 2n * COIN]);
  assert.deepEqual(world.powers("upcoming", ["val0", "ann"]), { val0: 10n });
  assert.equal(world.code("ann", delegate("ann", COIN)), stakingErrors.exchangeRate.code);
});

test("jailed is out two heights later, unjailed back; a key that left is never anybody's again", () => {
  const world = new StakingWorld(["ann", "bob"]);
  world.code("ann", create("ann"));
  const validator = consensus(world, "ann");
  world.meanwhile(({ view }) => jail(view, validator));
  assert.deepEqual(world.powers("upcoming", ["val0", "ann"]), { val0: 10n });
  assert.equal(world.of("ann").status, status.unbonding);
  world.meanwhile(({ view }) => unjail(view, validator));
  assert.deepEqual(world.powers("upcoming", ["val0", "ann"]), { val0: 10n, ann: 5n });
  assert.equal(pool(world, "bonded"), 15n * COIN);
  world.code("ann", undelegate("ann", 5n * COIN));
  world.untilUnbonded();
  assert.equal(world.code("bob", create("bob", { key: keyOf("ann") })), stakingErrors.keyExists.code);
});

test("evidence slashes, jails and tombstones; unjail brings back who kept too little, and never the convicted", () => {
  const world = new StakingWorld(["ann", "bob"]);
  world.code("ann", create("ann", { amount: 10n * COIN, min: `${8n * COIN}` }));
  world.code("bob", create("bob"));
  assert.equal(world.code("ann", unjailMessage("ann")), slashingErrors.notJailed.code);
  world.code("ann", undelegate("ann", 3n * COIN));
  assert.equal(world.code("ann", unjailMessage("ann")), slashingErrors.selfDelegationTooLow.code);
  world.code("ann", delegate("ann", COIN));
  assert.equal(world.code("bob", unjailMessage("ann")), 8, "only its operator signs for it");
  assert.equal(world.code("ann", unjailMessage("ann")), 0, world.last);
  assert.deepEqual(world.powers("upcoming", ["ann"]), { ann: 8n });
  const supply = supplyOf(world.base, "utrib");
  const validator = consensus(world, "bob");
  const { height, time } = world;
  world.misbehaviour = [{ kind: "duplicate_vote", validator, power: 5n, totalPower: 15n, height, time }];
  world.block();
  world.block();
  world.misbehaviour = [];
  assert.equal(supplyOf(world.base, "utrib"), supply - COIN / 4n, "a twentieth of 5 coins, once");
  assert.deepEqual(world.powers("upcoming", ["val0", "ann", "bob"]), { val0: 10n, ann: 8n });
  assert.equal(world.code("bob", unjailMessage("bob")), slashingErrors.tombstoned.code);
});

test("the set is never empty: the last validator may not leave; jailed and slashed, it decides until another one may", () => {
  const world = new StakingWorld(["ann"]);
  const validator = consensus(world, "val0");
  assert.equal(world.code("val0", undelegate("val0", 10n * COIN)), stakingErrors.lastValidator.code);
  assert.equal(world.code("val0", undelegate("val0", 9n * COIN + 1n)), stakingErrors.lastValidator.code);
  assert.equal(world.code("val0", undelegate("val0", 4n * COIN)), 0, world.last);
  const { validatorUpdates } = world.meanwhile((context) => {
    slash(context, { validator, height: context.block.height, power: 6n, fraction: ONE / 2n });
    jail(context.view, validator);
  });
  assert.deepEqual(validatorUpdates, []);
  assert.deepEqual(world.powers("upcoming", ["val0"]), { val0: 6n }, "as consensus was told");
  assert.equal(world.code("val0", undelegate("val0", COIN)), stakingErrors.lastValidator.code);
  world.code("ann", create("ann"));
  assert.deepEqual(world.powers("upcoming", ["val0", "ann"]), { ann: 5n });
  assert.equal(world.of("val0").status, status.unbonding);
});

test("genesis: what does not fit the document's validators, the pools or the evidence age is refused by its place", () => {
  type State = Record<"params" | "validators" | "last_validator_powers", never>;
  const refusal = (change: (staking: State) => object): string => {
    const { staking } = (genesisOf({}) as { app_state: { staking: State } }).app_state;
    const genesis = parseGenesis(genesisOf({}, { staking: change(staking) }));
    assert.ok(!isRejection(genesis));
    const writes = genesisWrites(genesis);
    return isRejection(writes) ? `${String(writes.data["field"])}: ${String(writes.data["want"])}` : "good";
  };
  const first = (list: unknown, change: object) => [{ ...(list as object[])[0], ...change }];
  assert.equal(
    refusal((staking) => staking),
    "good",
  );
  assert.match(
    refusal(({ params, ...rest }) => ({ ...rest, params: { ...(params as object), unbonding_ms: "1" } })),
    /evidence age/,
  );
  assert.match(
    refusal(({ validators, ...rest }) => ({ ...rest, validators: first(validators, { tokens: "1" }) })),
    /poolsEqualStakes/,
  );
  assert.match(
    refusal(({ validators, ...rest }) => ({ ...rest, validators: first(validators, { shares: "1" }) })),
    /shares/,
  );
  assert.match(
    refusal(({ validators, ...rest }) => ({ ...rest, validators: first(validators, { status: 1 }) })),
    /status|pool/,
  );
  assert.match(
    refusal(({ last_validator_powers: powers, ...rest }) => ({
      ...rest,
      last_validator_powers: first(powers, { power: "9" }),
    })),
    /bonded with its power 10/,
  );
  assert.match(
    refusal(() => ({})),
    /params/,
  );
});
