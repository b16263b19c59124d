import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import {
  QueryParamsResponse,
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { utf8Text } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import type { Offence } from "#proto/evidence/ground.js";
import { isRejection } from "#proto/rejection.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { brokenInvariants } from "#state/invariants.js";
import { addressText } from "#state/modules/chain/index.js";
import { slashing, isTombstoned } from "#state/modules/slashing/index.js";
import { slashingErrors } from "#state/modules/slashing/errors.js";
import { infos } from "#state/modules/slashing/keys.js";
import { exportGenesis } from "#state/modules/slashing/genesis.js";
import { jail, status } from "#state/modules/staking/index.js";
import { View } from "#state/store/view.js";
import { supplyOf } from "#state/modules/bank/index.js";
import { person } from "../world.js";
import { COIN, create, delegate, keyOf, operatorOf, StakingWorld, UNBONDING_MS, undelegate } from "./staking-world.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

const NAMES = ["val0", "ann", "bob"];
const consensusOf = (name: string): Uint8Array => validatorAddress(keyOf(name));

function unjail(name: string): AnyMessage {
  return { typeUrl: MsgUnjail.typeUrl, value: MsgUnjail.encode({ validatorAddr: operatorOf(name) }).finish() };
}

function offenceOf(world: StakingWorld, name: string, power: bigint, change: Partial<Offence> = {}): Offence {
  return {
    ...{ kind: "duplicate_vote", validator: consensusOf(name), height: world.height, time: world.time },
    ...{ power, totalPower: 20n, ...change },
  };
}

/** val0 with 10, ann with 5 and bob with 5, all deciding. */
function three(): StakingWorld {
  const world = new StakingWorld(["ann", "bob"]);
  for (const name of ["ann", "bob"]) assert.equal(world.code(name, create(name, { min: "2" })), 0, world.last);
  world.block();
  world.block();
  return world;
}

function punished(world: StakingWorld, ...offences: Offence[]) {
  world.misbehaviour = offences;
  const outcome = world.block();
  world.misbehaviour = [];
  return outcome;
}

test("a double sign costs the fraction of the power at its height, once, and the way back for good", () => {
  const world = three();
  const supply = supplyOf(world.base, "utrib");
  // What it has begun to unbond since pays too.
  const then = offenceOf(world, "ann", 5n);
  assert.equal(world.code("ann", undelegate("ann", 2n * COIN)), 0, world.last);
  const { blockEvents, validatorUpdates } = punished(world, then);
  assert.deepEqual(validatorUpdates, [{ pubKey: keyOf("ann"), power: 0n }]);
  assert.equal(supply - supplyOf(world.base, "utrib"), (5n * COIN) / 20n);
  const slash = blockEvents.find(({ type }) => type === "slash")!;
  const fields = Object.fromEntries(slash.attributes.map(({ key, value }) => [key, value]));
  assert.equal(fields["address"], toBech32("tribvalcons", consensusOf("ann")));
  assert.deepEqual([fields["reason"], fields["power"], fields["burned_coins"]], ["double_sign", "5", "250000"]);
  assert.deepEqual(world.powers("next", NAMES), { val0: 10n, ann: 3n, bob: 5n });
  assert.deepEqual(world.powers("upcoming", NAMES), { val0: 10n, bob: 5n });
  const after = supplyOf(world.base, "utrib");
  punished(world, then, offenceOf(world, "ann", 5n, { kind: "duplicate_proposal" }));
  assert.equal(supplyOf(world.base, "utrib"), after, "the tombstone cap");
  assert.equal(world.code("ann", unjail("ann")), slashingErrors.tombstoned.code);
  assert.equal(world.code("ann", delegate("ann", 50n * COIN)), 0, world.last);
  world.block();
  assert.deepEqual(world.powers("upcoming", NAMES), { val0: 10n, bob: 5n }, "stake buys no way back");
});

test("a validator that unbonds everything in block B still pays for signatures at B and B + 1, and for no later ones", () => {
  for (const [above, want] of [
    [0n, 250_000n],
    [1n, 250_000n],
    [2n, 0n], // Its power has ended: no evidence of it is true, and no stake answers for it.
  ] as const) {
    const world = three();
    assert.equal(world.code("ann", undelegate("ann", 5n * COIN)), 0, world.last);
    const began = world.height;
    for (let i = 0n; i < above; i++) {
      const decides = world.powers("next", NAMES)["ann"] ?? 0n;
      assert.equal(decides, i === 0n ? 5n : 0n, `block ${began + 1n + i}`);
      world.block();
    }
    const supply = supplyOf(world.base, "utrib");
    punished(world, offenceOf(world, "ann", 5n, { height: began + above }));
    assert.equal(supply - supplyOf(world.base, "utrib"), want, `infraction ${above} above`);
  }
});

test("what came in after the infraction and leaves already pays nothing of its own", () => {
  const world = three();
  const then = offenceOf(world, "ann", 5n);
  assert.equal(world.code("ann", delegate("ann", 100n * COIN)), 0, world.last);
  assert.equal(world.code("ann", undelegate("ann", 100n * COIN)), 0, world.last);
  const supply = supplyOf(world.base, "utrib");
  punished(world, then);
  assert.equal(supply - supplyOf(world.base, "utrib"), 250_000n);
});

test("where the chain stands still behind block B, what left in B waits for evidence of B + 1", () => {
  const world = three();
  assert.equal(world.code("ann", undelegate("ann", 4n * COIN)), 0, world.last);
  assert.equal(world.code("bob", undelegate("bob", 5n * COIN)), 0, world.last);
  world.block([], 3n * UNBONDING_MS);
  const supply = supplyOf(world.base, "utrib");
  const heights = { ann: world.height - 1n, bob: world.height };
  assert.equal(world.of("bob").status, status.unbonding, "behind an unbonded validator coins leave at once");
  punished(
    world,
    offenceOf(world, "ann", 5n, { height: heights.ann }),
    offenceOf(world, "bob", 5n, { height: heights.bob }),
  );
  assert.equal(supply - supplyOf(world.base, "utrib"), 500_000n);
  const before = world.balance(person("bob"));
  world.block([], UNBONDING_MS);
  assert.equal(world.balance(person("bob")) - before, 5n * COIN - 250_000n);
  assert.equal(world.of("bob").status, status.unbonded);
});

test("several in one block, and a key that no validator has, are punished alike", () => {
  const world = three();
  const stranger = consensusOf("nobody");
  punished(world, offenceOf(world, "ann", 5n), offenceOf(world, "bob", 5n), {
    ...offenceOf(world, "ann", 5n),
    validator: stranger,
  });
  assert.ok(isTombstoned(world.base, consensusOf("ann")) && isTombstoned(world.base, consensusOf("bob")));
  assert.ok(isTombstoned(world.base, stranger));
  assert.deepEqual(world.powers("upcoming", NAMES), { val0: 10n });
});

test("unjail: each thing that is wrong, by the Cosmos SDK's code", () => {
  const world = three();
  const operator = (text: string): AnyMessage => ({
    typeUrl: MsgUnjail.typeUrl,
    value: MsgUnjail.encode({ validatorAddr: text }).finish(),
  });
  assert.equal(world.code("ann", unjail("ann")), slashingErrors.notJailed.code);
  const other = new StakingWorld(["cat"]);
  assert.equal(other.code("cat", unjail("cat")), slashingErrors.noValidator.code);
  assert.notEqual(world.code("ann", operator("tribvaloper1nothing")), 0);
  // Below its own minimum.
  assert.equal(world.code("ann", undelegate("ann", 5n * COIN - 1n)), 0, world.last);
  assert.equal(world.of("ann").jailed, true);
  assert.equal(world.code("ann", unjail("ann")), slashingErrors.selfDelegationTooLow.code);
  assert.equal(world.code("ann", undelegate("ann", 1n)), 0, world.last);
  assert.equal(world.code("ann", unjail("ann")), slashingErrors.missingSelfDelegation.code);
});

test("unjail: its time in jail first, then it decides from two heights later on", () => {
  const world = three();
  const until = world.time + 60_000n;
  world.meanwhile(({ view }) => {
    jail(view, consensusOf("ann"));
    infos.put(view, [consensusOf("ann")], { startHeight: 1n, jailedUntil: until, tombstoned: false });
  });
  world.block();
  assert.deepEqual(world.powers("upcoming", NAMES), { val0: 10n, bob: 5n });
  assert.equal(world.code("ann", unjail("ann")), slashingErrors.stillJailed.code);
  world.block([], until - world.time);
  assert.equal(world.code("ann", unjail("ann")), 0, world.last);
  assert.deepEqual(world.powers("upcoming", NAMES), { val0: 10n, ann: 5n, bob: 5n });
});

test("signing infos and parameters are answered in the Cosmos SDK's shapes, and survive an export", () => {
  const world = three();
  punished(world, offenceOf(world, "ann", 5n));
  const context = {
    ...{ view: world.base, height: world.height, time: world.time, chainId: "", address: addressText("trib") },
    fingerprints: NO_FINGERPRINTS,
  };
  const ask = (name: string, request: Uint8Array): Uint8Array => {
    const answer = slashing.queries[`/cosmos.slashing.v1beta1.Query/${name}`]!(context, request);
    assert.ok(!isRejection(answer), name);
    return answer as Uint8Array;
  };
  const consAddress = toBech32("tribvalcons", consensusOf("ann"));
  const { valSigningInfo: info } = QuerySigningInfoResponse.decode(
    ask("SigningInfo", QuerySigningInfoRequest.encode({ consAddress }).finish()),
  );
  assert.deepEqual([info.address, info.tombstoned, info.missedBlocksCounter], [consAddress, true, 0n]);
  assert.equal(info.jailedUntil.seconds, 253_402_300_799n);
  const all = QuerySigningInfosRequest.encode(QuerySigningInfosRequest.fromPartial({})).finish();
  const listed = QuerySigningInfosResponse.decode(ask("SigningInfos", all)).info;
  assert.deepEqual(
    listed.map(({ tombstoned }) => tombstoned).sort((a, b) => Number(a) - Number(b)),
    [false, false, true],
  );
  const { params } = QueryParamsResponse.decode(ask("Params", new Uint8Array(0)));
  assert.equal(utf8Text(params.slashFractionDoubleSign), "50000000000000000");
  assert.equal(params.downtimeJailDuration.seconds, 600n);
  const unknown = QuerySigningInfoRequest.encode({ consAddress: toBech32("tribvalcons", consensusOf("zoe")) }).finish();
  assert.ok(isRejection(slashing.queries["/cosmos.slashing.v1beta1.Query/SigningInfo"]!(context, unknown)));

  const exported = Object.fromEntries(
    [...exportGenesis(context)].map(([name, value]) => [
      name,
      Symbol.iterator in Object(value) ? [...(value as [])] : value,
    ]),
  );
  const text = JSON.stringify(exported);
  assert.match(text, new RegExp(`"${consAddress}"`));
  assert.match(text, /"tombstoned":true/);
});

test("the invariants see a tombstoned validator that is free", () => {
  const world = three();
  punished(world, offenceOf(world, "ann", 5n));
  const view = new View(world.base);
  infos.put(view, [consensusOf("bob")], { startHeight: 1n, jailedUntil: 0n, tombstoned: true });
  const broken = brokenInvariants(view);
  assert.deepEqual(
    ["tombstonedAreJailed", "tombstonedDecideNothing"].filter((name) => broken.some((line) => line.includes(name))),
    ["tombstonedAreJailed", "tombstonedDecideNothing"],
  );
});
