import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyMessage, message, type Messages } from "#proto/codec/message.js";
import { fakeNode } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

const owner = "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0";
/** 2026-03-01 12:30 UTC; what is settled is held back for a day. */
const DUE = 1_772_368_200_000n;
const DAY = 86_400_000n;

type Line = Messages["tributary.payout.v1.StatementLine"];

const line = (stage: number, entry: Partial<NonNullable<Line["entry"]>>, more: Partial<Line> = {}): Line => ({
  ...emptyMessage("tributary.payout.v1.StatementLine"),
  ...{ stage, earned: entry.amount ?? "0", paid: "0" },
  entry: {
    ...emptyMessage("tributary.payout.v1.Entry"),
    ...{ batchId: 2n, versionId: 1n, dueTime: DUE, samplingError: "0", selfDealt: "0" },
    ...entry,
  },
  ...more,
});

const contribution = (id: bigint, title: string, status = 3, reason = 0) => ({
  ...emptyMessage("tributary.datanet.v1.Contribution"),
  ...{ id, title, owner, status, reason },
});

const LINES = [
  line(3, { kind: 1, subject: 7n, tokens: 40n, receipts: 3n, amount: "1500000000000001", samplingError: "250000000" }),
  line(1, { kind: 1, subject: 8n, tokens: 9n, receipts: 1n, amount: "2000000000" }),
  line(4, { kind: 4, subject: 1n, amount: "9000000000" }, { paid: "3000000000" }),
];

/** A node whose chain has this statement, and says what a stranger wrote as it is. */
function nodeWith(answer: Partial<Messages["tributary.payout.v1.QueryStatementResponse"]>, title = "mine") {
  const pages = { pagination: undefined };
  const pair = { ...emptyMessage("tributary.payout.v1.Pair"), contributionId: 7n, seniorId: 3n, amount: "2500000000" };
  const account = {
    ...emptyMessage("tributary.payout.v1.Account"),
    ...{ owner, pending: "2000000000", matured: "1503000000000001", paid: "1503000000000000" },
    ...{ repaid: "0", recovered: "0", lastPaidTime: DUE },
  };
  const contributions = [contribution(7n, title), contribution(8n, "gone", 5), contribution(9n, "copy", 4, 4)];
  return fakeNode({
    queries: {
      "/tributary.payout.v1.Query/Statement": () =>
        message("tributary.payout.v1.QueryStatementResponse").encode({
          ...emptyMessage("tributary.payout.v1.QueryStatementResponse"),
          ...{ account, controller: owner, payTo: owner, lines: LINES, ...answer },
        }),
      "/tributary.payout.v1.Query/Params": () =>
        message("tributary.payout.v1.QueryParamsResponse").encode({
          params: { ...emptyMessage("tributary.payout.v1.Params"), holdBackMs: DAY },
        }),
      "/tributary.payout.v1.Query/Pairs": (bytes) => {
        const asked = message("tributary.payout.v1.QueryPairsRequest").decode(bytes) as { contributionId: bigint };
        const pairs = asked.contributionId === 7n ? [pair] : [];
        return message("tributary.payout.v1.QueryPairsResponse").encode({ pairs, ...pages });
      },
      "/tributary.datanet.v1.Query/ContributionsByOwner": () =>
        message("tributary.datanet.v1.QueryContributionsByOwnerResponse").encode({ contributions, ...pages }),
      "/tributary.datanet.v1.Query/Contribution": () =>
        message("tributary.datanet.v1.QueryContributionResponse").encode({
          ...emptyMessage("tributary.datanet.v1.QueryContributionResponse"),
          contribution: contribution(3n, "older"),
        }),
      "/tributary.model.v1.Query/Version": () =>
        message("tributary.model.v1.QueryVersionResponse").encode({
          version: { ...emptyMessage("tributary.model.v1.Version"), id: 1n, modelId: 5n, label: "v1.2" },
          owner,
        }),
      "/tributary.model.v1.Query/Model": () =>
        message("tributary.model.v1.QueryModelResponse").encode({
          model: { ...emptyMessage("tributary.model.v1.Model"), id: 5n, slug: "speeches" },
        }),
    },
  });
}

const ask = (node: ReturnType<typeof nodeWith>, ...flags: string[]) =>
  withHome((home) => tribd(["query", "payout", "statement", owner, ...flags], { home, fetch: node.fetch }));

