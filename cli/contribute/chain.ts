import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { isRejection } from "#proto/rejection.js";
import { queryBytes } from "../client.js";
import { CliFault } from "../fault.js";
import { EXIT } from "../exit.js";
import { emptyMessage } from "../message/values.js";

export type Datanet = Messages["tributary.datanet.v1.Datanet"];
export type Terms = Messages["tributary.datanet.v1.Terms"];
export type Contribution = Messages["tributary.datanet.v1.Contribution"];
export type Upload = Messages["tributary.datanet.v1.Upload"];

async function ask<Q extends MessageName, A extends MessageName>(
  node: Client,
  name: string,
  request: readonly [Q, Partial<Messages[Q]>],
  response: A,
): Promise<Messages[A]> {
  const bytes = message(request[0]).encode({ ...emptyMessage(request[0]), ...request[1] });
  const answer = message(response).decode(await queryBytes(node, `/tributary.datanet.v1.Query/${name}`, bytes));
  if (isRejection(answer))
    throw new CliFault("bad_answer", `the node's answer is no ${response}`, { exit: EXIT.unreachable });
  return answer;
}

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
  const { datanet, terms } = await ask(
    node,
    "Datanet",
    ["tributary.datanet.v1.QueryDatanetRequest", request],
    "tributary.datanet.v1.QueryDatanetResponse",
  );
  if (datanet === undefined || terms === undefined)
    throw new CliFault("bad_answer", "the node's answer holds no datanet", { exit: EXIT.unreachable });
  return { datanet, terms };
}

export async function fetchContribution(
  node: Client,
  contributionId: bigint,
): Promise<{ contribution: Contribution | undefined; upload: Upload | undefined }> {
  return await ask(
    node,
    "Contribution",
    ["tributary.datanet.v1.QueryContributionRequest", { contributionId }],
    "tributary.datanet.v1.QueryContributionResponse",
  );
}

/** Whether the owner has committed to this and the commitment can still be opened. */
export async function isCommitted(node: Client, owner: string, commitment: Bytes): Promise<boolean> {
  const found = await orUndefined(
    ask(
      node,
      "Commitment",
      ["tributary.datanet.v1.QueryCommitmentRequest", { owner, commitment }],
      "tributary.datanet.v1.QueryCommitmentResponse",
    ),
  );
  return found?.commitment !== undefined;
}

const PAGE = 100n;

/** The owner's contributions to a datanet, page by page. */
export async function contributionsOf(node: Client, owner: string, datanetId: bigint): Promise<Contribution[]> {
  const all: Contribution[] = [];
  let key: Bytes = new Uint8Array(0);
  do {
    const pagination = { key, offset: 0n, limit: PAGE, countTotal: false, reverse: false };
    const page = await orUndefined(
      ask(
        node,
        "ContributionsByOwner",
        ["tributary.datanet.v1.QueryContributionsByOwnerRequest", { owner, pagination }],
        "tributary.datanet.v1.QueryContributionsResponse",
      ),
    );
    all.push(...(page?.contributions ?? []));
    key = page?.pagination?.nextKey ?? new Uint8Array(0);
  } while (key.length > 0);
  return all.filter((contribution) => contribution.datanetId === datanetId);
}

export function sameContent(contribution: Contribution, contentRoot: Bytes): boolean {
  return equalBytes(contribution.contentRoot, contentRoot);
}
