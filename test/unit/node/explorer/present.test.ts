import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { toBech32 } from "#proto/crypto/address.js";
import { decimalPercent, percent, shareOf, shownAmount } from "#node/explorer/present/amount.js";
import { periodsOf, sumsBy, type EarnedLine } from "#node/explorer/present/earnings.js";
import { coinsOf, eventTypes, eventWords } from "#node/explorer/present/events.js";
import { layered } from "#node/explorer/present/lineage.js";
import { messageUrls, messageWords, stateWords } from "#node/explorer/present/messages.js";
import { idOf, linkTo, placeOf } from "#node/explorer/present/route.js";
import { guesses } from "#node/explorer/present/search.js";
import { blockOf, lineOf, shortId } from "#node/explorer/present/text.js";
import { agoText, spanText, utcText } from "#node/explorer/present/time.js";
import { uptimeOf, votesOf } from "#node/explorer/present/uptime.js";
import { waterfall } from "#node/explorer/present/waterfall.js";
import { commands } from "#node/explorer/present/commands.js";
import { fieldsOf, isMessageName } from "#proto/codec/json.js";
import { allCommands } from "#cli/registry.js";
import { commandFiles } from "#cli/table.js";
import { modules } from "#state/registry.js";

const coin = { base: "utrib", symbol: "TRIB", exponent: 6 };

test("amounts are in the coin for people, with all digits beside", () => {
  const short = (amount: bigint, fine: 0 | 9 = 0) => shownAmount(amount, coin, fine).short;
  assert.equal(short(0n), "0");
  assert.equal(short(1n), "0.000001");
  assert.equal(short(1_500_000n), "1.5");
  assert.equal(short(1_234_567_890_123n), "1,234,567.890123");
  assert.equal(short(1n, 9), "<0.000001");
  assert.equal(short(999_999_999n, 9), "<0.000001");
  assert.equal(short(44_205_922_912_764n, 9), "0.044205");
  assert.deepEqual(shownAmount(44_205_922_912_764n, coin, 9).exact, "0.044205922912764");
  assert.equal(shownAmount(7n, { base: "ufoo", symbol: "ufoo", exponent: 0 }, 0).short, "7");
  assert.equal(shownAmount((1n << 128n) - 1n, coin, 0).short, "340,282,366,920,938,463,463,374,607,431,768.211455");
});

test("shares are in per cent", () => {
  assert.deepEqual([percent(3000), percent(250), percent(5n), percent(0)], ["30 %", "2.5 %", "0.05 %", "0 %"]);
  assert.deepEqual(
    [decimalPercent("0.100000000000000000"), decimalPercent("1"), decimalPercent("x")],
    ["10 %", "100 %", "0 %"],
  );
  assert.deepEqual([shareOf(1n, 3n), shareOf(0n, 0n), shareOf(5n, 0n)], [3333, 0, 0]);
});

test("times are in UTC, ages and spans in words", () => {
  assert.equal(utcText(1_796_136_548_060n), "2026-12-01 14:49:08 UTC");
  assert.equal(utcText((1n << 64n) - 1n), "18446744073709551615 ms");
  assert.deepEqual(
    [agoText(1000, 1500), agoText(0, 61_000), agoText(7_200_000, 0), agoText(0, 172_800_000)],
    ["now", "1 min ago", "in 2 h", "2 d ago"],
  );
  assert.deepEqual(
    [spanText(604_800_000n), spanText(10_000), spanText(90_000), spanText(1)],
    ["7 days", "10 seconds", "90 seconds", "1 millisecond"],
  );
});

test("a stranger's text is cut, and what would turn, end or hide a line is shown", () => {
  assert.equal(lineOf("<script>alert(1)</script>"), "<script>alert(1)</script>");
  assert.equal(lineOf("a\u202eb\u0085c\u001b[31m\nd"), "a\ufffdb\ufffdc\ufffd[31m\ufffdd");
  assert.equal(blockOf("a\n\tb\u2066"), "a\n\tb\ufffd");
  assert.equal(lineOf("x".repeat(1_000_000)).length, 161);
  assert.equal(lineOf(`${"x".repeat(159)}\u{1f600}y`), `${"x".repeat(159)}…`);
  assert.ok(blockOf("y".repeat(1_000_000)).length < 20_100);
  assert.equal(shortId("trib1xtfp9mpdz4c4egqwmxg7lkckm0p55ls46qgq0w"), "trib1xtfp9…qgq0w");
  assert.equal(shortId("short"), "short");
});

