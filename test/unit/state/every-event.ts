import assert from "node:assert/strict";
import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { MessageName, Messages } from "#proto/codec/message.js";
import type { TxResult } from "#proto/types/block.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { jail } from "#state/modules/staking/index.js";
import { Market } from "./market.js";
import {
  any,
  bring,
  COMMIT,
  commit,
  commitment,
  createDatanet,
  creation,
  DatanetWorld,
  hash,
  piece,
  prints,
  release,
  withdraw,
} from "./modules/datanet-world.js";
import {
  cancel,
  COIN,
  create,
  delegate,
  edit,
  keyOf,
  StakingWorld,
  undelegate,
  unjailMessage,
} from "./modules/staking-world.js";
import { person, World, type Person } from "./world.js";

export interface Emitted {
  /** Names of the attributes of each type of event. */
  readonly attributes: Map<string, Set<string>>;
  /** Type URLs of the messages that were taken. */
  readonly actions: Set<string>;
}
type Watch = <W extends World>(world: W) => W;

const [alice, bob, carol, dave, grace] = ["alice", "bob", "carol", "dave", "grace"].map(person) as [
  Person,
  Person,
  Person,
  Person,
  Person,
];
const TEXT = "we the people of the united states in order to form a more perfect union establish justice";
/** Blocks from the formation of an intent to the one that forgets it. */
const INTENT_BLOCKS = 7_200n;

/** Runs chains on which every message of the modules is taken and every deadline passes. */
export function everyEvent(): Emitted {
  const emitted: Emitted = { attributes: new Map(), actions: new Set() };
  const watch: Watch = (world) => {
    world.committed = ({ results, blockEvents }) => {
      for (const { type, attributes } of [...blockEvents, ...results.flatMap(({ events }) => events)]) {
        const known = emitted.attributes.get(type) ?? new Set();
        for (const { key, value } of attributes) {
          known.add(key);
          if (key === "action") emitted.actions.add(value);
        }
        emitted.attributes.set(type, known);
      }
    };
    return world;
  };
  for (const story of [transfers, contributions, models, payments, stakes]) story(watch);
  return emitted;
}

const RICH = { alice: 10n ** 12n, bob: 10n ** 12n, carol: 10n ** 12n };

/** Sends a message of a datanet or a model, which the chain takes. */
function send<N extends MessageName>(world: World, who: Person, name: N, value: Messages[N]): TxResult {
  const result = world.run(who, [any(name, value)], { gas: 20_000_000n });
  assert.equal(result.code, 0, `${name}: ${result.log}`);
  return result;
}

function contributions(watch: Watch): void {
  const world = watch(new DatanetWorld(RICH, { datanet: { params: { proof_blocks: "4" } } }));
  const at = { creator: alice.text, datanetId: 1n };
  createDatanet(world, alice, { admission: 3, curators: [alice.text], threshold: 1 });
  const { title, cardHash, cardUri, termsUri, mediaTypes, contentBytesMax, contributionsMax, bond } = creation(alice);
  const review = (contributionId: bigint, verdict: number, reason: number): TxResult =>
    send(world, alice, "tributary.datanet.v1.MsgReviewContribution", {
      ...{ curator: alice.text, contributionId, verdict, reason, note: "" },
    });
  review(bring(world, bob, 1n, piece("good", 1, 2)), 1, 1);
  review(bring(world, bob, 1n, piece("bad", 3)), 2, 4);
  const owner = carol.text;
  const contributionId = bring(world, carol, 1n, piece("in two parts", 9, 10), { fingerprints: prints(9) });
  const rest = { owner, contributionId, index: 1, fingerprints: prints(10) };
  send(world, carol, "tributary.datanet.v1.MsgAddFingerprints", rest);
  bring(world, carol, 1n, piece("never finished", 4, 5), { fingerprints: prints(4) });
  commit(world, carol, piece("never opened", 6));
  send(world, bob, "tributary.datanet.v1.MsgFundDatanet", { funder: bob.text, datanetId: 1n, amount: "7" });
  release(world, alice, 1n);
  send(world, alice, "tributary.datanet.v1.MsgSetCurators", { ...at, curators: [bob.text], threshold: 1 });
  send(world, alice, "tributary.datanet.v1.MsgUpdateDatanet", {
    ...{ ...at, title, cardHash, cardUri, termsHash: hash("terms 2"), termsUri, mediaTypes, contentBytesMax, bond },
    ...{ contributionsMax, treasuryBasisPoints: 500, contributors: [] },
  });
  for (let i = 0; i < 8; i++) world.block();
  withdraw(world, bob, 1n);
  createDatanet(world, alice, { slug: "empty" });
  send(world, alice, "tributary.datanet.v1.MsgCloseDatanet", { ...at, datanetId: 2n });
  world.height += INTENT_BLOCKS;
  world.block();
  assert.equal(world.run(bob, [any(COMMIT, commitment(bob, piece("later", 8)))]).code, 0);
}

