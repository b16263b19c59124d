import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { useNatives } from "#node/runtime/natives.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { supplyOf } from "#state/modules/bank/index.js";
import { upcomingValidators } from "#state/modules/chain/index.js";
import { byConsensus, validators } from "#state/modules/staking/keys.js";
import { jail, slash, unjail } from "#state/modules/staking/index.js";
import { person } from "#test/unit/state/world.js";
import {
  cancel,
  COIN,
  create,
  delegate,
  ONE,
  StakingWorld,
  UNBONDING_MS,
  undelegate,
} from "#test/unit/state/modules/staking-world.js";

useNatives();
const NAMES = ["val0", "ann", "bob", "cat", "dan"];
const name = fc.constantFrom(...NAMES);
const amount = fc.oneof(fc.bigInt(1n, 30n * COIN), fc.bigInt(1n, 3n * COIN), fc.constant(COIN));
const action = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), name, amount }),
  fc.record({ kind: fc.constant("delegate" as const), name, amount }),
  fc.record({ kind: fc.constant("undelegate" as const), name, amount }),
  fc.record({ kind: fc.constant("cancel" as const), name, amount, back: fc.bigInt(0n, 6n) }),
  fc.record({ kind: fc.constant("slash" as const), name, back: fc.bigInt(0n, 6n), fraction: fc.bigInt(0n, ONE) }),
  fc.record({ kind: fc.constant("jail" as const), name }),
  fc.record({ kind: fc.constant("unjail" as const), name }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1n, UNBONDING_MS / 2n, UNBONDING_MS) }),
);

/**
 * The world itself checks all invariants behind each block: pools, shares, ranks, queues, and that the set is what was
 * told. Here: that coins only ever leave by slashes, and that the set is what its members have bonded.
 */
test("joins, leaves, changes of power and slashes in any order: not a unit is lost, and the set is who has most", () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(action, { minLength: 5, maxLength: 20 }), (actions) => {
      const world = new StakingWorld(NAMES.slice(1));
      const start = supplyOf(world.base, "utrib");
      let burned = 0n;
      for (const who of ["ann", "bob"]) world.code(who, create(who));
      const known = (who: string) => validators.has(world.base, [person(who).address]);
      for (const act of actions) {
        if (act.kind === "wait") world.block([], act.ms);
        else if (act.kind === "slash" || act.kind === "jail" || act.kind === "unjail") {
          if (!known(act.name)) continue;
          const validator = validatorAddress(world.of(act.name).pubKey);
          world.meanwhile((context) => {
            if (act.kind === "jail") return jail(context.view, validator);
            if (act.kind === "unjail") return unjail(context.view, validator);
            const power = BigInt(world.of(act.name).tokens) / COIN;
            const height = world.height > act.back ? world.height - act.back : 0n;
            burned += slash(context, { validator, height, power, fraction: act.fraction });
          });
        } else {
          const { height } = world;
          const message = {
            create: () => create(act.name, { amount: act.amount }),
            delegate: () => delegate(act.name, act.amount),
            undelegate: () => undelegate(act.name, act.amount),
            cancel: () => cancel(act.name, act.amount, height - ("back" in act ? act.back : 0n)),
          }[act.kind]();
          if (world.code(act.name, message) === 0) accepted++;
        }
        assert.equal(supplyOf(world.base, "utrib"), start - burned);
        for (const { pubKey } of upcomingValidators(world.base).members) {
          assert.ok(byConsensus.has(world.base, [validatorAddress(pubKey)]));
        }
      }
      // All that may leave, leave; and all coins that were not burned belong to an account.
      for (const who of NAMES) if (known(who)) world.code(who, undelegate(who, BigInt(world.of(who).tokens) || 1n));
      world.untilUnbonded();
      assert.equal(supplyOf(world.base, "utrib"), start - burned);
    }),
    { seed: 21, numRuns: 20 },
  );
  assert.ok(accepted > 20, `${accepted} messages were accepted`);
});
