import { allPages, BadAnswer } from "#proto/client/index.js";
import type { Messages } from "#proto/codec/message.js";
import type { Asked } from "../message/query-command.js";

import type { Account, Line, Names } from "./words.js";

type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** All contributions of an owner, by id. */
export async function readContributions({ node, at }: Asked, owner: string): Promise<Map<bigint, Contribution>> {
  const all = await allPages(
    (pagination) => node.query("tributary.datanet.v1.Query/ContributionsByOwner", { owner, pagination }, at),
    (answer) => answer.contributions,
  );
  return new Map(all.map((contribution) => [contribution.id, contribution]));
}

/** The account of an answer, which a statement always has. */
export function accountOf({ account }: Messages["tributary.payout.v1.QueryStatementResponse"]): Account {
  if (account === undefined) throw new BadAnswer("a statement has no account");
  return account;
}

/** Lines of an answer with their entries. */
export function linesOf({ lines }: Messages["tributary.payout.v1.QueryStatementResponse"]): Line[] {
  return lines.map((line) => {
    if (line.entry === undefined) throw new BadAnswer("a line of a statement has no entry");
    return { ...line, entry: line.entry };
  });
}

/** Names in lines beside the contributions of their owner. */
export async function readNames(
  asked: Asked,
  contributions: ReadonlyMap<bigint, Contribution>,
  lines: readonly Line[],
): Promise<Names> {
  const { params } = await asked.node.query("tributary.payout.v1.Query/Params", {}, asked.at);
  const ids = lines.map(({ entry }) => entry.versionId);
  return { contributions, versions: await readVersionNames(asked, ids), holdBackMs: params?.holdBackMs ?? 0n };
}

/** Names of versions for people: the model's slug and the version's label. Two queries each. */
async function readVersionNames({ node, at }: Asked, ids: Iterable<bigint>): Promise<Map<bigint, string>> {
  const names = new Map<bigint, string>();
  for (const id of new Set(ids)) {
    const { version } = await node.query("tributary.model.v1.Query/Version", { versionId: id }, at);
    if (version === undefined) continue;
    const { model } = await node.query("tributary.model.v1.Query/Model", { modelId: version.modelId, slug: "" }, at);
    names.set(id, `${model?.slug ?? version.modelId} ${version.label}`);
  }
  return names;
}
