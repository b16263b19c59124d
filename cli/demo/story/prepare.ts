import { loadCorpus } from "../corpus/load.js";
import { prepare } from "../corpus/prepare.js";
import { exactDuplicate, lateSubmission, submissionsOf, type Submission } from "../corpus/submissions.js";
import { commitAll, contributeAll, type Contributed } from "./steps/contribute.js";
import { createDatanet, type Datanet } from "./steps/datanet.js";
import { offerDuplicate } from "./steps/duplicate.js";
import { contributeLate } from "./steps/late.js";
import { publishModel, type Published } from "./steps/model.js";
import { publishRelease } from "./steps/release.js";
import { review } from "./steps/review.js";
import type { Story } from "./story.js";

/** Everything that there is before the first question. */
export interface Market {
  readonly datanet: Datanet;
  /** The contributions that were reviewed. */
  readonly contributed: readonly Contributed[];
  readonly accepted: readonly Contributed[];
  /** Accepted after the model was published: it earns as context alone. */
  readonly late: Contributed;
  readonly published: Published;
}

/** From the first text to a model in production, with the exact and the near duplicate, and the text that comes late. */
export async function prepareMarket(story: Story): Promise<Market> {
  const corpus = loadCorpus();
  const datanet = await createDatanet(story);
  const prepared = (one: Submission) => prepare(one, story.cast(one.owner).key, datanet.id);
  story.talk.chapter("Contributions");
  const texts = submissionsOf(corpus).map(prepared);
  await commitAll(story, texts);
  const contributed = await contributeAll(story, datanet, texts);
  await offerDuplicate(story, datanet, prepared(exactDuplicate(corpus)));
  story.talk.chapter("Review");
  const accepted = await review(story, contributed);
  const release = await publishRelease(story, datanet);
  const published = await publishModel(story, release, accepted);
  const late = await contributeLate(story, datanet, prepared(lateSubmission(corpus)));
  return { datanet, contributed, accepted, late, published };
}
