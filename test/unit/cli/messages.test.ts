import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { emptyMessage, message } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";
import { admissions, reasons, statuses, verdicts } from "#state/modules/datanet/codes.js";
import { relations, stages } from "#state/modules/model/codes.js";
import { channelStatus } from "#state/modules/usage/channels.js";
import { phases } from "#state/modules/attribution/batch.js";
import { kinds } from "#state/modules/payout/types.js";
import { EXIT } from "#cli/exit.js";
import * as codes from "#proto/client/words/codes.js";
import { allCommands } from "#cli/registry.js";
import { commandFiles } from "#cli/table.js";
import { fakeNode } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

const TEST = ["--keyring-backend", "test"];

/** Runs a tx command as bob and gives back the one message that the node received. */
async function sent(argv: readonly string[], files: Readonly<Record<string, string>> = {}) {
  return await withHome(async (home) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
    for (const name of ["bob", "carol", "alice"]) await tribd(["keys", "add", name, "--dev", ...TEST], { home });
    const node = fakeNode({ included: { code: 0 } });
    const outcome = await tribd(
      ["--yes", ...argv.map((word) => word.replace("HOME", home)), "--from", "bob", ...TEST],
      {
        home,
        fetch: node.fetch,
      },
    );
    assert.equal(outcome.code, EXIT.ok, outcome.stderr);
    return node.received[0]!.messages[0]!;
  });
}

const camel = (word: string): string => word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
const sameAs = (words: codes.Codes, table: Readonly<Record<string, number>>) =>
  assert.deepEqual(Object.fromEntries(Object.entries(words).map(([word, code]) => [camel(word), code])), table);

test("words for codes are those of the modules", () => {
  sameAs(codes.admission, admissions);
  for (const [name, code] of Object.entries(statuses)) {
    assert.equal((codes.contributionStatus as codes.Codes)[name.replace("inReview", "in-review")], code);
  }
  sameAs(codes.verdict, verdicts);
  sameAs(codes.reviewReason, reasons);
  sameAs(codes.relation, relations);
  sameAs(codes.stage, stages);
  sameAs(codes.channelStatus, channelStatus);
  sameAs(codes.batchPhase, phases);
  sameAs(codes.entryKind, kinds);
  sameAs(codes.residualReason, residualReasons);
});

test("a datanet is created from flags: hashes of files, shares in percent, keys by name, coins", async () => {
  const any = await sent(
    [
      "tx",
      "datanet",
      "create",
      "speeches",
      "--title",
      "Speeches",
      "--card-hash",
      "@HOME/terms.md",
      "--terms-hash",
      "@HOME/terms.md",
      "--admission",
      "curated",
      "--curators",
      "bob,carol",
      "--threshold",
      "2",
      "--bond",
      "1.5trib",
      "--treasury-share",
      "12.5",
      "--media-types",
      "text/plain",
      "--media-types",
      "text/markdown",
    ],
    { "terms.md": "the terms" },
  );
  assert.equal(any.typeUrl, "/tributary.datanet.v1.MsgCreateDatanet");
  const decoded = message("tributary.datanet.v1.MsgCreateDatanet").decode(any.value);
  assert.ok(!isRejection(decoded));
  assert.match(decoded.creator, /^trib1/);
  assert.equal(decoded.admission, 3);
  assert.equal(decoded.curators.length, 2);
  assert.equal(decoded.bond, "1500000");
  assert.equal(decoded.treasuryBasisPoints, 1250);
  assert.deepEqual(decoded.mediaTypes, ["text/plain", "text/markdown"]);
  assert.deepEqual(Buffer.from(decoded.termsHash), createHash("sha256").update("the terms").digest());
});

test("a version names parents, releases and how its fees are shared", async () => {
  const hash = "ab".repeat(32);
  const any = await sent([
    "tx",
    "model",
    "publish-version",
    "1",
    "--label",
    "v1",
    "--weights-hash",
    hash,
    "--weights-bytes",
    "9",
    "--format",
    "ngram",
    "--method",
    "counting",
    "--config-hash",
    hash,
    "--manifest-hash",
    hash,
    "--releases",
    "1/3,2/1",
    "--parents",
    "12:adapter",
    "--contributors",
    "40",
    "--price-per-call",
    "0.01trib",
  ]);
  const decoded = message("tributary.model.v1.MsgPublishVersion").decode(any.value);
  assert.ok(!isRejection(decoded));
  assert.deepEqual(decoded.releases, [
    { datanetId: 1n, number: 3 },
    { datanetId: 2n, number: 1 },
  ]);
  assert.deepEqual(decoded.parents, [{ versionId: 12n, relation: 2 }]);
  assert.deepEqual(decoded.fees, {
    contributorBasisPoints: 4000,
    providerBasisPoints: 2000,
    royaltyBasisPoints: 0,
    pricePerCall: 10_000n,
    pricePerInputToken: 0n,
    pricePerOutputToken: 0n,
  });
});

