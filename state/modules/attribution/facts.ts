import { present } from "#proto/assert.js";
import { windowIndex } from "#proto/attribution/rule/committed.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { fingerprintOf } from "#proto/attribution/packed.js";
import type { Context } from "../../context.js";
import { admitsAnybody, contributionOf } from "../datanet/index.js";
import { datanetsOf, licenceOf, versionOf } from "../model/index.js";
import { controllerAt } from "../payout/index.js";
import { common } from "./keys.js";
import type { Batch } from "./types.js";

/**
 * What the rule knows of a batch: the state as it was when the batch was formed, whenever it is settled. Contributions,
 * releases and the admission of a datanet do not change what they say of that height.
 */
export function factsOf(context: Context, batch: Batch): RuleFacts {
  const { view, fingerprints, address } = context;
  const { versionId, formedHeight } = batch;
  const version = present(versionOf(view, versionId), "a batch is of a published version");
  const licensed = licenceOf(view, version, formedHeight);
  const contribution = (id: bigint) => present(contributionOf(view, id), "the index holds contributions of the state");
  return {
    index: windowIndex(
      {
        claim: (high, low) => fingerprints.claim(high, low, formedHeight),
        place: (datanet, high, low) => fingerprints.place(datanet, high, low, formedHeight),
      },
      {
        contribution,
        ownerOf: ({ owner }) =>
          controllerAt(context, present(address.parse(owner), "a stored owner is an address"), formedHeight),
      },
      formedHeight,
    ),
    version: {
      height: version.height,
      datanets: datanetsOf(view, version, formedHeight),
      released: (id) => licensed(contribution(id)),
    },
    common: (high, low) => common.has(view, [fingerprintOf(high, low)]),
    admitsAnybody: (datanet) => admitsAnybody(view, datanet),
  };
}
