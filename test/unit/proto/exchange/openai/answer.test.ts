import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeErrors } from "#proto/exchange/errors.js";
import { answerSaid, chunkSaid, lengthChunk, shortened, usageChunk } from "#proto/exchange/openai/answer.js";
import { AnswerMeter } from "#proto/exchange/openai/meter.js";
import { problem, problemLine, problemOf } from "#proto/exchange/openai/problem.js";
import { withUsage } from "#proto/exchange/openai/usage.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import { LOOKUPS_MAX, RUN_PAIRS_MAX } from "#proto/attribution/rule/receipt.js";
import { isRejection, reject } from "#proto/rejection.js";
import { ok, refused } from "../../attribution/world.js";

const whole = (message: object, finish_reason: string | null = "stop"): JsonObject =>
  ({ id: "1", model: "m", choices: [{ index: 0, message, finish_reason }] }) as unknown as JsonObject;
const chunk = (choices: unknown): JsonObject => ({ id: "1", model: "m", choices }) as unknown as JsonObject;

test("answers say the text of their one choice", () => {
  assert.deepEqual(answerSaid("chat", whole({ content: "Rain." })), { text: "Rain.", finish: "stop" });
  assert.deepEqual(answerSaid("chat", whole({ content: null, tool_calls: [] }, "tool_calls")), {
    ...{ text: "", finish: "tool_calls" },
  });
  assert.deepEqual(answerSaid("completion", chunk([{ text: "Rain.", finish_reason: null }])), {
    ...{ text: "Rain.", finish: undefined },
  });
  assert.deepEqual(answerSaid("embedding", chunk("none")), { text: "", finish: undefined });
  assert.deepEqual(chunkSaid("chat", chunk([{ index: 0, delta: { content: "Ra" } }])), {
    text: "Ra",
    finish: undefined,
  });
  assert.deepEqual(chunkSaid("completion", chunk([{ text: "Ra" }])), { text: "Ra", finish: undefined });
  assert.deepEqual(chunkSaid("chat", chunk([])), { text: "", finish: undefined });
});

test("answers of another shape are refused", () => {
  const { wrongType, wrongValue } = exchangeErrors;
  refused(answerSaid("chat", chunk([])), wrongValue);
  refused(answerSaid("chat", chunk(undefined)), wrongValue);
  refused(answerSaid("chat", chunk([{}, {}])), wrongValue);
  refused(answerSaid("chat", chunk(["Rain."])), wrongType);
  refused(answerSaid("chat", whole({ content: 7 })), wrongType);
  refused(chunkSaid("chat", chunk([{ index: 1, delta: { content: "b" } }])), wrongValue);
  refused(chunkSaid("chat", chunk([{}, {}])), wrongValue);
  refused(chunkSaid("embedding", chunk([])), wrongValue);
  refused(chunkSaid("completion", chunk([{ text: [] }])), wrongType);
});

test("a shortened answer says what fits, and why it ended", () => {
  const cut = shortened("chat", whole({ role: "assistant", content: "one two three" }), "one ");
  assert.deepEqual(answerSaid("chat", cut), { text: "one ", finish: "length" });
  const completion = shortened("completion", chunk([{ text: "one two", logprobs: null }]), "one ");
  assert.deepEqual(answerSaid("completion", completion), { text: "one ", finish: "length" });
  const last = lengthChunk("chat", { ...chunk([{ delta: { content: "x" } }]), usage: null });
  assert.deepEqual(chunkSaid("chat", last), { text: "", finish: "length" });
  assert.ok(!("usage" in last));
  assert.deepEqual(chunkSaid("completion", lengthChunk("completion", chunk([]))), { text: "", finish: "length" });
  assert.deepEqual(usageChunk(chunk([{}])), { id: "1", model: "m", choices: [] });
});

test("usage is what the fee counts; the server's own stands beside it", () => {
  const upstream = { prompt_tokens: 9 };
  assert.deepEqual(withUsage("chat", { id: "1", usage: upstream }, { input: 4n, output: 3n }, upstream), {
    id: "1",
    usage: { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7, upstream },
  });
  assert.deepEqual(withUsage("embedding", {}, { input: 4n, output: 0n }, undefined), {
    usage: { prompt_tokens: 4, total_tokens: 4 },
  });
});

test("errors have OpenAI's shape, the field as param and the rejection as code", () => {
  const refusal = reject(exchangeErrors.notServed, { field: "n", have: 2, fix: "send 1" });
  assert.deepEqual(problemOf(refusal), {
    status: 400,
    mayRetry: false,
    body: {
      error: {
        message: "not served (field: n, have: 2, fix: send 1)",
        type: "invalid_request_error",
        param: "n",
        code: "exchange/notServed",
      },
    },
  });
  assert.equal(problemOf(reject(exchangeErrors.overCredit)).status, 402);
  const down = problem(502, "upstream_ended", "the model's server ended in the middle of its answer");
  assert.equal(down.mayRetry, true);
  assert.deepEqual(problemLine(down), { error: { ...down.body.error } });
});

const prices = { pricePerCall: 0n, pricePerInputToken: 0n, pricePerOutputToken: 0n };
const free = { prices, feeMax: 0n, input: 0n, context: [], datanets: 0, answerTokens: undefined };

test("an answer is cut before what cannot be paid or opened", () => {
  const most = (limits: Partial<Parameters<typeof AnswerMeter.of>[0]>): number => {
    const meter = ok(AnswerMeter.of({ ...free, ...limits }));
    meter.addWhole("rain ".repeat(9_000));
    assert.ok(!meter.add("rain "));
    return meter.tokens;
  };
  assert.equal(most({}), 8_192);
  assert.equal(most({ answerTokens: 30 }), 30);
  const priced = { pricePerCall: 5n, pricePerInputToken: 2n, pricePerOutputToken: 3n };
  assert.equal(most({ prices: priced, feeMax: 5n + 2n * 4n + 3n * 7n + 2n, input: 4n }), 7);
  assert.equal(most({ prices: priced, feeMax: 4n, input: 4n }), 0);
  assert.equal(most({ context: ["sun ".repeat(100)], datanets: LOOKUPS_MAX / 128 - 1 }), 28);
  assert.equal(most({ context: ["rain ".repeat(1_024)] }), RUN_PAIRS_MAX / 1_024);
});

test("an answer that no cut divides ends at a bound, and what does not tokenize is not let out", () => {
  const meter = ok(AnswerMeter.of(free));
  assert.ok(meter.add("a".repeat(16_384)));
  assert.ok(!meter.add("a"));
  assert.ok(meter.add("; and"));
  assert.ok(!meter.add("\ud800"));
  assert.equal(meter.tokens, 2);
  assert.ok(isRejection(AnswerMeter.of({ ...free, context: ["\ud800"] })));
});
