import { ownAny } from "#proto/tx/build.js";
import { CliFault } from "../../../fault.js";
import type { Prepared } from "../../corpus/prepare.js";
import type { Story } from "../story.js";
import { contribution } from "./contribute.js";
import type { Datanet } from "./datanet.js";

const GAS = 5_000_000n;

/** Sends a text that is there already. The chain takes the commitment, which hides it, and refuses what it opens to. */
export async function offerDuplicate({ cast, talk }: Story, datanet: Datanet, copy: Prepared): Promise<string> {
  const actor = cast(copy.owner);
  const { commitment, fpCount } = copy;
  const intent = { owner: actor.address, commitment, fpCount };
  await actor.send(ownAny("tributary.datanet.v1.MsgCommitContribution", intent));
  const { result } = await actor.attempt(GAS, contribution(actor.address, datanet, copy));
  if (result.code === 0) throw new CliFault("story", "the chain took an exact duplicate");
  talk.say(`${copy.owner}'s exact duplicate was refused: ${result.log}`);
  return result.log;
}