test("a statement for people has sums, titles, dates and reasons, and says when the rest comes", async () => {
  const debts = [{ debtor: owner, creditor: "trib1creditor", amount: "3000000000" }];
  const { stdout } = await ask(nodeWith({ debts }));
  assert.match(stdout, /^paid +1\.503trib +last on 2026-03-01 12:30$/m);
  assert.match(stdout, /^to be paid +0\.000000000000001trib +less than the smallest unit waits for more$/m);
  assert.match(stdout, /^held back +0\.000002trib +the first until 2026-03-01 12:30$/m);
  assert.match(stdout, /^contested +0\.0000025trib +waits for a title case; see below$/m);
  const settled = "2026-02-28 12:30 +2 +speeches v1\\.2";
  assert.match(
    stdout,
    new RegExp(`^${settled} +7 "mine" +40 +3 +1\\.500000000000001trib +0\\.00000025trib +paid$`, "m"),
  );
  assert.match(
    stdout,
    new RegExp(`^${settled} +8 "gone" \\(withdrawn\\) +9 +1 +0\\.000002trib +held back until 2026-03-01 12:30$`, "m"),
  );
  assert.match(
    stdout,
    new RegExp(`^${settled} +owning the version +0\\.000009trib +accrues, 0\\.000003trib paid$`, "m"),
  );
  assert.match(stdout, /WAITS +OF +CONTESTED BY +OWNED BY\n0\.0000025trib +7 "mine" +3 "older" +trib1/);
  assert.match(stdout, /OWED +TO\n0\.000003trib +trib1creditor/);
  assert.match(stdout, /NOT IN USE +BECAUSE\n8 "gone" +withdrawn\n9 "copy" +rejected: near-duplicate/);
});

test("a statement without a line says what must happen first", async () => {
  const { stdout } = await ask(nodeWith({ lines: [] }));
  assert.match(stdout, /nothing is earned yet: an answer must use what was contributed/);
});

test("a title that a terminal would obey is text, in tables and in JSON", async () => {
  const hostile = "\u001b[8mme\u009b2J\u202eeno\u2028\nowner: mallory";
  const node = nodeWith({}, hostile);
  const { stdout } = await ask(node);
  assert.match(stdout, /7 "\ufffd\[8mme\ufffd2J\ufffdeno\ufffd\ufffdowner: mallory"/);
  const json = (await ask(nodeWith({ payTo: hostile }), "-o", "json")).stdout;

  assert.ok(!/[\u001b\u0080-\u009f\u2028-\u202e]/.test(stdout + json));
  assert.equal((JSON.parse(json) as { pay_to: string }).pay_to, hostile);
});

test("invalid amounts and times are a bad answer or shown as they are, never a crash", async () => {
  const wrong = await ask(nodeWith({ lines: [line(3, { kind: 1, subject: 7n, amount: "-1" })] }));
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.stderr, /^error: .*"-1" is not an amount/m);
  const { stdout } = await ask(
    nodeWith({ lines: [line(1, { kind: 1, subject: 7n, amount: "1", dueTime: 1n << 60n })] }),
  );
  assert.match(stdout, /held back until 1152921504606846976 ms/);
});

/** `earnings` of a node whose answers change from one question to the next. @param steps lines and what is paid */
async function watch(
  steps: readonly (readonly [lines: readonly Line[], paid: string] | undefined)[],
  ...flags: string[]
) {
  let at = 0;
  const nodes = steps.map((step) => {
    if (step === undefined) return undefined;
    const [lines, paid] = step;
    const account = { ...emptyMessage("tributary.payout.v1.Account"), owner, paid, matured: paid };
    const sums = { pending: "0", repaid: "0", recovered: "0" };
    return nodeWith({ lines: [...lines], account: { ...account, ...sums } });
  });
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const node = nodes[Math.min(at, nodes.length - 1)];
    if (String(init?.body).includes("payout.v1.Query/Statement")) at += 1;
    if (node === undefined) throw new TypeError("fetch failed");
    return node.fetch(url, init);
  };
  return withHome((home) => tribd(["earnings", owner, ...flags], { home, fetch }));
}

test("earnings says what stands, then each earning and payment as it happens, also after a node was gone", async () => {
  const [first, second] = LINES as [Line, Line];
  const { code, stdout, stderr } = await watch(
    [[[first], "1000000000"], undefined, [[second, first], "1000000000"], [[second, first], "3500000000"]],
    ...["--seconds", "10"],
  );
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((text) => text.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}/, "")),
    [
      "0.000001trib paid, 0trib to be paid, 0trib held back",
      'earned 0.000002trib for 8 "gone" (withdrawn) by speeches v1.2: held back until 2026-03-01 12:30',
      "paid 0.0000025trib, 0.0000035trib in all",
    ],
  );
  assert.match(stderr, /asking again/);
});

test("earnings without --follow is one answer, and one JSON object", async () => {
  const { stdout } = await watch([[[], "7"]], "-o", "json");
  const { time: _, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual(rest, { event: "stands", paid: "7", owed: "0", pending: "0" });
});