test("an address of the page leads back to its place, whatever its parts hold", () => {
  for (const part of ["a/b", "ä %2f#", "..", "<script>", "1"]) {
    assert.deepEqual(placeOf(linkTo("search", part)), { page: "search", parts: [part] });
  }
  assert.deepEqual(placeOf(""), { page: "", parts: [] });
  assert.deepEqual(placeOf("#/"), { page: "", parts: [] });
  assert.deepEqual(placeOf(linkTo("")), { page: "", parts: [] });
  assert.deepEqual(placeOf("#/receipt/1/2/3"), { page: "receipt", parts: ["1", "2", "3"] });
  for (const none of ["#/nowhere", "#/block", "#/block/1/2", "#/constructor", "#/__proto__", "#/search/%ff"]) {
    assert.equal(placeOf(none), undefined, none);
  }
  assert.deepEqual(
    [idOf("0"), idOf("42"), idOf("042"), idOf("-1"), idOf("1e3"), idOf("9".repeat(20))],
    [0n, 42n, undefined, undefined, undefined, undefined],
  );
});

test("the search knows what a text may be", () => {
  const pages = (text: string): string[] => guesses(text, "trib").map(({ page }) => page);
  const address = toBech32("trib", new Uint8Array(20));
  assert.deepEqual(pages("42"), ["block", "contribution", "datanet", "model", "version", "batch"]);
  assert.deepEqual(guesses("1,234", "trib")[0], { page: "block", parts: ["1234"] });
  assert.deepEqual(guesses("batch 2", "trib"), [{ page: "batch", parts: ["2"] }]);
  assert.deepEqual(guesses("height 7", "trib"), [{ page: "block", parts: ["7"] }]);
  assert.deepEqual(guesses("receipt 1 2 3", "trib"), [{ page: "receipt", parts: ["1", "2", "3"] }]);
  assert.deepEqual(pages("ab".repeat(32)), ["transaction", "block"]);
  assert.deepEqual(pages(`0x${"AB".repeat(32)}`), ["transaction", "block"]);
  assert.deepEqual(pages("ab".repeat(20)), ["validator", "datanet", "model"].slice(0, 1));
  assert.deepEqual(pages(address), ["contributor", "account", "provider"]);
  assert.deepEqual(pages(toBech32("tribvaloper", new Uint8Array(20))), ["validator"]);
  assert.ok(!pages(`${address.slice(0, -1)}q`).includes("account"), "a wrong checksum");
  assert.deepEqual(pages("union-addresses"), ["datanet", "model"]);
  for (const nothing of ["", "  ", "<script>", "' OR 1=1", "constructor 1", "x".repeat(10_000)]) {
    assert.deepEqual(pages(nothing), []);
  }
});

test("streams of a waterfall are true on the left and can be named on the right", () => {
  const parts = [
    { name: "a", amount: 9_990_000n },
    { name: "b", amount: 9_999n },
    { name: "c", amount: 1n },
  ];
  const streams = waterfall(parts, { height: 300, gap: 8, least: 20 });
  assert.ok(Math.abs(streams.at(-1)!.from[1] - 300) < 0.1);
  assert.ok(Math.abs(streams.at(-1)!.to[1] - 300) < 0.1);
  for (const { to } of streams) assert.ok(to[1] - to[0] >= 20);
  assert.equal(waterfall([{ name: "none", amount: 0n }], { height: 100, gap: 8, least: 20 })[0]!.from[1], 0);
  assert.deepEqual(waterfall([], { height: 100, gap: 8, least: 20 }), []);
});

const line = (versionId: bigint, contributionId: bigint | undefined, earned: bigint, dueTime: bigint): EarnedLine => ({
  ...{ versionId, contributionId, earned, dueTime },
});

test("earnings add up by model, contribution and period", () => {
  const lines = [line(1n, 4n, 5n, 10_000n), line(2n, 4n, 7n, 19_000n), line(1n, undefined, 1n, 41_000n)];
  assert.deepEqual(
    sumsBy(lines, ({ versionId }) => versionId),
    [
      { key: 2n, earned: 7n, lines: 1 },
      { key: 1n, earned: 6n, lines: 2 },
    ],
  );
  assert.deepEqual(
    sumsBy(lines, ({ contributionId }) => contributionId),
    [{ key: 4n, earned: 12n, lines: 2 }],
  );
  assert.deepEqual(periodsOf(lines), {
    spanMs: 10_000,
    starts: [10_000, 20_000, 30_000, 40_000],
    earned: [12n, 0n, 0n, 1n],
  });
  assert.deepEqual(periodsOf([]).starts, []);
  for (const far of [10n ** 7n, 10n ** 10n, 10n ** 13n, (1n << 53n) - 1n]) {
    const { starts, earned } = periodsOf([line(1n, 1n, 1n, 0n), line(1n, 1n, 2n, far)]);
    assert.ok(starts.length <= 40, `${far}: ${starts.length} bars`);
    assert.equal(
      earned.reduce((a, b) => a + b),
      3n,
    );
  }
});

