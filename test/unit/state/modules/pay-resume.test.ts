import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import type { Opening } from "#proto/attribution/opening.js";
import { PIECE_TOKENS } from "#proto/attribution/texts.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { genesisWrites } from "#state/genesis.js";
import * as attribution from "#state/modules/attribution/keys.js";
import { addressText } from "#state/modules/chain/index.js";
import * as payout from "#state/modules/payout/keys.js";
import { modules } from "#state/registry.js";
import type { Write } from "#state/store/base.js";
import { useNatives } from "#node/runtime/natives.js";
import { CURATED, Market, ok, partsOf } from "../market.js";
import { exported, genesisOf, TEST_CHAIN } from "../world.js";
import { alice, dave, grace, heidi, OTHER, PREAMBLE, SPEECH, taken } from "./attribution-world.js";

useNatives();

/** The state of a chain goes through a genesis document; the next block has the next height. */
function throughGenesis(m: Market): void {
  const { world } = m;
  const { base: view, height, time, fingerprints } = world;
  const context = { view, height, time, chainId: TEST_CHAIN, address: addressText("trib"), fingerprints };
  const appState = JSON.parse(
    JSON.stringify(Object.fromEntries(modules.map((module) => [module.name, exported(module, context)]))),
  ) as Record<string, unknown>;
  const document = { ...(genesisOf({}) as object), app_state: appState };
  const writes = genesisWrites(ok(parseGenesis(document)));
  assert.ok(!isRejection(writes), JSON.stringify(writes));
  world.base.apply([...world.base.range({})].map(([key]): Write => [key, undefined]));
  world.base.apply(writes);
  world.restartIndex();
}

/** The modules that fees and contributions go through; a queue of payments is numbered anew, only its order is kept. */
const WATCHED = ["bank", "datanet", "model", "usage", "attribution", "payout"];

function content(m: Market): string[] {
  const prefixes = modules.filter(({ name }) => WATCHED.includes(name)).map(({ prefix }) => prefix);
  const queue = [payout.queue.prefix, payout.nextQueued.prefix].map(toHex);
  return prefixes.flatMap((prefix) =>
    [...m.world.base.range({ from: Uint8Array.of(prefix), to: Uint8Array.of(prefix + 1) })]
      .map(([key, value]) => `${toHex(key)}=${toHex(value)}`)
      .filter((row) => !queue.some((start) => row.startsWith(start))),
  );
}

/** What was under way when the state was exported. */
const seen = { parts: 0, settling: 0, halfSettled: 0, halfBooked: 0, pairs: 0, held: 0, keyChange: 0 };

function look({ world: { base } }: Market): void {
  const size = (table: { range(view: typeof base): Iterable<unknown> }): number => [...table.range(base)].length;
  const rows = [...attribution.progress.range(base)].map(([, row]) => row);
  seen.parts += size(attribution.parts);
  seen.settling += size(attribution.settling);
  seen.halfSettled += rows.filter(({ voucherId, contributionId }) => voucherId > 0n && contributionId === 0n).length;
  seen.halfBooked += rows.filter(({ contributionId }) => contributionId > 0n).length;
  seen.pairs += size(payout.pairs);
  seen.held += size(payout.held);
  seen.keyChange += size(payout.replacements);
}

/** The same story always. @param resumes whether the state goes through a genesis document before each step */
function story(resumes: boolean): string[] {
  const m = new Market({
    works: [
      { owner: heidi, text: PREAMBLE, datanet: CURATED, deposit: 100_000n },
      { owner: alice, text: PREAMBLE },
      { owner: dave, text: SPEECH },
      { owner: grace, text: OTHER, datanet: CURATED },
    ],
    treasuryBasisPoints: 500,
    royalties: [700],
    attribution: { settle_work_per_block: 1, window_blocks: "14" },
    payout: { rows_per_block: 2 },
  });
  throughGenesis(m); // So that the market's records have their indexes.
  const [whole, long] = [m.open(grace, 1_000_000n), m.open(heidi, 1_000_000n, dave)];
  for (const answer of [PREAMBLE, `${SPEECH} ${OTHER}`, SPEECH]) m.ask(whole, 10_007n, answer);
  const prompt = Array.from({ length: PIECE_TOKENS + 5 }, (_, i) => `p${i}`).join(" ");
  m.ask(long, 7_777n, `${PREAMBLE} ${OTHER}`, prompt);
  const first = m.redeem(whole, m.sign(whole, true, 333n));
  const second = m.redeem(long, m.sign(long, true));
  m.endEpoch();
  const shown = partsOf(second, 0, 1) as [Opening, Opening, Opening];
  const steps: (() => unknown)[] = [
    () => taken(m.openSample(m.bob, first.batchId, m.wanted(first.batchId, [first]))),
    () => taken(m.openSample(dave, second.batchId, [shown[0]])),
    () => taken(m.settle(heidi, first.batchId)),
    () => taken(m.openSample(dave, second.batchId, [shown[1]])),
    () => m.blocks(1),
    () => m.send(alice, "tributary.payout.v1.MsgProposeKeyChange", { owner: alice.text, newOwner: heidi.text }),
    () => taken(m.openSample(dave, second.batchId, [shown[2]])),
    () => m.blocks(1),
    () => m.blocks(1),
    () => m.send(heidi, "tributary.payout.v1.MsgExecuteKeyChange", { owner: alice.text, signer: heidi.text }),
    () => m.blocks(1),
  ];
  for (const step of steps) {
    if (resumes) {
      look(m);
      const before = content(m);
      throughGenesis(m);
      assert.deepEqual(content(m), before);
    }
    step();
  }
  m.blocks(40);
  return content(m);
}

test("a chain that goes through a genesis document in the middle of everything comes to the same end", () => {
  assert.deepEqual(story(true), story(false));
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 0, `never under way: ${what}`);
});
