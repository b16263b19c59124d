import { stretchesOf, type TokenPay } from "../../attribution/explain.js";
import type { TokenRange } from "../../attribution/ranges.js";
import { residualReasons } from "../../attribution/rule/reasons.js";
import { utf8, utf8Text } from "../../bytes.js";

/** Words of an answer that are decided alike, or what stands between words. */
export interface AnswerPiece {
  readonly text: string;
  /** Undefined for spaces and marks between words. */
  readonly pay: Pick<TokenPay, "payee" | "reason" | "contester"> | undefined;
}

/**
 * The answer in pieces, in its order: together they are the answer. For people it makes no difference whether windows or a
 * run pay, and who could show an unlicensed use.
 * @param tokens the receipt's tokens @param ranges where they stand in the answer's UTF-8
 */
export function answerPieces(
  answer: string,
  tokens: readonly TokenPay[],
  ranges: readonly TokenRange[],
): readonly AnswerPiece[] {
  const bytes = utf8(answer);
  const textOf = (from: number, to: number): string => utf8Text(bytes.subarray(from, to)) ?? "";
  const pieces: AnswerPiece[] = [];
  let at = 0;
  for (const { from, to, payee, reason, contester } of stretchesOf(tokens.map(plainly))) {
    const [start, end] = [ranges[from]!.from, ranges[to - 1]!.to];
    if (start > at) pieces.push({ text: textOf(at, start), pay: undefined });
    pieces.push({ text: textOf(start, end), pay: { payee, reason, contester } });
    at = end;
  }
  if (at < bytes.length) pieces.push({ text: textOf(at, bytes.length), pay: undefined });
  return pieces;
}

const plainly = (token: TokenPay): TokenPay => ({ ...token, byRun: false, unlicensed: undefined });

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
