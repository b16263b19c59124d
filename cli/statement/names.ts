import { allPages } from "#proto/client/index.js";
import type { Messages } from "#proto/codec/message.js";
import type { Asked } from "../message/query-command.js";

type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** All contributions of an owner, by id. */
export async function readContributions({ node, at }: Asked, owner: string): Promise<Map<bigint, Contribution>> {
  const all = await allPages(
    (pagination) => node.query("tributary.datanet.v1.Query/ContributionsByOwner", { owner, pagination }, at),
    (answer) => answer.contributions,
  );
  return new Map(all.map((contribution) => [contribution.id, contribution]));
}

/** What people call versions: the model's slug and the version's label. Two questions each. */
export async function readVersionNames({ node, at }: Asked, ids: Iterable<bigint>): Promise<Map<bigint, string>> {
  const names = new Map<bigint, string>();
  for (const id of new Set(ids)) {
    const { version } = await node.query("tributary.model.v1.Query/Version", { versionId: id }, at);
    if (version === undefined) continue;
    const { model } = await node.query("tributary.model.v1.Query/Model", { modelId: version.modelId, slug: "" }, at);
    names.set(id, `${model?.slug ?? version.modelId} ${version.label}`);
  }
  return names;
}
