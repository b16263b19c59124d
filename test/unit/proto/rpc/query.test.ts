import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "#proto/rpc/query-grammar.js";
import { matches, type MatchableEvent } from "#proto/rpc/query-match.js";
import { isRejection } from "#proto/rejection.js";

const event = (type: string, attributes: Record<string, string>): MatchableEvent => ({
  type,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
});

const events = [
  event("tm", { event: "Tx" }),
  event("tx", { height: "5", hash: "AB12" }),
  event("message", { action: "/cosmos.bank.v1beta1.MsgSend", sender: "alice" }),
  event("message", { action: "/cosmos.bank.v1beta1.MsgMultiSend", sender: "bob" }),
  event("transfer", { recipient: "bob", sender: "alice", amount: "8.045utrib" }),
  event("app", { creator: "Cosmoshi Netowoko", at: "2026-11-21T03:00:00.5Z", day: "2026-11-20" }),
];

const TABLE: readonly (readonly [query: string, expected: boolean])[] = [
  ["tm.event='Tx'", true],
  ["tm.event = 'NewBlock'", false],
  ["tx.height=5", true],
  ["tx.height>4 AND tx.height<=5", true],
  ["tx.height > 5", false],
  ["tx.height < 5", false],
  ["tx.height >= 5.0", true],
  ["message.action='/cosmos.bank.v1beta1.MsgSend' AND message.sender='alice'", true],
  ["message.action='/cosmos.bank.v1beta1.MsgSend' AND message.sender='bob'", false],
  ["message.action='/cosmos.bank.v1beta1.MsgSend' AND transfer.recipient='bob'", true],
  ["transfer.amount > 8", true],
  ["transfer.amount = 8.0450", true],
  ["transfer.amount > 8.05", false],
  ["transfer.recipient EXISTS", true],
  ["transfer.memo EXISTS", false],
  ["app.creator CONTAINS 'shi Net'", true],
  ["app.creator='Cosmoshi Netowoko'", true],
  ["app.creator CONTAINS 'x'", false],
  ["app.at >= TIME 2026-11-21T04:00:00.5+01:00", true],
  ["app.at > TIME 2026-11-21T03:00:00.500Z", false],
  ["app.day = DATE 2026-11-20", true],
  ["app.day > DATE 2026-11-20", false],
  ["app.at > DATE 2026-11-20", true],
  ["app.creator > 5", false],
];
for (const [query, expected] of TABLE) {
  test(`${query} is ${expected}`, () => {
    const parsed = parseQuery(query);
    assert.ok(!isRejection(parsed));
    assert.equal(matches(parsed, events), expected);
  });
}

const REFUSED: readonly (readonly [query: string, name: string])[] = [
  ["", "syntax"],
  ["tx", "syntax"],
  ["tx.=5", "syntax"],
  ["tx.height", "syntax"],
  ["tx.height=", "syntax"],
  ["tx.height=5 OR tx.height=6", "syntax"],
  ["tx.height=5 AND", "syntax"],
  ["tx.hash='A", "syntax"],
  ["tx.hash>'A'", "syntax"],
  ["tx.height=-5", "syntax"],
  ["tx.height=5x", "syntax"],
  ["tx.height=0x10", "syntax"],
  ["a.b CONTAINS 5", "syntax"],
  ["a.b = DATE 2026-02-30", "syntax"],
  ["a.b = TIME yesterday", "syntax"],
  ["a.b ANDROID 'x'", "syntax"],
  [`a.b='${"x".repeat(512)}'`, "tooLong"],
  [Array.from({ length: 17 }, () => "a.b=1").join(" AND "), "tooManyConditions"],
];
for (const [query, name] of REFUSED) {
  test(`refuses ${JSON.stringify(query.slice(0, 40))} as ${name}`, () => {
    const parsed = parseQuery(query);
    assert.ok(isRejection(parsed));
    assert.equal(parsed.name, name);
  });
}
