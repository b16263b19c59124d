import MiniSearch from "minisearch";
import { countedTokens } from "#proto/attribution/counted.js";
import { utf8Text } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { isRejection } from "#proto/rejection.js";
import { usage } from "../../fault.js";
import type { World } from "../../world.js";
import type { Passages } from "../answer/offer.js";
import type { TextsSetting } from "../settings/models.js";
import { checkTexts } from "./check.js";

/** Passages that are put before a question, and their tokens together. */
const PASSAGES_MAX = 4;
const TOKENS_MAX = 1_024;
/** Words of a passage at most. */
const PASSAGE_WORDS = 120;
/** UTF-16 units of a question that are looked for: the end of it, where it asks. */
const QUESTION_LENGTH_MAX = 2_000;

/** Opens the texts of a release for search. Files that are not in it are named and left out. @throws CliFault */
export async function openPassages(setting: TextsSetting, node: Client, { out }: World): Promise<Passages> {
  const { held, leftOut, release } = await checkTexts(setting, node);
  for (const why of leftOut) out.warn(`left out: ${why}`);
  if (held.length === 0) {
    throw usage(
      `${setting.folder} holds no text of release ${release} of datanet ${setting.datanetId}`,
      "tribd datanet contribute --help",
    );
  }
  const texts = held.flatMap(({ records }) => records.flatMap((record) => cutText(utf8Text(record) ?? "")));
  out.note(`${held.length} texts of datanet ${setting.datanetId}, release ${release}: ${texts.length} passages`);
  return searchable(texts, [setting.datanetId]);
}

/** Passages by search. */
export function searchable(texts: readonly string[], datanets: readonly bigint[]): Passages {
  const index = new MiniSearch<{ readonly id: number; readonly text: string }>({ fields: ["text"] });
  index.addAll(texts.map((text, id) => ({ id, text })));
  return {
    datanets,
    find(question, tokensMax) {
      const most = Math.min(tokensMax, TOKENS_MAX);
      let found = "";
      let count = 0;
      for (const { id } of index.search(question.slice(-QUESTION_LENGTH_MAX))) {
        if (count === PASSAGES_MAX) break;
        const grown = `${found}${found === "" ? "" : "\n\n"}${texts[id as number]!}`;
        if (!fits(grown, most)) continue;
        found = grown;
        count++;
      }
      return found;
    },
  };
}

function fits(text: string, tokensMax: number): boolean {
  const counted = countedTokens([], [], text);
  return !isRejection(counted) && counted.output <= BigInt(tokensMax);
}

/** A text as passages: its paragraphs, longer ones cut between words. */
export function cutText(text: string): string[] {
  const passages: string[] = [];
  for (const paragraph of text.split(/\n\s*\n/)) {
    const words = paragraph.split(/\s+/).filter((word) => word !== "");
    for (let at = 0; at < words.length; at += PASSAGE_WORDS) {
      passages.push(words.slice(at, at + PASSAGE_WORDS).join(" "));
    }
  }
  return passages;
}
