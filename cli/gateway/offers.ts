import type { Client } from "#proto/client/index.js";
import type { World } from "../world.js";
import type { ModelOffer } from "./answer/offer.js";
import { openPassages } from "./retrieval/passages.js";
import type { ModelSetting } from "./settings/models.js";

/** The models as they are offered: each with the passages of its texts. @throws CliFault */
export async function makeOffers(models: readonly ModelSetting[], node: Client, world: World): Promise<ModelOffer[]> {
  const offers: ModelOffer[] = [];
  for (const { name, upstream, versionId, texts } of models) {
    const passages = texts === undefined ? undefined : await openPassages(texts, node, world);
    offers.push({ name, upstream, versionId, passages });
  }
  return offers;
}
