import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { equalBytes, toHex, utf8 } from "#proto/bytes.js";
import { signEd25519 } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { fromMessage, indexOf, type ValidatorSet } from "#proto/types/validators.js";
import { PREVOTE, voteSignBytes } from "#proto/types/vote.js";
import { isTombstoned } from "#state/modules/slashing/index.js";
import { Cluster } from "#test/simulation/cluster.js";
import { keySeed } from "#test/simulation/machine.js";
import { TEST_CHAIN } from "../unit/state/world.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const FOUR = [10n, 10n, 10n, 10n];
const CULPRIT = 3;

/** Two prevotes with the culprit's key at the height and round that a node is at: its key is in other hands. */
async function contradict(cluster: Cluster, before: number): Promise<bigint> {
  const { drive } = present(cluster.machines[before]!.node, "the node is up");
  await cluster.until(() => drive.state.step === "propose" || drive.state.step === "prevote", 5_000);
  const { height, round, validators } = drive.state;
  const validator = cluster.machines[CULPRIT]!.address;
  for (const name of ["one", "two"]) {
    const hash = sha256(utf8(name));
    const vote = { type: PREVOTE, height, round, blockId: blockIdFrom(hash, 1, hash) };
    const signature = signEd25519(voteSignBytes(TEST_CHAIN, vote), keySeed(CULPRIT));
    const index = indexOf(validators, validator);
    drive.deliver({ kind: "vote", vote: { ...vote, validator, index, signature } }, 0n);
  }
  return height;
}

function setAfter(cluster: Cluster, index: number): ValidatorSet {
  const set = fromMessage(present(cluster.machines[index]!.node, "the node is up").tip.validators);
  assert.ok(!isRejection(set));
  return set;
}

function convictedOn(cluster: Cluster, index: number): boolean {
  const { store } = cluster.machines[index]!;
  return store !== undefined && isTombstoned(store.latest, cluster.machines[CULPRIT]!.address);
}

async function start(seed: bigint): Promise<Cluster> {
  const cluster = new Cluster({ seed, powers: FOUR, roles: { [CULPRIT]: "late" }, diskMs: 3 });
  cluster.start();
  assert.ok(await cluster.reach(3n, 30_000), cluster.where());
  return cluster;
}

test("a validator that contradicts itself before one node is convicted on all and leaves the set, and no other one is", async () => {
  const cluster = await start(1n);
  const height = await contradict(cluster, 0);
  const all = [0, 1, 2, 3];
  assert.ok(await cluster.until(() => all.every((index) => convictedOn(cluster, index)), 20_000), cluster.where());
  const found = present(cluster.machines[0]!.store!.head, "a chain has a head").height;
  assert.ok(found > height, "evidence has the time of a committed block, so it comes later");
  assert.ok(await cluster.reach(found + 3n, 30_000), cluster.where());
  for (const index of all) {
    const { members, totalPower } = setAfter(cluster, index);
    assert.equal(
      members.some(({ address }) => equalBytes(address, cluster.machines[CULPRIT]!.address)),
      false,
    );
    assert.equal(totalPower, 30n);
    assert.equal(present(cluster.machines[index]!.node, "up").evidence.size, 0);
  }
  assert.deepEqual([...cluster.checks.convicted], [toHex(cluster.machines[CULPRIT]!.address)]);
  assert.deepEqual(cluster.checks.problems, []);
  cluster.stop();
});

test("the only node that knows loses power before it could tell, and its evidence still convicts", async () => {
  for (let seed = 2n; seed <= 4n; seed++) {
    const cluster = await start(seed);
    cluster.partition([[0], [1, 2, 3]]);
    await contradict(cluster, 0);
    const { node } = cluster.machines[0]!;
    assert.ok(await cluster.until(() => node!.drive.state.accused.length === 1, 5_000), cluster.where());
    await cluster.pass(20 + cluster.random.below(200)); // Some disk operations later.
    cluster.crash([0]);
    await cluster.pass(1_000);
    cluster.network.healAll();
    cluster.start([0]);
    const convicted = await cluster.until(() => [0, 1, 2].every((index) => convictedOn(cluster, index)), 60_000);
    assert.ok(convicted, `seed ${seed}: ${cluster.where()}`);
    assert.deepEqual(cluster.checks.problems, []);
    cluster.stop();
  }
});
