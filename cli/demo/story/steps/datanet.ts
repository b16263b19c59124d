import { NORM_ID } from "#proto/attribution/token-hash.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { ownAny } from "#proto/tx/build.js";
import { admission } from "#proto/client/words/codes.js";
import { responseOf } from "../actor.js";
import { roles } from "../cast.js";
import type { Story } from "../story.js";

const TERMS =
  "Contributions may train language models. Whoever committed a phrase first is paid for its use; 5 % go to the datanet.";
const CARD = "State of the Union addresses, 1790 to 1963, in the words of their speakers.";
const CURATORS_NEEDED = 2;
const BOND = "1000000";
const TREASURY_BASIS_POINTS = 500;
const TIER_REPLICATED = 1;

export interface Datanet {
  readonly id: bigint;
  readonly termsVersion: number;
  readonly termsHash: Bytes;
  readonly mediaType: string;
}

/** A curated datanet: two of three curators decide on each contribution. */
export async function createDatanet({ cast, talk }: Story): Promise<Datanet> {
  talk.chapter("A datanet");
  const creator = cast(roles.creator);
  const mediaType = "text/plain";
  const termsHash = sha256(utf8(TERMS));
  const tx = await creator.send(
    ownAny("tributary.datanet.v1.MsgCreateDatanet", {
      creator: creator.address,
      slug: "union-addresses",
      title: "State of the Union addresses",
      cardHash: sha256(utf8(CARD)),
      admission: admission.curated,
      curators: roles.curators.map((name) => cast(name).address),
      threshold: CURATORS_NEEDED,
      normId: NORM_ID,
      tier: TIER_REPLICATED,
      bond: BOND,
      treasuryBasisPoints: TREASURY_BASIS_POINTS,
      termsHash,
      mediaTypes: [mediaType],
    }),
  );
  const { datanetId: id } = responseOf(tx, "tributary.datanet.v1.MsgCreateDatanetResponse");
  talk.say(
    `${roles.creator} created datanet ${id}, curated by ${roles.curators.join(", ")}: ${CURATORS_NEEDED} of ${roles.curators.length} decide`,
  );
  return { id, termsVersion: 1, termsHash, mediaType };
}