test("accepting needs no reason, words stand for codes", async () => {
  const decoded = message("tributary.datanet.v1.MsgReviewContribution").decode(
    (await sent(["tx", "datanet", "review", "7", "accept"])).value,
  );
  assert.ok(!isRejection(decoded));
  assert.deepEqual([decoded.contributionId, decoded.verdict, decoded.reason], [7n, 1, 1]);
});

test("a rejection without a reason is refused with the reasons", () =>
  withHome(async (home) => {
    await tribd(["keys", "add", "bob", "--dev", ...TEST], { home });
    const node = fakeNode({});
    const argv = ["tx", "datanet", "review", "8", "reject", "--from", "bob", "--yes", ...TEST];
    const { code, stderr } = await tribd(argv, { home, fetch: node.fetch });
    assert.equal(code, EXIT.usage);
    assert.match(stderr, /--reason is required to reject\n {2}off-topic, /);
  }));

test("the threshold of a new datanet is what its admission needs", async () => {
  const threshold = async (...flags: string[]): Promise<number> => {
    const hash = "ab".repeat(32);
    const about = ["--title", "Notes", "--card-hash", hash, "--terms-hash", hash];
    const any = await sent(["tx", "datanet", "create", "open-notes", ...about, ...flags]);
    const decoded = message("tributary.datanet.v1.MsgCreateDatanet").decode(any.value);
    assert.ok(!isRejection(decoded));
    return decoded.threshold;
  };
  assert.equal(await threshold(), 0);
  assert.equal(await threshold("--admission", "curated", "--curators", "bob"), 1);
  assert.equal(await threshold("--admission", "curated", "--curators", "bob,carol", "--threshold", "2"), 2);
});

test("a datanet is named by its id or its unique name", () =>
  withHome(async (home) => {
    const asked: unknown[] = [];
    const request = message("tributary.datanet.v1.QueryDatanetRequest");
    const contributions = message("tributary.datanet.v1.QueryContributionsRequest");
    const datanet = { ...emptyMessage("tributary.datanet.v1.Datanet"), id: 5n };
    const node = fakeNode({
      queries: {
        "/tributary.datanet.v1.Query/Datanet": (data) => {
          asked.push((request.decode(data) as { slug: string }).slug);
          const name = "tributary.datanet.v1.QueryDatanetResponse";
          return message(name).encode({ ...emptyMessage(name), datanet });
        },
        "/tributary.datanet.v1.Query/Contributions": (data) => {
          asked.push((contributions.decode(data) as { datanetId: bigint }).datanetId);
          return new Uint8Array(0);
        },
      },
    });
    const { code, stderr } = await tribd(["query", "datanet", "contributions", "speeches"], {
      home,
      fetch: node.fetch,
    });
    assert.equal(code, EXIT.ok, stderr);
    assert.deepEqual(asked, ["speeches", 5n]);
  }));

test("a channel takes a provider by key name and a deposit in coins", async () => {
  const decoded = message("tributary.usage.v1.MsgOpenChannel").decode(
    (await sent(["tx", "usage", "open", "carol", "12", "50trib"])).value,
  );
  assert.ok(!isRejection(decoded));
  assert.deepEqual([decoded.versionId, decoded.deposit], [12n, "50000000"]);
});

test("an endpoint is valid until a day or a moment, and is removed without either", async () => {
  const url = "https://api.bob.dev/v1";
  const endpoint = async (...argv: string[]) => {
    const decoded = message("tributary.usage.v1.MsgSetEndpoint").decode((await sent(["tx", "usage", ...argv])).value);
    assert.ok(!isRejection(decoded));
    const { versionId, url: said, validUntil } = decoded;
    return [versionId, said, validUntil];
  };
  const day = await endpoint("set-endpoint", "3", url, "--valid-until", "2027-06-30");
  assert.deepEqual(day, [3n, url, 1_814_313_600_000n]);
  const moment = await endpoint("set-endpoint", "3", url, "--valid-until", "2027-06-30T12:30:05Z");
  assert.deepEqual(moment, [3n, url, 1_814_358_605_000n]);
  assert.deepEqual(await endpoint("remove-endpoint", "3"), [3n, "", 0n]);
});

const until = (text: string): string[] => ["tx", "usage", "set-endpoint", "1", "https://a.dev", "--valid-until", text];

