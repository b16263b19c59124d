import type { ReceiptExplanation } from "#proto/client/verify/index.js";
import { answerPieces, payMark, reasonMark, type AnswerPiece } from "#proto/client/words/answer.js";
import { shownLines } from "#proto/client/words/shown.js";
import { COLOURS, painted } from "./colours.js";

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
  const places = new Map(pay.credits.map(({ committer }, place) => [committer.contribution, place]));
  const isPlain = !isColoured || places.size > COLOURS;
  const wordsOf = ({ text, pay: decided }: AnswerPiece): string => {
    const words = shownLines(text);
    if (decided === undefined) return words;
    const { payee, reason, contester } = decided;
    const mark = payee === undefined ? reasonMark(reason) : payMark(payee, contester);
    const marked = isPlain || payee === undefined ? `[${mark}: ${words}]` : words;
    const look = { place: payee === undefined ? undefined : places.get(payee), isContested: contester !== undefined };
    return isColoured ? painted(marked, look) : marked;
  };
  return answerPieces(answer, tokens, ranges).map(wordsOf).join("");
}