test("relatives stand in columns, even when a node invents a circle", () => {
  const kin = ["a", "b", "c"].map((key) => ({ key, label: key, sub: "", href: "#", kind: "version" as const }));
  const bond = (from: string, to: string) => ({ from, to, label: "" });
  assert.deepEqual(
    layered(kin, [bond("a", "b"), bond("b", "c"), bond("a", "c")]).map(({ column }) => column),
    [0, 1, 2],
  );
  assert.equal(layered(kin, [bond("a", "b"), bond("b", "a"), bond("x", "a")]).length, 3);
});

test("uptime counts the blocks in whose set a validator was", () => {
  const commit = (height: bigint, ...flags: (readonly [number, string])[]) => ({
    height,
    signatures: flags.map(([block_id_flag, validator_address]) => ({ block_id_flag, validator_address })),
  });
  const commits = [
    commit(1n, [2, "A"], [2, "B"]),
    commit(2n, [2, "A"], [1, ""]),
    commit(3n, [2, "A"], [3, "B"]),
    commit(4n, [2, "A"]),
  ];
  assert.deepEqual(votesOf("B", ["A", "B"], commits), ["signed", "absent", "nil", "outside"]);
  assert.equal(uptimeOf(votesOf("B", ["A", "B"], commits)), 3333);
  assert.equal(uptimeOf(votesOf("C", ["A", "B"], commits)), undefined);
});

test("every message that the chain takes has words, of fields that it has", () => {
  const taken = modules.flatMap(({ messages }) => messages).map(({ typeUrl }) => typeUrl);
  const without = taken.filter((url) => !messageUrls.includes(url));
  assert.deepEqual(without, []);
  for (const url of messageUrls) {
    const name = url.slice(1);
    const fields = isMessageName(name) ? fieldsOf(name).map(({ json }) => json) : undefined;
    const asked = new Set<string>();
    const message = new Proxy({ "@type": url } as Record<string, string>, {
      get: (target, field) => (asked.add(String(field)), target[String(field)] ?? "1"),
    });
    const { title, phrases } = messageWords(message);
    assert.ok(title !== "" && phrases.length > 0, url);
    for (const field of asked) {
      assert.ok(fields === undefined || field === "@type" || fields.includes(field), `${url}: ${field}`);
    }
  }
});

test("a message of another chain and a malformed message are named", () => {
  assert.deepEqual(messageWords({ "@type": "/other.v1.MsgDo\u202e" }).title, "MsgDo\ufffd");
  for (const json of [null, [], 7, "text", { "@type": {} }]) assert.ok(messageWords(json as never).phrases.length > 0);
  assert.equal(stateWords(4, 4), "rejected: near duplicate");
  assert.equal(stateWords(3, 1), "accepted");
  assert.equal(stateWords(99, 0), "code 99");
});

test("events in words are those of the reference, and read the attributes that they have", () => {
  const reference = readFileSync(join(import.meta.dirname, "../../../../../docs/reference/events.md"), "utf8");
  const rows = [...reference.matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)];
  const attributes = new Map(
    rows.map(([, type, list]) => [type!, [...list!.matchAll(/`(\w+)`/g)].map(([, key]) => key!)]),
  );
  for (const type of eventTypes) {
    const keys = attributes.get(type);
    assert.ok(keys !== undefined, type);
    const phrases = eventWords({ type, attributes: keys.map((key) => ({ key, value: "7" })) });
    assert.ok(phrases !== undefined, type);
    for (const phrase of phrases) {
      if (typeof phrase !== "string") assert.equal("page" in phrase ? phrase.id : phrase.amount.toString(), "7", type);
    }
  }
  assert.equal(eventWords({ type: "coin_spent", attributes: [] }), undefined);
  assert.equal(eventWords({ type: "constructor", attributes: [] }), undefined);
});

test("coins of an event are amounts, anything else is text", () => {
  assert.deepEqual(coinsOf("500utrib"), [{ amount: 500n, denom: "utrib" }]);
  assert.deepEqual(coinsOf("1utrib,2ufoo")?.length, 2);
  for (const text of ["", "utrib", "500", "5 utrib", "-5utrib", "1utrib,", `${"9".repeat(40)}utrib`]) {
    assert.equal(coinsOf(text), undefined, text);
  }
});

test("every command of an empty page is one of the program's", async () => {
  const paths = (await allCommands(commandFiles)).map(({ path }) => path);
  for (const command of Object.values(commands)) {
    const words = command.replace(/^tribd /, "");
    assert.ok(
      paths.some((path) => words === path || words.startsWith(`${path} `)),
      command,
    );
  }
});