test("what is typed wrongly is refused before the node is asked", async () => {
  for (const [argv, words] of [
    [until("2027-06-31"), /"2027-06-31" is not a day/],
    [until("2027-6-3"), /is not a day/],
    [until("1814313600000"), /is not a day/],
    [until("2027-06-30T25:00:00Z"), /is not a day/],
    [until("2027-06-30T12:00:00+02:00"), /is not a day/],
    [["tx", "usage", "set-endpoint", "1", "https://a.dev"], /--valid-until is required/],
    [["tx", "model", "set-stage", "12", "live"], /"live" is not one of draft, staging/],
    [["tx", "datanet", "create", "x", "--title", "t", "--card-hash", "00"], /--terms-hash is required/],
    [
      [
        "tx",
        "datanet",
        "create",
        "x",
        "--title",
        "t",
        "--card-hash",
        "00",
        "--terms-hash",
        "00",
        "--treasury-share",
        "101",
      ],
      /0 to 100 percent/,
    ],
    [["tx", "datanet", "fund", "7_", "1trib"], /neither an id nor a unique name/],
    [["tx", "datanet", "fund", "1", "1trib", "--gas-adjustment", "0"], /--gas-adjustment: 0 is outside 1 to 10/],
    [["tx", "datanet", "review", "-7", "accept"], /<contribution-id>: "-7" is not a whole number/],
    [["tx", "model", "amend", "1", "--releases", "1-3"], /like 1\/3/],
  ] as const) {
    const node = fakeNode({});
    const { code, stderr } = await tribd(["--yes", ...argv, "--from", "bob"], { fetch: node.fetch });
    assert.equal(code, EXIT.usage, argv.join(" "));
    assert.match(stderr, words);
    assert.deepEqual(node.methods, []);
  }
});

test("a query shows codes with their words to people, the gateway's JSON to scripts, ids with -q", () =>
  withHome(async (home) => {
    const list = message("tributary.datanet.v1.QueryContributionsResponse");
    const one = {
      id: 7n,
      datanetId: 1n,
      owner: "trib1x",
      intentHeight: 5n,
      intentIndex: 0,
      contentRoot: new Uint8Array(32),
      contentBytes: 10n,
      recordCount: 1,
      mediaType: "text/plain",
      title: "t",
      termsVersion: 1,
      termsHash: new Uint8Array(0),
      fpRoot: new Uint8Array(32),
      fpCount: 3,
      tokenCount: 8,
      status: 3,
      bond: "0",
      createdHeight: 6n,
      completeHeight: 6n,
      firstCommitted: 3,
      decidedHeight: 0n,
      reason: 0,
      withdrawnHeight: 0n,
      active: [],
      firstRelease: 0,
      lastRelease: 0,
      deposit: "0",
      contests: 0,
    };
    const node = fakeNode({
      queries: {
        "/tributary.datanet.v1.Query/Contributions": () =>
          list.encode({ contributions: [one], pagination: { nextKey: new Uint8Array([1]), total: 9n } }),
      },
    });
    const ask = (...flags: string[]) =>
      tribd(["q", "datanet", "contributions", "1", ...flags], { home, fetch: node.fetch });
    const people = await ask();
    assert.match(people.stdout, /3 \(accepted\)/);
    assert.match(people.stderr, /--page-key AQ==/);
    const json = JSON.parse((await ask("-o", "json")).stdout) as { contributions: { id: string; status: number }[] };
    assert.deepEqual([json.contributions[0]!.id, json.contributions[0]!.status], ["7", 3]);
    assert.equal((await ask("-q")).stdout, "7\n");
  }));

test("every query of the table asks a path of its module", async () => {
  const asked: string[] = [];
  for (const { path } of (await allCommands(commandFiles)).filter((entry) =>
    /^query (datanet|model|usage|attribution|payout) /.test(entry.path),
  )) {
    const node = fakeNode({});
    const fetch = (async (url: never, init: { body: string }) => {
      const { method, params } = JSON.parse(init.body) as { method: string; params: { path: string } };
      if (method === "abci_query") asked.push(params.path);
      return await node.fetch(url, init);
    }) as typeof globalThis.fetch;
    const words = path.split(" ");
    let outcome = await tribd(words, { fetch });
    // Fills each missing argument with something that reads as what it asks for.
    while (outcome.code === EXIT.usage && /is missing/.test(outcome.stderr)) {
      words.push(/Address/.test(outcome.stderr) ? "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0" : "11");
      outcome = await tribd(words, { fetch });
    }
    assert.equal(outcome.code, EXIT.notFound, `${words.join(" ")}: ${outcome.stderr}`);
    assert.match(asked.at(-1) ?? "", new RegExp(`^/tributary\\.${words[1]}\\.v1\\.Query/[A-Z][A-Za-z]+$`));
  }
  assert.equal(new Set(asked).size, asked.length);
});

test("a node that answers a name with nothing is at fault, not this program", async () => {
  const { fetch } = fakeNode({ queries: { "/tributary.datanet.v1.Query/Datanet": () => new Uint8Array(0) } });
  const { code, stderr } = await tribd(["query", "datanet", "contributions", "speeches"], { fetch });
  assert.equal(code, EXIT.failed);
  assert.match(stderr, /^error: the node's answer does not name "speeches"/);
});
