import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { exchangeErrors } from "#proto/exchange/errors.js";
import { DEFAULT_MARKING, type Marking } from "#proto/exchange/http-request.js";
import { readBody } from "#proto/exchange/openai/body.js";
import { TEXTS_MAX } from "#proto/exchange/openai/texts.js";
import type { ErrorCode } from "#proto/rejection.js";
import { isRejection } from "#proto/rejection.js";
import { ok } from "../../attribution/world.js";

const CHAT = "/v1/chat/completions";
const read = (path: string, body: unknown, marking: Marking = DEFAULT_MARKING) =>
  readBody(path, utf8(typeof body === "string" ? body : JSON.stringify(body)), marking);
/** Kind, datanet and text of each text, as "kind:text" or "kind@datanet:text". */
const shown = (path: string, body: object, marking?: Marking): string[] =>
  ok(read(path, { model: "m", ...body }, marking)).texts.map(
    ({ kind, datanet, text }) => `${kind}${datanet === undefined ? "" : `@${datanet}`}:${text}`,
  );
const chat = (...messages: readonly object[]): object => ({ messages });
const user = (content: unknown): object => ({ role: "user", content });

test("texts of a chat have the kinds of their roles", () => {
  const call = { id: "c", type: "function", function: { name: "f", arguments: '{"q":"rain"}' } };
  const messages = [
    { role: "system", content: "Passage one." },
    { role: "developer", content: "Passage two." },
    user("What of it?"),
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "c", content: "Found passage." },
    { role: "function", name: "f", content: "Found more." },
    { role: "assistant", content: "It rained.", function_call: { name: "f", arguments: "{}" } },
    user(""),
  ];
  assert.deepEqual(shown(CHAT, chat(...messages)), [
    "marked:Passage one.",
    "marked:Passage two.",
    "own:What of it?",
    'answered:{"q":"rain"}',
    "marked:Found passage.",
    "marked:Found more.",
    "answered:It rained.",
    "answered:{}",
  ]);
  const none = { roles: [], delimiters: [] };
  assert.deepEqual(shown(CHAT, chat({ role: "system", content: "Mine." }), none), ["own:Mine."]);
  const older = { roles: ["system"], delimiters: [] };
  assert.deepEqual(shown(CHAT, chat({ role: "developer", content: "As system." }), older), ["marked:As system."]);
});

