import { decimal, type Condition, type DecimalOperand, type EventQuery, type Operand } from "./query-grammar.js";
import { parseDate, parseTime } from "./query-time.js";

/** The part of an event that queries look at. */
export interface MatchableEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** Conditions on one event type: one event of that type has to satisfy them all. */
export interface ConditionGroup {
  readonly type: string;
  readonly conditions: readonly Condition[];
}

/** Tags that belong to no event of the state machine: each stands alone, beside events that share its type ("tx"). */
export const BUILT_IN_TAGS: ReadonlySet<string> = new Set(["tm.event", "tx.hash", "tx.height", "block.height"]);
/** The attribute of a condition, "type.key". */
export const tagOf = ({ type, key }: Condition): string => `${type}.${key}`;

/** Groups in order of their first condition. */
export function groupConditions(query: EventQuery): readonly ConditionGroup[] {
  const groups = new Map<string, Condition[]>();
  for (const condition of query.conditions) {
    const tag = tagOf(condition);
    const name = BUILT_IN_TAGS.has(tag) ? tag : condition.type;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [condition]);
    else group.push(condition);
  }
  return [...groups.values()].map((conditions) => ({ type: conditions[0]!.type, conditions }));
}

/**
 * Whether the events satisfy the query. Conditions on one event type must hold within the same event (as CometBFT's
 * indexer since 0.38); conditions on different types may be met by different events. Subscriptions and search share it.
 */
export function matches(query: EventQuery, events: readonly MatchableEvent[]): boolean {
  return groupConditions(query).every(({ type, conditions }) =>
    events.some(
      (event) =>
        event.type === type &&
        conditions.every((condition) =>
          event.attributes.some(({ key, value }) => key === condition.key && valueSatisfies(condition, value)),
        ),
    ),
  );
}

const COMPARE = {
  "=": (order: number) => order === 0,
  "<": (order: number) => order < 0,
  "<=": (order: number) => order <= 0,
  ">": (order: number) => order > 0,
  ">=": (order: number) => order >= 0,
} as const;

/** Whether one attribute value satisfies one condition, whose tag is already known to match. */
export function valueSatisfies(condition: Condition, value: string): boolean {
  if (condition.op === "EXISTS") return true;
  if (condition.op === "CONTAINS") return value.includes(condition.text);
  const order = compareTo(condition.operand, value);
  return order !== undefined && COMPARE[condition.op](order);
}

/** Sign of value - operand; undefined when the value has nothing to compare. */
function compareTo(operand: Operand, value: string): number | undefined {
  if (operand.kind === "text") return value === operand.text ? 0 : undefined;
  if (operand.kind === "number") {
    const found = leadingNumber(value);
    return found === undefined ? undefined : compareDecimals(found, operand);
  }
  const ms = parseTime(value) ?? parseDate(value);
  return ms === undefined ? undefined : sign(ms - operand.ms);
}

const LEADING_NUMBER = /^([0-9]{1,78})(?:\.([0-9]{1,78}))?(?![0-9])/;

/** "8.045utrib" compares as 8.045: coins are written with their denomination. */
function leadingNumber(value: string): DecimalOperand | undefined {
  const match = LEADING_NUMBER.exec(value);
  return match === null ? undefined : decimal(match[1]!, match[2] ?? "");
}

function compareDecimals(a: DecimalOperand, b: DecimalOperand): number {
  if (a.whole !== b.whole) return sign(a.whole - b.whole);
  const width = Math.max(a.fraction.length, b.fraction.length, 1);
  return sign(BigInt(a.fraction.padEnd(width, "0")) - BigInt(b.fraction.padEnd(width, "0")));
}

const sign = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);
