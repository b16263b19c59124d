import { toHex, type Bytes } from "#proto/bytes.js";
import { prepareContribution } from "#proto/attribution/contribution.js";
import { allPages, type Client } from "#proto/client/index.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { findFiles, orLeftOut, readContribution, type FileChoice } from "../../contribute/files.js";
import { notFound } from "../../fault.js";
import type { TextsSetting } from "../settings/models.js";

/** A text that stands in a release. */
export interface HeldText {
  readonly path: string;
  readonly contributionId: bigint;
  /** Its records, UTF-8. */
  readonly records: readonly Bytes[];
}

/** Texts of a folder that stand in the release, and why the others do not. */
export interface CheckedTexts {
  readonly release: number;
  readonly held: readonly HeldText[];
  readonly leftOut: readonly string[];
}

const CHOICE: FileChoice = { include: [], exclude: [], format: "auto", records: "file", field: [] };

/**
 * Reads a folder and keeps the files whose content the release has: each content root is looked for among the datanet's
 * contributions, and each that is found is asked for in the release. Work: the files, a page for each 100 contributions of the
 * datanet, a query for each file that is found. @throws CliFault(not_found) for an unknown release
 */
export async function checkTexts({ datanetId, release, folder }: TextsSetting, node: Client): Promise<CheckedTexts> {
  const found = await node.query("tributary.datanet.v1.Query/Release", { datanetId, number: release });
  if (found.release === undefined) throw notFound(`datanet ${datanetId} has no release ${release || ""}`.trim());
  const { number } = found.release;
  const contributions = await allPages(
    (pagination) => node.query("tributary.datanet.v1.Query/Contributions", { datanetId, pagination }),
    (answer) => answer.contributions,
  );
  const ids = new Map(contributions.map(({ contentRoot, id }) => [toHex(contentRoot), id]));
  const files = findFiles([folder], CHOICE);
  const leftOut = [...files.leftOut];
  const held: HeldText[] = [];
  for (const path of [...files.named, ...files.below]) {
    const records = orLeftOut(leftOut, () => readContribution(path, CHOICE).records);
    if (records === undefined) continue;
    const prepared = prepareContribution(records);
    if (isRejection(prepared)) {
      leftOut.push(`${path}: ${rejectionText(prepared)}`);
      continue;
    }
    const contributionId = ids.get(toHex(prepared.contentRoot));
    if (contributionId === undefined) {
      leftOut.push(`${path}: datanet ${datanetId} has no contribution with this content`);
    } else if (!(await isMember(node, datanetId, number, contributionId))) {
      leftOut.push(`${path}: contribution ${contributionId} is not in release ${number}`);
    } else held.push({ path, contributionId, records });
  }
  return { release: number, held, leftOut };
}

async function isMember(node: Client, datanetId: bigint, number: number, contributionId: bigint): Promise<boolean> {
  const { member } = await node.query("tributary.datanet.v1.Query/ReleaseMember", {
    datanetId,
    number,
    contributionId,
  });
  return member;
}
