import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import type { Module } from "#state/module.js";
import { attribution } from "#state/modules/attribution/index.js";
import { addressText } from "#state/modules/chain/index.js";
import { payout } from "#state/modules/payout/index.js";
import { usage } from "#state/modules/usage/index.js";
import type { Base } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";
import { View } from "#state/store/view.js";
import { useNatives } from "#node/runtime/natives.js";
import { Market, ok } from "../market.js";
import { exported, genesisOf, person, TEST_CHAIN } from "../world.js";

useNatives();
const TEXT = "we the people of the united states in order to form a more perfect union establish justice";
const [alice, grace, dave] = [person("alice"), person("grace"), person("dave")] as const;
const address = addressText("trib");
const genesis = ok(parseGenesis(genesisOf({})));

/** Something in every table: settled and open batches, held back, accruing and paid entries, channels of all kinds, key changes. */
function busyMarket(): Market {
  const m = new Market({
    works: [{ owner: alice, text: TEXT }],
    royalties: [1_000],
    common: [7n, 1n << 63n],
    attribution: { window_blocks: "3" },
    payout: { payment_min: "3500", accrual_ms: "60000", hold_back_ms: "3000" },
  });
  const sell = (openAll: boolean) => {
    const channel = m.open(grace, 100_000n);
    m.ask(channel, 10_000n, TEXT);
    return { channel, redeemed: m.redeem(channel, m.sign(channel, openAll)) };
  };
  const first = sell(true);
  m.endEpoch();
  m.openSample(m.bob, first.redeemed.batchId, m.wanted(first.redeemed.batchId, [first.redeemed]));
  m.settle(m.bob, first.redeemed.batchId);
  m.send(grace, "tributary.usage.v1.MsgCloseChannel", { signer: grace.text, channelId: first.channel });
  sell(false);
  m.blocks(9);
  m.send(alice, "tributary.payout.v1.MsgSetPayoutAddress", { owner: alice.text, address: dave.text });
  m.send(alice, "tributary.payout.v1.MsgProposeKeyChange", { owner: alice.text, newOwner: dave.text });
  m.send(grace, "tributary.payout.v1.MsgProposeKeyChange", { owner: grace.text, newOwner: dave.text });
  m.blocks(6);
  m.send(dave, "tributary.payout.v1.MsgExecuteKeyChange", { owner: alice.text, signer: dave.text });
  m.send(dave, "tributary.payout.v1.MsgSetPayoutAddress", { owner: dave.text, address: grace.text });
  sell(false);
  m.endEpoch();
  sell(true);
  const endpoint = { versionId: 1n, url: "https://api.bob.dev", validUntil: m.world.time + 60_000n };
  m.send(m.bob, "tributary.usage.v1.MsgSetEndpoint", { provider: m.bob.text, ...endpoint });
  m.send(grace, "tributary.usage.v1.MsgWithdrawChannel", { consumer: grace.text, channelId: first.channel });
  return m;
}

function rowsOf(base: Base, prefix: number): Map<string, string> {
  const rows = new Map<string, string>();
  for (const [key, value] of base.range({ from: Uint8Array.of(prefix), to: Uint8Array.of(prefix + 1) })) {
    rows.set(toHex(key), toHex(value));
  }
  return rows;
}

function exportedFrom(m: Market, module: Module): unknown {
  const { base: view, height, time, fingerprints } = m.world;
  return JSON.parse(
    JSON.stringify(exported(module, { view, height, time, chainId: TEST_CHAIN, address, fingerprints })),
  );
}

function imported(module: Module, state: unknown): MemoryBase {
  const base = new MemoryBase();
  const view = new View(base);
  const refused = module.initGenesis({ view, genesis, address }, state);
  assert.equal(refused, undefined, JSON.stringify(refused));
  base.apply(view.writes());
  return base;
}

/** The queue of payments is numbered anew: only its order is kept. */
const isQueue = (key: string): boolean => key.startsWith("1407") || key.startsWith("1408");

for (const module of [usage, attribution, payout]) {
  test(`genesis of ${module.name} gives back the state that it was exported from`, () => {
    const m = busyMarket();
    const before = rowsOf(m.world.base, module.prefix);
    const after = rowsOf(imported(module, exportedFrom(m, module)), module.prefix);
    for (const rows of [before, after]) for (const key of [...rows.keys()]) if (isQueue(key)) rows.delete(key);
    const tables = new Set([...before.keys()].map((key) => key.slice(0, 4)));
    assert.deepEqual(after, before);
    assert.ok(tables.size >= { usage: 6, attribution: 17, payout: 9 }[module.name as "usage"]!, [...tables].join());
  });
}

const wrong: readonly (readonly [module: Module, change: object, field: string])[] = [
  [usage, { channels: [{ id: "1", consumer: "nobody" }] }, "app_state.usage.channels[0].consumer"],
  [usage, { totals: { fees: "-1", burned: "0", validators: "0" } }, "app_state.usage.totals.fees"],
  [usage, { colour: 1 }, "app_state.usage.colour"],
  [attribution, { params: { epoch_blocks: "0" } }, "app_state.attribution.params.epoch_blocks"],
  [attribution, { next_batch_id: "x" }, "app_state.attribution.next_batch_id"],
  [attribution, { parts: [{ batch_id: "1" }] }, "app_state.attribution.parts[0].opened"],
  [
    attribution,
    { credits: [{ amount: "1", contested: "0", self_dealt: "0", squares: "x" }] },
    "app_state.attribution.credits[0].squares",
  ],
  [attribution, { contests: [{ amount: "-1" }] }, "app_state.attribution.contests[0].amount"],
  [attribution, { progress: [{ credited: "", contested: "0" }] }, "app_state.attribution.progress[0].credited"],
  [attribution, { credits: [{ amount: "1", contested: "0" }] }, "app_state.attribution.credits[0].self_dealt"],
  [payout, { entries: [{ amount: "1", treasury: "0", released: "0" }] }, "app_state.payout.entries[0].self_dealt"],
  [payout, { pairs: [{ amount: "" }] }, "app_state.payout.pairs[0].amount"],
  [payout, { controller_changes: [{ controller: "x" }] }, "app_state.payout.controller_changes[0].controller"],
  [payout, { params: { accrual_steps: 0 } }, "app_state.payout.params.accrual_steps"],
  [payout, { queue: ["nobody"] }, "app_state.payout.queue[0]"],
];
for (const [module, change, field] of wrong) {
  test(`genesis of ${module.name} is refused by the name of what is wrong: ${field}`, () => {
    const context = { view: new View(new MemoryBase()), genesis, address };
    const refused = module.initGenesis(context, change);
    assert.ok(isRejection(refused));
    assert.equal(refused.data["field"], field);
  });
}
