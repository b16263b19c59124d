import assert from "node:assert/strict";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { CURATED } from "../market-seed.js";
import { answerOf, Market } from "../market.js";
import { alice, dave, grace, openAndSettle, PREAMBLE, SPEECH } from "./attribution-world.js";
import { release } from "./datanet-world.js";

useNatives();

const BLOCKS = 30n;
const ROOT = new Uint8Array(32).fill(1);

/** Version 2 of bob's model, trained anew on dave's text alone: it carries version 1, which alice is in, over. */
function trainedAnew(): Market {
  const m = new Market({
    works: [
      { owner: alice, text: PREAMBLE },
      { owner: dave, text: SPEECH, datanet: CURATED },
    ],
  });
  release(m.world, m.bob, CURATED);
  const fees = {
    ...{ contributorBasisPoints: 3000, providerBasisPoints: 2000, royaltyBasisPoints: 0 },
    ...{ pricePerCall: 1n, pricePerInputToken: 0n, pricePerOutputToken: 0n },
  };
  const published = m.send(m.bob, "tributary.model.v1.MsgPublishVersion", {
    ...{ owner: m.bob.text, modelId: 1n, label: "v2", weightsHash: ROOT, weightsBytes: 1n, format: "f", method: "m" },
    ...{ configHash: ROOT, manifestHash: ROOT, parents: [], releases: [{ datanetId: CURATED, number: 1 }], fees },
    carryOver: { versionId: 1n, blocks: BLOCKS },
  });
  assert.equal(published.code, 0, published.log);
  const { versionId } = answerOf(published, "tributary.model.v1.MsgPublishVersionResponse");
  assert.equal(versionId, 2n);
  assert.equal(m.send(m.bob, "tributary.model.v1.MsgSetStage", { owner: m.bob.text, versionId, stage: 3 }).code, 0);
  return m;
}

/** Who is paid for an answer of version 2 that quotes both. */
function sell(m: Market, channel: bigint): readonly bigint[] {
  m.ask(channel, 10_000n, `${PREAMBLE} ${SPEECH}`, "tell me", { versionId: 2n });
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  openAndSettle(m, redeemed);
  return m.credits(redeemed.batchId).map(({ contributionId }) => contributionId);
}

test("a version credits those that it carries over in batches formed within the time, and then its own alone", () => {
  const m = trainedAnew();
  const channel = m.open(grace, 1_000_000n, m.bob, 2n);
  assert.deepEqual(sell(m, channel), [1n, 2n]);
  m.blocks(Number(BLOCKS));
  assert.deepEqual(sell(m, channel), [2n]);
});
