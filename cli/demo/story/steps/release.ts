import { toHex, type Bytes } from "#proto/bytes.js";
import { ownAny } from "#proto/tx/build.js";
import { responseOf } from "../actor.js";
import { roles } from "../cast.js";
import type { Story } from "../story.js";
import type { Datanet } from "./datanet.js";

export interface Release {
  readonly datanetId: bigint;
  readonly number: number;
  readonly root: Bytes;
}

/** Freezes what is accepted by now: a model pins this set and no other. */
export async function publishRelease({ cast, talk }: Story, { id: datanetId }: Datanet): Promise<Release> {
  const curator = cast(roles.curators[0]);
  const tx = await curator.send(
    ownAny("tributary.datanet.v1.MsgPublishRelease", { curator: curator.address, datanetId, notes: "first release" }),
  );
  const { number, root, contributions } = responseOf(tx, "tributary.datanet.v1.MsgPublishReleaseResponse");
  talk.say(`release ${datanetId}/${number} holds ${contributions} contributions under ${toHex(root).slice(0, 16)}…`);
  return { datanetId, number, root };
}
