import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { useNatives } from "#node/runtime/natives.js";
import { present } from "#proto/assert.js";
import { equalBytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import type { Offence, OffenceKind } from "#proto/evidence/ground.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { balanceOf, supplyOf } from "#state/modules/bank/index.js";
import { pastBlock, validatorsAt } from "#state/modules/chain/index.js";
import { person } from "#test/unit/state/world.js";
import {
  cancel,
  COIN,
  create,
  delegate,
  keyOf,
  StakingWorld,
  UNBONDING_MS,
  undelegate,
} from "#test/unit/state/modules/staking-world.js";

useNatives();
/** The default parameter: a twentieth. */
const partOf = (power: bigint): bigint => (power * COIN) / 20n;
/** Unbondings under way at most, each of which may round down by a unit. */
const ENTRIES_MAX = 7n;

const who = fc.constantFrom("ann", "bob");
const amount = fc.oneof(fc.bigInt(1n, 12n * COIN), fc.constantFrom(COIN, 5n * COIN));
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("undelegate" as const), who, amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("all" as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delegate" as const), who, amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), who, amount, back: fc.bigInt(0n, 4n) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(1_000n, UNBONDING_MS / 2n, UNBONDING_MS - 1n, UNBONDING_MS),
    }),
  },
);
const offence = fc.record({
  name: who,
  back: fc.nat({ max: 30 }),
  kind: fc.constantFrom<OffenceKind>("duplicate_vote", "duplicate_proposal", "light_client_attack"),
});

/** Each of the last heights at which a validator had power and of which evidence would still be in time. */
function heightsWithPower(world: StakingWorld, name: string): { height: bigint; time: bigint; power: bigint }[] {
  const address = validatorAddress(keyOf(name));
  const out = [];
  for (let height = world.height; height > 0n; height--) {
    const past = present(pastBlock(world.base, height), "both ages are needed to forget a height");
    if (world.time - past.time > UNBONDING_MS) break;
    const member = validatorsAt(world.base, height)?.members.find((each) => equalBytes(each.address, address));
    if (member !== undefined) out.push({ height, time: past.time, power: member.power });
  }
  return out;
}

test("after any bonding and unbonding, an infraction costs its part of the power at its height, once, to the unit", () => {
  const hit = { unbonded: 0, bonded: 0 };
  fc.assert(
    fc.property(
      fc.array(action, { minLength: 1, maxLength: 10 }),
      fc.array(offence, { minLength: 1, maxLength: 3 }),
      (actions, offences) => {
        const world = new StakingWorld(["ann", "bob"]);
        world.invariantsEvery = 5n;
        for (const name of ["ann", "bob"]) assert.equal(world.code(name, create(name, { amount: 6n * COIN })), 0);
        for (const act of actions) {
          if (act.kind === "wait") world.block([], act.ms);
          else if (act.kind === "all") world.code(act.who, undelegate(act.who, BigInt(world.of(act.who).tokens)));
          else if (act.kind === "cancel") world.code(act.who, cancel(act.who, act.amount, world.height - act.back));
          else world.code(act.who, { delegate, undelegate }[act.kind](act.who, act.amount));
        }
        const supply = supplyOf(world.base, "utrib");
        let [least, most] = [0n, 0n];
        const convicted = new Set<string>();
        const pieces = offences.flatMap(({ name, back, kind }): Offence[] => {
          const heights = heightsWithPower(world, name);
          const at = heights[back % heights.length];
          if (at === undefined) return [];
          if (!convicted.has(name)) {
            least += partOf(at.power) - ENTRIES_MAX;
            most += partOf(at.power);
            hit[world.of(name).tokens === "0" ? "unbonded" : "bonded"]++;
          }
          convicted.add(name);
          return [{ kind, validator: validatorAddress(keyOf(name)), totalPower: 22n, ...at }];
        });
        world.misbehaviour = pieces;
        world.block();
        const burned = supply - supplyOf(world.base, "utrib");
        assert.ok(burned <= most, `${burned} was burned, ${most} backed the power`);
        assert.ok(burned >= least, `${burned} was burned, ${most} backed the power`);
        world.block();
        assert.equal(supply - supplyOf(world.base, "utrib"), burned, "never twice");
        // All coins that were not burned belong to an account in the end.
        world.misbehaviour = [];
        world.untilUnbonded();
        for (const name of ["ann", "bob"]) {
          world.code(name, undelegate(name, BigInt(world.of(name).tokens) || 1n));
          world.untilUnbonded();
        }
        const fees = balanceOf(world.base, moduleAccounts.feeCollector, "utrib");
        const held = ["ann", "bob", "val0"].reduce((sum, name) => sum + world.balance(person(name)), 0n);
        assert.equal(supply - burned, held + fees + 10n * COIN, "what is nobody's is what val0 has bonded");
      },
    ),
    { seed: 7, numRuns: 24 },
  );
  assert.ok(hit.unbonded > 2 && hit.bonded > 2, JSON.stringify(hit));
});
