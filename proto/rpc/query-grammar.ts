import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { parseDate, parseTime } from "./query-time.js";

/**
 * CometBFT's event query language (cometbft/libs/pubsub/query/syntax): conditions joined by AND, each
 * `tag op operand` with op one of = < <= > >= CONTAINS EXISTS and operand 'text', a number, DATE yyyy-mm-dd or TIME rfc3339.
 */
export const queryErrors = codespace("query", { tooLong: 1, syntax: 2, tooManyConditions: 3 });

/** Maximum length of a query, as in CometBFT. */
export const QUERY_TEXT_MAX = 512;
/** Maximum number of conditions. Each condition costs one walk over an index; typical queries have two or three. */
export const QUERY_CONDITIONS_MAX = 16;

/** Comparison operators. */
export type Comparison = "=" | "<" | "<=" | ">" | ">=";
/** A decimal number: whole part, and fraction digits without trailing zeros. Exact at any length. */
export interface DecimalOperand {
  readonly whole: bigint;
  readonly fraction: string;
}
/** The right side of a comparison. */
export type Operand =
  | { readonly kind: "text"; readonly text: string }
  | ({ readonly kind: "number" } & DecimalOperand)
  | { readonly kind: "time"; readonly ms: bigint };

/** A condition on the attribute `type.key`. */
export type Condition = { readonly type: string; readonly key: string } & (
  | { readonly op: Comparison; readonly operand: Operand }
  | { readonly op: "CONTAINS"; readonly text: string }
  | { readonly op: "EXISTS" }
);

/** A parsed query: all conditions must hold. */
export interface EventQuery {
  /** The original text; subscribers get it back unchanged. */
  readonly text: string;
  readonly conditions: readonly Condition[];
}

const SPACE = /[ \t\r\n]*/y;
const TAG = /[A-Za-z0-9_./-]+/y;
const OPERATOR = /<=|>=|=|<|>|(?:CONTAINS|EXISTS)(?![A-Za-z0-9_])/y;
const TEXT = /'([^']*)'/y;
const NUMBER = /([0-9]{1,78})(?:\.([0-9]{0,78}))?(?![A-Za-z0-9_])/y;
const DATE_WORD = /DATE[ \t]+([^ \t\r\n]+)/y;
const TIME_WORD = /TIME[ \t]+([^ \t\r\n]+)/y;
const AND = /AND(?![A-Za-z0-9_])/y;

/** Parses a query. Total: rejects with the position (from 0) and what was expected there. */
export function parseQuery(text: string): EventQuery | Rejection {
  if (text.length > QUERY_TEXT_MAX) return reject(queryErrors.tooLong, { length: text.length, max: QUERY_TEXT_MAX });
  const at = new Cursor(text);
  const conditions: Condition[] = [];
  for (;;) {
    const condition = parseCondition(at);
    if (isRejection(condition)) return condition;
    conditions.push(condition);
    if (conditions.length > QUERY_CONDITIONS_MAX) {
      return reject(queryErrors.tooManyConditions, { max: QUERY_CONDITIONS_MAX });
    }
    at.take(SPACE);
    if (at.done()) return { text, conditions };
    if (at.take(AND) === undefined) return at.expected("AND");
  }
}

class Cursor {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  done(): boolean {
    return this.#at === this.#text.length;
  }

  expected(what: string): Rejection {
    return reject(queryErrors.syntax, { at: this.#at, expected: what });
  }
}

function parseCondition(at: Cursor): Condition | Rejection {
  at.take(SPACE);
  const tag = at.take(TAG)?.[0];
  const dot = tag?.lastIndexOf(".") ?? -1;
  if (tag === undefined || dot <= 0 || dot === tag.length - 1) return at.expected("a tag as type.attribute");
  const name = { type: tag.slice(0, dot), key: tag.slice(dot + 1) };
  at.take(SPACE);
  const op = at.take(OPERATOR)?.[0] as Comparison | "CONTAINS" | "EXISTS" | undefined;
  if (op === undefined) return at.expected("one of = < <= > >= CONTAINS EXISTS");
  if (op === "EXISTS") return { ...name, op };
  at.take(SPACE);
  if (op === "CONTAINS") {
    const text = at.take(TEXT)?.[1];
    return text === undefined ? at.expected("text in single quotes") : { ...name, op, text };
  }
  const operand = parseOperand(at);
  if (operand === undefined) return at.expected("text in single quotes, a number, DATE yyyy-mm-dd or TIME rfc3339");
  if (operand.kind === "text" && op !== "=") return at.expected(`a number, DATE or TIME after ${op}`);
  return { ...name, op, operand };
}

function parseOperand(at: Cursor): Operand | undefined {
  const text = at.take(TEXT);
  if (text !== undefined) return { kind: "text", text: text[1]! };
  const number = at.take(NUMBER);
  if (number !== undefined) return { kind: "number", ...decimal(number[1]!, number[2] ?? "") };
  const date = at.take(DATE_WORD);
  const ms = date === undefined ? parseIfPresent(at.take(TIME_WORD)) : parseDate(date[1]!);
  return ms === undefined ? undefined : { kind: "time", ms };
}

function parseIfPresent(match: RegExpExecArray | undefined): bigint | undefined {
  return match === undefined ? undefined : parseTime(match[1]!);
}

/** A decimal operand from its digits. The caller guarantees digits only. */
export function decimal(whole: string, fraction: string): DecimalOperand {
  return { whole: BigInt(whole), fraction: fraction.replace(/0+$/, "") };
}