function models(watch: Watch): void {
  const world = watch(new DatanetWorld(RICH));
  createDatanet(world, alice);
  bring(world, bob, 1n, piece("a", 1, 2, 3));
  release(world, alice, 1n);
  const owner = carol.text;
  send(world, carol, "tributary.model.v1.MsgRegisterModel", {
    ...{ owner, slug: "small", title: "A model", cardHash: hash("card"), cardUri: "" },
  });
  const version = {
    ...{ owner, modelId: 1n, label: "v", weightsHash: hash("weights"), weightsBytes: 10n, format: "ngram" },
    ...{ method: "count", configHash: hash("config"), manifestHash: hash("manifest"), parents: [] },
    releases: [{ datanetId: 1n, number: 1 }],
    fees: {
      ...{ contributorBasisPoints: 3000, providerBasisPoints: 2000, royaltyBasisPoints: 0 },
      ...{ pricePerCall: 100n, pricePerInputToken: 1n, pricePerOutputToken: 2n },
    },
  };
  const publish = "tributary.model.v1.MsgPublishVersion";
  send(world, carol, publish, { ...version, carryOver: undefined });
  send(world, carol, publish, { ...version, carryOver: { versionId: 1n, blocks: 5n } });
  send(world, carol, "tributary.model.v1.MsgSetStage", { owner, versionId: 1n, stage: 3 });
  send(world, bob, "tributary.model.v1.MsgRecordEvaluation", {
    ...{ evaluator: bob.text, versionId: 1n, benchmark: "held-out", datasetHash: hash("set"), metric: "perplexity" },
    ...{ value: "12.5", evidenceHash: hash("evidence") },
  });
  send(world, carol, "tributary.model.v1.MsgTransferModel", { owner, modelId: 1n, newOwner: bob.text });
}

function payments(watch: Watch): void {
  const m = new Market({ works: [{ owner: alice, text: TEXT }], payout: { payment_min: "1000000" } });
  watch(m.world);
  const channelId = m.open(grace, 1_000_000n);
  const order = { consumer: grace.text, channelId };
  send(m.world, grace, "tributary.usage.v1.MsgTopUpChannel", { ...order, amount: "5" });
  for (let i = 0; i < 2; i++) m.ask(channelId, 10_000n, TEXT);
  const redeemed = m.redeem(channelId, m.sign(channelId, false));
  m.endEpoch();
  m.blocks(1);
  assert.equal(m.openSample(m.bob, redeemed.batchId, m.wanted(redeemed.batchId, [redeemed])).code, 0);
  const settled = m.settle(bob, redeemed.batchId);
  assert.equal(settled.code, 0, settled.log);
  const owner = alice.text;
  send(m.world, alice, "tributary.payout.v1.MsgSetPayoutAddress", { owner, address: carol.text });
  const change = { owner, newOwner: dave.text };
  send(m.world, alice, "tributary.payout.v1.MsgProposeKeyChange", change);
  send(m.world, alice, "tributary.payout.v1.MsgCancelKeyChange", { owner });
  send(m.world, alice, "tributary.payout.v1.MsgProposeKeyChange", change);
  const endpoint = { versionId: 1n, url: "https://api.bob.dev", validUntil: m.world.time + 60_000n };
  send(m.world, bob, "tributary.usage.v1.MsgSetEndpoint", { provider: bob.text, ...endpoint });
  send(m.world, grace, "tributary.usage.v1.MsgCloseChannel", { signer: grace.text, channelId });
  m.blocks(15);
  send(m.world, dave, "tributary.payout.v1.MsgExecuteKeyChange", { owner, signer: dave.text });
  send(m.world, dave, "tributary.payout.v1.MsgClaimPayout", { owner: dave.text });
  send(m.world, grace, "tributary.usage.v1.MsgWithdrawChannel", order);
}

function transfers(watch: Watch): void {
  const world = watch(new World(RICH));
  const coins = [{ denom: "utrib", amount: "40" }];
  const single = MsgSend.encode({ fromAddress: alice.text, toAddress: bob.text, amount: coins }).finish();
  const several = MsgMultiSend.encode({
    inputs: [{ address: alice.text, coins }],
    outputs: [{ address: bob.text, coins }],
  }).finish();
  const messages = [
    { typeUrl: MsgSend.typeUrl, value: single },
    { typeUrl: MsgMultiSend.typeUrl, value: several },
  ];
  assert.equal(world.run(alice, messages).code, 0);
}

function stakes(watch: Watch): void {
  const world = watch(new StakingWorld(["ann", "bea"]));
  const take = (name: string, order: ReturnType<typeof create>): void =>
    assert.equal(world.code(name, order), 0, world.last);
  const consensusOf = (name: string) => validatorAddress(keyOf(name));
  take("ann", create("ann"));
  take("bea", create("bea"));
  take("ann", edit("ann", { details: "of ann" }));
  take("ann", delegate("ann", 2n * COIN));
  take("ann", undelegate("ann", 2n * COIN));
  take("ann", cancel("ann", COIN, world.height));
  world.untilUnbonded();
  world.meanwhile(({ view }) => jail(view, consensusOf("bea")));
  take("bea", unjailMessage("bea"));
  const { height, time } = world;
  const validator = consensusOf("ann");
  world.misbehaviour = [{ kind: "duplicate_vote", validator, power: 5n, totalPower: 20n, height, time }];
  world.block();
}
