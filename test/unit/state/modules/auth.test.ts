import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { present } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { accountOf, auth } from "#state/modules/auth/index.js";
import { addressText } from "#state/modules/chain/index.js";
import { View } from "#state/store/view.js";
import { exported, genesisOf, person, TEST_CHAIN, World, type Person } from "../world.js";

const [alice, bob, newcomer] = ["alice", "bob", "fund1"].map(person) as [Person, Person, Person];

function send(world: World, from: Person, to: Person): void {
  const amount = [{ denom: "utrib", amount: "5" }];
  const value = MsgSend.encode(MsgSend.fromPartial({ fromAddress: from.text, toAddress: to.text, amount })).finish();
  assert.equal(world.run(from, [{ typeUrl: MsgSend.typeUrl, value }]).code, 0);
}

test("an account keeps the sender and height of its first coins and no later ones; so does an export", () => {
  const world = new World({ alice: 10n ** 9n, bob: 10n ** 9n });
  send(world, alice, newcomer);
  const { height } = world;
  send(world, bob, newcomer);
  const account = present(accountOf(world.base, newcomer.address), "it received coins");
  assert.deepEqual([account.funder, account.fundedHeight], [alice.address, height]);
  assert.equal(present(accountOf(world.base, alice.address), "of genesis").funder.length, 0);

  const address = addressText("trib");
  const context = { view: world.base, height: world.height, time: world.time, chainId: TEST_CHAIN, address };
  const written = exported(auth, { ...context, fingerprints: world.fingerprints });
  const document = parseGenesis(genesisOf({}));
  assert.ok(!isRejection(document));
  const imported = (state: unknown) => {
    const view = new View(world.base);
    for (const [key] of world.base.range({ from: Uint8Array.of(0x01), to: Uint8Array.of(0x02) })) view.delete(key);
    return { view, refused: auth.initGenesis({ view, genesis: document, address }, state) };
  };
  const { view, refused } = imported(written);
  assert.equal(refused, undefined);
  assert.deepEqual(accountOf(view, newcomer.address), account);
  for (const wrong of [{ funder: "trib1" }, { funded_height: "-1" }]) {
    const broken = structuredClone(written) as { accounts: Record<string, unknown>[] };
    Object.assign(
      present(
        broken.accounts.find(({ funder }) => funder !== undefined),
        "one was funded",
      ),
      wrong,
    );
    const said = imported(broken).refused;
    assert.ok(isRejection(said) && JSON.stringify(said.data).includes(Object.keys(wrong)[0]!));
  }
});
