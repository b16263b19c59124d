import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { UpstreamFault } from "#cli/gateway/upstream/fault.js";
import { Upstream } from "#cli/gateway/upstream/upstream.js";
import { testUpstream, WORDS, type Behaviour, type TestUpstream } from "#test/fixtures/upstream-server.js";

let server: TestUpstream;
before(async () => {
  server = await testUpstream();
});
after(() => server.close());

const never = new AbortController().signal;
/** Only what never comes is waited for in vain. */
const SHORT_MS = 150;
const upstream = (waits = 10_000): Upstream =>
  new Upstream({ url: server.url, key: "k", firstByteMs: waits, betweenMs: waits }, fetch);
const body = { model: "inner", messages: [] };

async function whole(behaviour: Behaviour): Promise<unknown> {
  server.behaviour = behaviour;
  return await upstream(waitsFor(behaviour)).answer("/chat/completions", body, never);
}

function waitsFor(behaviour: Behaviour): number | undefined {
  return ["hangs", "stalls"].includes(behaviour) ? SHORT_MS : undefined;
}

async function streamed(behaviour: Behaviour, given = upstream(waitsFor(behaviour))): Promise<string[]> {
  server.behaviour = behaviour;
  const said: string[] = [];
  let isFinished = false;
  for await (const chunk of given.chunks("/chat/completions", { ...body, stream: true }, never, () => isFinished)) {
    const [choice] = chunk["choices"] as unknown as { delta: { content: string }; finish_reason: string | null }[];
    isFinished ||= choice?.finish_reason === "stop";
    if (choice !== undefined) said.push(choice.delta.content);
  }
  return said;
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "none";
  } catch (error) {
    assert.ok(error instanceof UpstreamFault, String(error));
    return `${error.problem.status} ${error.problem.body.error.code}`;
  }
};

test("an answer comes whole, and chunk by chunk", async () => {
  const { choices } = (await whole("honest")) as { choices: { message: { content: string } }[] };
  assert.equal(choices[0]!.message.content, WORDS.join(""));
  assert.deepEqual(await streamed("honest"), [...WORDS, ""]);
  assert.deepEqual(await streamed("withoutDone"), ["rain.", ""]);
  assert.deepEqual(await upstream().models(never), ["inner"]);
});

const FAILURES: readonly (readonly [Behaviour, whole: string, streamed: string])[] = [
  ["hangs", "504 upstream_slow", "504 upstream_slow"],
  ["stalls", "504 upstream_stalled", "504 upstream_stalled"],
  ["dies", "502 upstream_ended", "502 upstream_ended"],
  ["ends", "502 upstream_not_json", "502 upstream_ended"],
  ["notUtf8", "502 upstream_not_utf8", "502 upstream_not_utf8"],
  ["notJson", "502 upstream_not_json", "502 upstream_not_json"],
  ["empty", "502 upstream_empty", "502 upstream_empty"],
  ["tenMegabytes", "502 upstream_too_large", "502 upstream_too_large"],
  ["redirects", "502 upstream_redirects", "502 upstream_redirects"],
  ["busy", "503 upstream_busy", "503 upstream_busy"],
  ["failed", "502 upstream_failed", "502 upstream_failed"],
  ["refuses", "400 upstream_refused", "400 upstream_refused"],
  ["errorInStream", "none", "502 upstream_failed"],
];
for (const [behaviour, ofWhole, ofStream] of FAILURES) {
  test(`a model's server that ${behaviour}: a code of its own`, async () => {
    assert.equal(await codeOf(whole(behaviour)), ofWhole);
    assert.equal(await codeOf(streamed(behaviour)), ofStream);
  });
}

test("what a server says of its own failure stays inside; what it says of the request passes", async () => {
  server.behaviour = "failed";
  await assert.rejects(
    upstream().answer("/chat/completions", body, never),
    (error: Error) => !/secret/.test(error.message),
  );
  server.behaviour = "refuses";
  await assert.rejects(upstream().answer("/chat/completions", body, never), /too many tokens/);
});

test("a server that cannot be reached, and one that is cancelled", async () => {
  const nowhere = new Upstream(
    { url: "http://127.0.0.1:9/v1", key: undefined, firstByteMs: 500, betweenMs: 500 },
    fetch,
  );
  assert.equal(await codeOf(nowhere.models(never)), "502 upstream_unreachable");
  server.behaviour = "hangs";
  assert.match(await codeOf(upstream(5_000).answer("/x", body, AbortSignal.timeout(20))), /upstream_unreachable/);
});

test("a pause within the limit is no failure, and each chunk begins it anew", async () => {
  assert.equal((await streamed("slow", upstream(200))).length, WORDS.length + 1);
});
