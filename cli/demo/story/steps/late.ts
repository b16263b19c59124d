import { CliFault } from "../../../fault.js";
import type { Prepared } from "../../corpus/prepare.js";
import type { Story } from "../story.js";
import { commitAll, contributeAll, type Contributed } from "./contribute.js";
import type { Datanet } from "./datanet.js";
import { review } from "./review.js";

/** A text that no release of the version holds. It is paid where a request marks a passage of it. */
export async function contributeLate(story: Story, datanet: Datanet, text: Prepared): Promise<Contributed> {
  story.talk.chapter("A text that the model was not trained on");
  await commitAll(story, [text]);
  const [accepted] = await review(story, await contributeAll(story, datanet, [text]));
  if (accepted === undefined) throw new CliFault("story", "the late contribution was not accepted");
  return accepted;
}
