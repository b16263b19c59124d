import type { Messages } from "#proto/codec/message.js";
import type { Bytes } from "#proto/bytes.js";
import { allPages, type Client } from "#proto/client/index.js";
import { CliFault } from "../fault.js";
import { EXIT } from "../exit.js";

export type Datanet = Messages["tributary.datanet.v1.Datanet"];
export type Terms = Messages["tributary.datanet.v1.Terms"];
export type Contribution = Messages["tributary.datanet.v1.Contribution"];
export type Upload = Messages["tributary.datanet.v1.Upload"];

/** Undefined instead of a fault where the chain has no such thing. */
async function orUndefined<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof CliFault && error.exit === EXIT.notFound) return undefined;
    throw error;
  }
}

/** By id or by unique name. */
export async function fetchDatanet(node: Client, idOrSlug: string): Promise<{ datanet: Datanet; terms: Terms }> {
  const byId = /^[0-9]{1,19}$/.test(idOrSlug);
  const request = byId ? { datanetId: BigInt(idOrSlug) } : { slug: idOrSlug };
  const { datanet, terms } = await node.query("tributary.datanet.v1.Query/Datanet", request);
  if (datanet === undefined || terms === undefined) {
    throw new CliFault("bad_answer", "the node's answer holds no datanet", { exit: EXIT.unreachable });
  }
  return { datanet, terms };
}

export async function fetchContribution(
  node: Client,
  contributionId: bigint,
): Promise<{ contribution: Contribution | undefined; upload: Upload | undefined }> {
  return await node.query("tributary.datanet.v1.Query/Contribution", { contributionId });
}

/** Whether the owner has committed to this and the commitment can still be opened. */
export async function isCommitted(node: Client, owner: string, commitment: Bytes): Promise<boolean> {
  const found = await orUndefined(node.query("tributary.datanet.v1.Query/Commitment", { owner, commitment }));
  return found?.commitment !== undefined;
}

/** The owner's contributions, to a datanet or all; an account that the chain does not know has none. */
export async function contributionsOf(node: Client, owner: string, datanetId?: bigint): Promise<Contribution[]> {
  const all = await orUndefined(
    allPages(
      (pagination) => node.query("tributary.datanet.v1.Query/ContributionsByOwner", { owner, pagination }),
      ({ contributions }) => contributions,
    ),
  );
  return (all ?? []).filter((contribution) => datanetId === undefined || contribution.datanetId === datanetId);
}
