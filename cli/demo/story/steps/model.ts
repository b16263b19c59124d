import type { Prices } from "#proto/attribution/prices.js";
import { toHex, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { ownAny } from "#proto/tx/build.js";
import { stage } from "#proto/client/words/codes.js";
import { train, type NgramModel } from "../../../ngram/train.js";
import { digestWeights } from "../../../ngram/weights.js";
import { responseOf } from "../actor.js";
import { roles } from "../cast.js";
import type { Story } from "../story.js";
import type { Contributed } from "./contribute.js";
import type { Release } from "./release.js";

/** Of each fee: 30 % to contributors, 20 % to the provider; 5 % of the rest of a descendant's fee. */
const SHARES = { contributorBasisPoints: 3_000, providerBasisPoints: 2_000, royaltyBasisPoints: 500 };
const PRICES: Prices = { pricePerCall: 20_000n, pricePerInputToken: 100n, pricePerOutputToken: 500n };

export interface Published {
  readonly modelId: bigint;
  readonly versionId: bigint;
  readonly prices: Prices;
  readonly model: NgramModel;
  /** How many datanets its releases come from. */
  readonly versionDatanets: number;
}

/** Trains on the texts of the release, then publishes what was trained, what on, and what a use costs. */
export async function publishModel(
  { cast, talk }: Story,
  release: Release,
  contributed: readonly Contributed[],
): Promise<Published> {
  talk.chapter("A model");
  const model = train(contributed.map(({ prepared }) => prepared.text));
  const digest = digestWeights(model);
  talk.say(
    `${roles.provider} trained an interpolated ${model.config.order}-gram model on ${model.positions.length} words, ${model.vocabulary.size} of them different`,
  );
  const owner = cast(roles.provider);
  const card = "Continues sentences of State of the Union addresses.";
  const registered = await owner.send(
    ownAny("tributary.model.v1.MsgRegisterModel", {
      owner: owner.address,
      slug: "union-ngram",
      title: "Union n-gram",
      cardHash: sha256(utf8(card)),
    }),
  );
  const { modelId } = responseOf(registered, "tributary.model.v1.MsgRegisterModelResponse");
  const published = await owner.send(
    ownAny("tributary.model.v1.MsgPublishVersion", {
      owner: owner.address,
      modelId,
      label: "1.0.0",
      weightsHash: digest.hash,
      weightsBytes: digest.bytes,
      format: "tokens and sorted positions, int32 big-endian",
      method: "interpolated n-gram counts",
      configHash: digest.configHash,
      manifestHash: sha256(utf8(`release ${release.datanetId}/${release.number} `), release.root),
      releases: [{ datanetId: release.datanetId, number: release.number }],
      fees: { ...SHARES, ...PRICES },
    }),
  );
  const { versionId } = responseOf(published, "tributary.model.v1.MsgPublishVersionResponse");
  await owner.send(
    ownAny("tributary.model.v1.MsgSetStage", { owner: owner.address, versionId, stage: stage.production }),
  );
  talk.say(
    `version ${versionId} pins release ${release.datanetId}/${release.number} and weights ${toHex(digest.hash).slice(0, 16)}…; it is in production`,
  );
  return { modelId, versionId, prices: PRICES, model, versionDatanets: 1 };
}
