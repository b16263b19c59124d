import { ownAny } from "#proto/tx/build.js";
import { CliFault } from "../../../fault.js";
import { contributionStatus, reviewReason, verdict, type Codes } from "#proto/client/words/codes.js";
import { roles } from "../cast.js";
import type { Story } from "../story.js";
import type { Contributed } from "./contribute.js";

/** A text with a smaller share of new fingerprints adds too little. */
const FIRST_COMMITTED_MIN = 5_000;

/** Curators whose equal verdicts decide. */
const DECIDING = 2;

interface Decision {
  readonly contributed: Contributed;
  readonly verdict: number;
  readonly reason: number;
  readonly note: string;
}

/** Two curators decide by what the chain has counted; the accepted contributions come back in the order of their ids. */
export async function review(story: Story, contributed: readonly Contributed[]): Promise<Contributed[]> {
  const { cast, node } = story;
  const decisions: Decision[] = [];
  for (const one of contributed) {
    const path = "tributary.datanet.v1.Query/Contribution";
    const { firstCommittedBasisPoints } = await node.query(path, { contributionId: one.id });
    decisions.push(decide(one, firstCommittedBasisPoints));
  }
  for (const name of roles.curators.slice(0, DECIDING)) {
    const { address: curator } = cast(name);
    await cast(name).send(
      ...decisions.map(({ contributed: { id }, verdict, reason, note }) =>
        ownAny("tributary.datanet.v1.MsgReviewContribution", { curator, contributionId: id, verdict, reason, note }),
      ),
    );
  }
  return await outcome(story, decisions);
}

function decide(contributed: Contributed, firstCommitted: number): Decision {
  const note = `${(firstCommitted / 100).toFixed(1)} % of its fingerprints are new`;
  const isNew = firstCommitted >= FIRST_COMMITTED_MIN;
  return isNew
    ? { contributed, verdict: verdict.accept, reason: reviewReason["meets-terms"], note }
    : { contributed, verdict: verdict.reject, reason: reviewReason["near-duplicate"], note };
}

async function outcome({ node, talk }: Story, decisions: readonly Decision[]): Promise<Contributed[]> {
  const accepted: Contributed[] = [];
  for (const { contributed, note } of decisions) {
    const { id, prepared } = contributed;
    const path = "tributary.datanet.v1.Query/Contribution";
    const { contribution } = await node.query(path, { contributionId: id });
    if (contribution === undefined) throw new CliFault("story", `contribution ${id} is gone`);
    const status = word(contributionStatus, contribution.status);
    if (contribution.status === contributionStatus.accepted) accepted.push(contributed);
    talk.say(
      `${id} "${prepared.title}" by ${prepared.owner}: ${status}, ${word(reviewReason, contribution.reason)} (${note})`,
    );
  }
  return accepted;
}

export function word(codes: Codes, code: number): string {
  return Object.keys(codes).find((name) => codes[name] === code) ?? `code ${code}`;
}
