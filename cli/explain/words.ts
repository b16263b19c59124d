import { stretchesOf, type Stretch } from "#proto/attribution/explain.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { utf8, utf8Text } from "#proto/bytes.js";
import type { ReceiptExplanation } from "#proto/client/verify/index.js";
import { shownLines } from "../output/shown.js";
import { COLOURS, painted } from "./colours.js";

/** One word for the reason why words are unpaid. */
const marks: Readonly<Record<number, string>> = {
  [residualReasons.promptEcho]: "echo",
  [residualReasons.common]: "common",
  [residualReasons.repeated]: "again",
  [residualReasons.unmatched]: "nobody",
  [residualReasons.notEligible]: "unlicensed",
};

/** The short form of a reason, as words are marked with. */
export function reasonMark(reason: number): string {
  return marks[reason] ?? `reason ${reason}`;
}

/** The mark of what one contribution is paid, and of what one contests: "4", or "4 contested by 2". */
export function payMark(payee: bigint, contester: bigint | undefined): string {
  return contester === undefined ? payee.toString() : `${payee} contested by ${contester}`;
}

/**
 * The answer's words. Each stretch stands in brackets with its mark, on a terminal with colours only where the colour does
 * not show it: for unpaid words, and for all words if there are more paid contributions than colours.
 */
export function answerWords(
  answer: string,
  { tokens, ranges, pay }: Pick<ReceiptExplanation, "tokens" | "ranges" | "pay">,
  isColoured: boolean,
): string {
  if (ranges === undefined) return "";
  const bytes = utf8(answer);
  const textOf = (from: number, to: number): string => shownLines(utf8Text(bytes.subarray(from, to)) ?? "");
  const places = new Map(pay.credits.map(({ committer }, place) => [committer.contribution, place]));
  const isPlain = !isColoured || places.size > COLOURS;
  let out = "";
  let at = 0;
  for (const stretch of mergedStretches(tokens)) {
    const [start, end] = [ranges[stretch.from]!.from, ranges[stretch.to - 1]!.to];
    const { payee, contester } = stretch;
    const words = textOf(start, end);
    const marked = isPlain || payee === undefined ? `[${markOf(stretch)}: ${words}]` : words;
    const look = { place: payee === undefined ? undefined : places.get(payee), isContested: contester !== undefined };
    out += textOf(at, start) + (isColoured ? painted(marked, look) : marked);
    at = end;
  }
  return out + textOf(at, bytes.length);
}

/** For people it makes no difference whether windows or a run pay, and who could show an unlicensed use. */
function mergedStretches(tokens: ReceiptExplanation["tokens"]): Stretch[] {
  return stretchesOf(tokens.map((token) => ({ ...token, byRun: false, unlicensed: undefined })));
}

function markOf({ payee, reason, contester }: Stretch): string {
  return payee === undefined ? reasonMark(reason) : payMark(payee, contester);
}
