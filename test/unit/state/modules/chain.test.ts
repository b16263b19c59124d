import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Validator } from "#proto/types/validators.js";
import {
  nextValidators,
  pastBlock,
  turnValidators,
  upcomingValidators,
  validatorsAt,
} from "#state/modules/chain/index.js";
import { pasts, pastSets } from "#state/modules/chain/keys.js";
import { View } from "#state/store/view.js";
import { World } from "../world.js";

const joiner: Validator = { pubKey: sha256(utf8("a joining validator")), power: 7n };

/** The effect of a block's updates on the state. They have no stake behind them, so invariants are not checked. */
function update(world: World, ...updates: readonly Validator[]): void {
  world.invariantsEvery = 1_000_000n;
  world.block();
  const view = new View(world.base);
  turnValidators(view, updates);
  world.base.apply(view.writes());
}

/** A world whose evidence expires after 3 blocks and 5 seconds. */
function shortLived(): World {
  return new World({ alice: 1n }, {}, { max_age_num_blocks: "3", max_age_duration_ms: "5000", max_bytes: "1048576" });
}

const counts = (world: World) => [...pasts.range(world.base)].length;

test("V1: the set of a height is fixed two heights ahead; it comes next, and then applies", () => {
  const world = new World({ alice: 1n });
  const [first] = nextValidators(world.base).members;
  assert.deepEqual(upcomingValidators(world.base).members.length, 1);
  update(world, joiner);
  assert.equal(nextValidators(world.base).members.length, 1, "H + 1 is decided by the set that H announced");
  const announced = upcomingValidators(world.base);
  assert.equal(announced.members.length, 2);
  world.block();
  assert.deepEqual(nextValidators(world.base), announced, "what was announced applies");
  update(world, { pubKey: first!.pubKey, power: 0n });
  assert.deepEqual(
    upcomingValidators(world.base).members.map(({ power }) => power),
    [7n],
  );
});

test("an update that V2 refuses is a bug of the module that made it", () => {
  const world = new World({ alice: 1n });
  assert.throws(() => turnValidators(new View(world.base), [{ ...joiner, power: 0n }]), /validator updates/);
});

test("the past is kept: time, hash and set of each height, a set once for all heights that it decided", () => {
  const world = new World({ alice: 1n });
  const before = nextValidators(world.base);
  world.block();
  update(world, joiner);
  for (let i = 0; i < 3; i++) world.block();
  const powers = (height: bigint) => validatorsAt(world.base, height)?.members.map(({ power }) => power);
  assert.equal(world.height, 5n);
  assert.deepEqual([1n, 2n, 3n, 4n, 5n].map(powers), [[10n], [10n], [10n], [10n, 7n], [10n, 7n]]);
  assert.deepEqual(validatorsAt(world.base, 3n)!.members[0]!.pubKey, before.members[0]!.pubKey);
  assert.deepEqual(pastBlock(world.base, 2n)?.hash, sha256(utf8("block 2")));
  assert.equal(pastBlock(world.base, 5n)?.time, world.time);
  assert.equal(pastBlock(world.base, 6n), undefined);
  assert.equal(validatorsAt(world.base, 6n), undefined);
  assert.equal([...pastSets.range(world.base)].length, 2);
});

test("E2: a height is forgotten when it is too old in blocks and in time, not in one of them", () => {
  const many = shortLived();
  for (let i = 0; i < 10; i++) many.block([], 10n);
  assert.equal(counts(many), 10, "old in blocks alone");
  const long = shortLived();
  for (let i = 0; i < 3; i++) long.block([], 60_000n);
  assert.equal(counts(long), 3, "old in time alone");
  long.block([], 60_000n);
  long.block([], 60_000n);
  assert.equal(pastBlock(long.base, 1n), undefined);
  assert.notEqual(pastBlock(long.base, 2n), undefined);
});

test("a backlog is forgotten in bounded steps, and a set goes with the last height that it decided", () => {
  const world = shortLived();
  world.block([], 10n);
  update(world, joiner);
  for (let i = 0; i < 8; i++) world.block([], 10n);
  assert.equal(counts(world), 10);
  world.block([], 60_000n);
  assert.equal(counts(world), 9, "two go, one comes");
  assert.deepEqual(
    [...pastSets.range(world.base)].map(([[from]]) => from),
    [1n, 4n],
  );
  world.block([], 10n);
  assert.deepEqual(
    [...pastSets.range(world.base)].map(([[from]]) => from),
    [4n],
  );
  for (let i = 0; i < 9; i++) world.block([], 10n);
  assert.ok(counts(world) < 12);
  assert.equal(validatorsAt(world.base, world.height)!.members.length, 2);
});