test("what is no text is named, in parts of messages and in members", () => {
  const parts = [
    { type: "text", text: "Look:" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
    { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
    { type: "hologram" },
    { type: "image_url", image_url: { url: "https://example.org/a.png" } },
  ];
  const body = ok(read(CHAT, { model: "m", ...chat(user(parts)), tools: [{ type: "function" }], functions: null }));
  assert.deepEqual(body.unmetered, ["image_url", "input_audio", "other_part", "tools"]);
  assert.deepEqual(
    body.texts.map(({ text }) => text),
    ["Look:"],
  );
  assert.deepEqual(
    body.members["tools"],
    [{ type: "function" }].map((each) => Object.assign(Object.create(null), each)),
  );
  assert.deepEqual(ok(read("/v1/embeddings", { model: "m", input: [[1, 2], [3]] })).unmetered, ["token_numbers"]);
  assert.deepEqual(ok(read("/v1/completions", { model: "m", prompt: [1, 2] })).unmetered, ["token_numbers"]);
});

test("prompts and inputs are the user's own", () => {
  assert.deepEqual(shown("/v1/completions", { prompt: "Once", suffix: "ever after" }), ["own:Once", "own:ever after"]);
  assert.deepEqual(shown("/v1/completions", { prompt: ["Once"] }), ["own:Once"]);
  assert.deepEqual(shown("/v1/embeddings", { input: ["one", "two"] }), ["own:one", "own:two"]);
});

test("text between delimiters is marked, and no character is lost", () => {
  const delimiters = [
    { open: '<source datanet="{datanet}">', close: "</source>" },
    { open: "[[", close: "]]" },
  ];
  const marking = { roles: [], delimiters };
  const table: readonly (readonly [text: string, parts: readonly string[]])[] = [
    ["plain", ["own:plain"]],
    [
      'ask <source datanet="12">said</source> and [[that]].',
      ['own:ask <source datanet="12">', "marked@12:said", "own:</source> and [[", "marked:that", "own:]]."],
    ],
    ["[[]][[x]]", ["own:[[", "own:]][[", "marked:x", "own:]]"]],
    ["[[not closed", ["own:[[not closed"]],
    ['<source datanet="x">no</source>', ['own:<source datanet="x">no</source>']],
    ['<source datanet="0">no</source>', ['own:<source datanet="0">no</source>']],
    ['<source datanet="18446744073709551616">no</source>', ['own:<source datanet="18446744073709551616">no</source>']],
    ['<source datanet="7">[[a]]</source>', ['own:<source datanet="7">', "marked@7:[[a]]", "own:</source>"]],
    ['[[<source datanet="7">]]</source>', ["own:[[", 'marked:<source datanet="7">', "own:]]</source>"]],
    ['<source datanet="7">open [[a]]', ['own:<source datanet="7">open [[', "marked:a", "own:]]"]],
  ];
  for (const [text, parts] of table) {
    assert.deepEqual(shown(CHAT, chat(user(text)), marking), parts, text);
    const joined = ok(read(CHAT, { model: "m", ...chat(user(text)) }, marking))
      .texts.map((each) => each.text)
      .join("");
    assert.equal(joined, text);
  }
  const assistant = { role: "assistant", content: "[[a]]" };
  assert.deepEqual(shown(CHAT, chat(assistant), marking), ["answered:[[a]]"]);
});

test("delimiters of a long text cost one look at each character", () => {
  const marking = {
    roles: [],
    delimiters: [
      { open: "<{datanet}>", close: "#" },
      { open: "(", close: ")" },
    ],
  };
  const hostile = [
    "<1>".repeat(300_000),
    "<".repeat(900_000),
    "<1111".repeat(200_000),
    "(<1>)".repeat(250) + "<1>".repeat(300_000) + "#",
  ];
  for (const text of hostile) assert.ok(!isRejection(read(CHAT, { model: "m", ...chat(user(text)) }, marking)));
});

test("a request is asked for one answer of a model", () => {
  const body = ok(
    read(CHAT, {
      ...{ model: "m", n: 1, stream: true, stream_options: { include_usage: true } },
      ...{ max_tokens: 40, max_completion_tokens: 30, logprobs: true, temperature: 0.7, user: null },
      ...chat(user("a")),
    }),
  );
  assert.deepEqual(
    [body.kind, body.model, body.stream, body.includeUsage, body.answerTokens],
    ["chat", "m", true, true, 30],
  );
  const plain = ok(read("/v1/completions", { model: "m", prompt: "a", n: null, echo: false, best_of: 1 }));
  assert.deepEqual([plain.stream, plain.includeUsage, plain.answerTokens], [false, false, undefined]);
});

test("bad bodies are refused with the field and the fix", () => {
  const { unknownPath, notUtf8, notJson, wrongType, wrongValue, notServed, tooManyTexts } = exchangeErrors;
  const good = { model: "m", ...chat(user("a")) };
  const rows: readonly (readonly [string, unknown, ErrorCode, string | undefined])[] = [
    ["/v1/images", good, unknownPath, undefined],
    [CHAT, "{", notJson, "body"],
    [CHAT, '{"model":"a","model":"b"}', notJson, "body"],
    [CHAT, '{"model":"\\ud800"}', notJson, "body"],
    [CHAT, '{"model":"m","seed":9007199254740993}', notJson, "body"],
    [CHAT, "[".repeat(200) + "]".repeat(200), notJson, "body"],
    [CHAT, "[]", wrongType, "body"],
    [CHAT, { ...good, model: 7 }, wrongType, "model"],
    [CHAT, { ...good, model: undefined }, wrongValue, "model"],
    [CHAT, { ...good, model: "a b" }, wrongValue, "model"],
    [CHAT, { ...good, model: "m".repeat(257) }, wrongValue, "model"],
    [CHAT, { ...good, stream: "yes" }, wrongType, "stream"],
    [CHAT, { ...good, stream_options: [] }, wrongType, "stream_options"],
    [CHAT, { ...good, max_tokens: 0 }, wrongType, "max_tokens"],
    [CHAT, { ...good, max_tokens: 1.5 }, wrongType, "max_tokens"],
    [CHAT, { ...good, n: 2 }, notServed, "n"],
    [CHAT, { ...good, n: "1" }, notServed, "n"],
    [CHAT, { model: "m" }, wrongValue, "messages"],
    [CHAT, { model: "m", messages: {} }, wrongType, "messages"],
    [CHAT, { model: "m", messages: ["a"] }, wrongType, "messages[0]"],
    [CHAT, { model: "m", messages: [{ content: "a" }] }, wrongValue, "messages[0].role"],
    [CHAT, { model: "m", messages: [user(7)] }, wrongType, "messages[0].content"],
    [CHAT, { model: "m", messages: [user([{ type: "text", text: {} }])] }, wrongType, "messages[0].content[0].text"],
    [CHAT, { model: "m", messages: [{ role: "assistant", tool_calls: [1] }] }, wrongType, "messages[0].tool_calls[0]"],
    [
      CHAT,
      { model: "m", messages: [{ role: "assistant", function_call: { arguments: {} } }] },
      wrongType,
      "messages[0].function_call.arguments",
    ],
    [
      CHAT,
      { model: "m", messages: Array.from({ length: TEXTS_MAX + 1 }, () => user("a")) },
      tooManyTexts,
      `messages[${TEXTS_MAX}].content`,
    ],
    ["/v1/completions", { model: "m" }, wrongType, "prompt"],
    ["/v1/completions", { model: "m", prompt: [] }, wrongType, "prompt"],
    ["/v1/completions", { model: "m", prompt: ["a", "b"] }, notServed, "prompt"],
    ["/v1/completions", { model: "m", prompt: "a", best_of: 3 }, notServed, "best_of"],
    ["/v1/completions", { model: "m", prompt: "a", echo: true }, notServed, "echo"],
    ["/v1/embeddings", { model: "m", input: ["a", {}] }, wrongType, "input[1]"],
  ];
  for (const [path, body, error, field] of rows) {
    const answer = read(path, body);
    assert.ok(isRejection(answer), JSON.stringify(body));
    assert.deepEqual([answer.name, answer.data["field"]], [error.name, field], JSON.stringify(body));
  }
  const bytes = Uint8Array.of(0x7b, 0xff, 0x7d);
  const answer = readBody(CHAT, bytes, DEFAULT_MARKING);
  assert.ok(isRejection(answer) && answer.name === notUtf8.name);
});

test("empty marks beyond the bound of texts are refused, not taken for own text", () => {
  const marking = { roles: [], delimiters: [{ open: "(", close: ")" }] };
  const answer = read(CHAT, { model: "m", ...chat(user("()".repeat(TEXTS_MAX))) }, marking);
  assert.ok(isRejection(answer) && answer.name === exchangeErrors.tooManyTexts.name);
});
