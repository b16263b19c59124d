import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { fingerprintChunks, prepareContribution } from "#proto/attribution/contribution.js";

import { verifySet } from "#proto/attribution/set-tree.js";
import { equalBytes, utf8 } from "#proto/bytes.js";
import { emptyMessage, message, type Messages } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";
import type { Tx } from "#proto/tx/decode.js";
import { developmentKeys } from "#cli/dev/guard.js";
import { EXIT } from "#cli/exit.js";
import { glob } from "#cli/contribute/files.js";
import { fakeNode, type Script } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

type Contribution = Messages["tributary.datanet.v1.Contribution"];
const FLAGS = ["--from", "alice", "--keyring-backend", "test"];
const alice = () => developmentKeys()[0]!;
/** Words that differ: in base 6, as 6 looks like 0. */
const text = (seed: number, words: number): string =>
  Array.from({ length: words }, (_, i) => `word${((i * seed) % 9973).toString(6)}`).join(" ");

/** A chain that knows one datanet and remembers what is contributed to it. */
function datanetChain(
  options: {
    simulate?: Script["simulate"];
    /** The chain refuses a contribution with this title in its block. */
    refuses?: string;
    mediaTypes?: string[];
    failAfter?: number;
    common?: bigint[];
    senior?: (fingerprint: Uint8Array) => bigint;
  } = {},
) {
  const committed: Uint8Array[] = [];
  const contributions: Contribution[] = [];
  const chunks = new Map<bigint, number>();
  let left = options.failAfter ?? Infinity;
  const datanet = {
    ...emptyMessage("tributary.datanet.v1.Datanet"),
    id: 1n,
    slug: "speeches",
    title: "Speeches",
    normId: 2,
    bond: "1000000",
    mediaTypes: options.mediaTypes ?? [],
  };
  const terms = {
    ...emptyMessage("tributary.datanet.v1.Terms"),
    datanetId: 1n,
    version: 2,
    hash: new Uint8Array(32).fill(9),
  };
  const answer = <N extends keyof Messages>(name: N, value: Partial<Messages[N]>) =>
    message(name).encode({ ...emptyMessage(name), ...value });
  const read = <N extends keyof Messages>(name: N, bytes: Uint8Array): Messages[N] => {
    const value = message(name).decode(bytes);
    assert.ok(!isRejection(value));
    return value;
  };
  const apply = (tx: Tx) => {
    const responses: { typeUrl: string; value: Uint8Array }[] = [];
    for (const { typeUrl, value } of tx.messages) {
      if (typeUrl.endsWith("MsgCommitContribution")) {
        committed.push(read("tributary.datanet.v1.MsgCommitContribution", value).commitment);
        responses.push({
          typeUrl: `${typeUrl}Response`,
          value: answer("tributary.datanet.v1.MsgCommitContributionResponse", {}),
        });
      } else if (typeUrl.endsWith("MsgContribute")) {
        const sent = read("tributary.datanet.v1.MsgContribute", value);
        const commitment = intentCommitment({
          fpRoot: sent.fpRoot,
          contentRoot: sent.contentRoot,
          owner: alice().address,
          nonce: sent.nonce,
        });
        assert.ok(
          committed.some((known) => equalBytes(known, commitment)),
          "contributed without a commitment",
        );
        const complete = sent.fingerprints.length === 8 * sent.fpCount;
        const id = BigInt(contributions.length + 1);
        contributions.push({
          ...emptyMessage("tributary.datanet.v1.Contribution"),
          id,
          datanetId: 1n,
          owner: sent.owner,
          contentRoot: sent.contentRoot,
          title: sent.title,
          termsVersion: sent.termsVersion,
          completeHeight: complete ? 6n : 0n,
        });
        chunks.set(id, 1);
        responses.push({
          typeUrl: `${typeUrl}Response`,
          value: answer("tributary.datanet.v1.MsgContributeResponse", { contributionId: id, complete }),
        });
      } else {
        const { contributionId, index } = read("tributary.datanet.v1.MsgAddFingerprints", value);
        assert.equal(index, chunks.get(contributionId));
        chunks.set(contributionId, index + 1);
      }
    }
    return responses;
  };
  const answered = new Map<Tx, ReturnType<typeof apply>>();
  const node = fakeNode({
    ...(options.simulate !== undefined && { simulate: options.simulate }),
    included: (tx) =>
      tx.messages.some(
        ({ typeUrl, value }) =>
          typeUrl.endsWith("MsgContribute") &&
          read("tributary.datanet.v1.MsgContribute", value).title === options.refuses,
      )
        ? { code: 12, codespace: "datanet", log: "contentTaken" }
        : { code: 0 },
    check: () =>
      left-- > 0 ? { code: 0, codespace: "", log: "" } : { code: 20, codespace: "sdk", log: "mempool is full" },
    responses: (tx) => {
      if (!answered.has(tx)) answered.set(tx, apply(tx));
      return answered.get(tx)!;
    },
    queries: {
      "/tributary.datanet.v1.Query/Datanet": () =>
        answer("tributary.datanet.v1.QueryDatanetResponse", { datanet, terms }),
      "/tributary.datanet.v1.Query/Params": () =>
        answer("tributary.datanet.v1.QueryParamsResponse", { fingerprintDeposit: "100" }),
      "/tributary.attribution.v1.Query/Common": () =>
        answer("tributary.attribution.v1.QueryCommonResponse", { fingerprints: options.common ?? [] }),
      "/tributary.datanet.v1.Query/Fingerprint": (request) => {
        const { fingerprint } = read("tributary.datanet.v1.QueryFingerprintRequest", request);
        return answer("tributary.datanet.v1.QueryFingerprintResponse", {
          seniorId: options.senior?.(fingerprint) ?? 0n,
        });
      },
      "/tributary.datanet.v1.Query/ContributionsByOwner": () =>
        answer("tributary.datanet.v1.QueryContributionsByOwnerResponse", { contributions }),
      "/tributary.datanet.v1.Query/Commitment": (request) => {
        const { commitment } = read("tributary.datanet.v1.QueryCommitmentRequest", request);
        const known = committed.some((one) => equalBytes(one, commitment));
        return answer(
          "tributary.datanet.v1.QueryCommitmentResponse",
          known ? { commitment: { height: 5n, index: 0, fpCount: 1, deposit: "1" } } : {},
        );
      },
      "/tributary.datanet.v1.Query/Contribution": (request) => {
        const { contributionId } = read("tributary.datanet.v1.QueryContributionRequest", request);
        return answer("tributary.datanet.v1.QueryContributionResponse", {
          upload: { ...emptyMessage("tributary.datanet.v1.Upload"), chunks: chunks.get(contributionId) ?? 0 },
        });
      },
    },
  });
  return { node, contributions, committed, chunks, allow: (count: number) => void (left = count) };
}

/** A home with alice's key and a folder of texts. */
async function withTexts(
  files: Readonly<Record<string, string>>,
  use: (home: string, folder: string) => Promise<void>,
): Promise<void> {
  await withHome(async (home) => {
    await tribd(["keys", "add", "alice", "--dev", "--keyring-backend", "test"], { home });
    const folder = join(home, "texts");
    mkdirSync(folder);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    await use(home, folder);
  });
}

test("files are committed together, contributed together, and their ids are printed", () =>
  withTexts({ "a.txt": text(3, 50), "b.txt": text(5, 60), "c.log": "left out" }, async (home, folder) => {
    const chain = datanetChain({ mediaTypes: ["text/plain"] });
    const { code, stdout, stderr } = await tribd(
      ["datanet", "contribute", "speeches", folder, "--include", "*.txt", "-y", "-q", ...FLAGS],
      { home, fetch: chain.node.fetch },
    );
    assert.equal(code, EXIT.ok, stderr);
    assert.equal(stdout, "1\n2\n");
    assert.deepEqual(
      chain.node.received.map((tx) => tx.messages.length),
      [2, 2],
    );
    assert.deepEqual(
      chain.contributions.map((one) => [one.title, one.termsVersion]),
      [
        ["a.txt", 2],
        ["b.txt", 2],
      ],
    );
  }));

test("the same command again goes on where it stopped, and sends nothing when all is there", () =>
  withTexts({ "a.txt": text(3, 50), "b.txt": text(5, 60) }, async (home, folder) => {
    const chain = datanetChain({ failAfter: 1 });
    const run = () =>
      tribd(["datanet", "contribute", "1", folder, "-y", "-o", "json", ...FLAGS], { home, fetch: chain.node.fetch });
    assert.equal((await run()).code, EXIT.rejected);
    assert.equal(chain.contributions.length, 0);
    chain.allow(Infinity);
    const again = await run();
    assert.equal(again.code, EXIT.ok, again.stderr);
    assert.equal(chain.committed.length, 2);
    assert.deepEqual(
      (JSON.parse(again.stdout) as { known: boolean }[]).map((row) => row.known),
      [false, false],
    );
    const before = chain.node.received.length;
    assert.equal((await run()).code, EXIT.ok);
    assert.equal(chain.node.received.length, before);
  }));

test("a file that the chain refuses stops no other, and is named with the reason", () =>
  withTexts({ "a.txt": text(3, 50), "b.txt": text(5, 60), "c.txt": text(7, 60) }, async (home, folder) => {
    const chain = datanetChain({ refuses: "b.txt" });
    const { code, stdout, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", ...FLAGS], {
      home,
      fetch: chain.node.fetch,
    });
    assert.equal(code, EXIT.reverted);
    assert.match(stderr, /1 of 3 files were refused: .*contentTaken \(datanet 12\)/);
    assert.match(stdout, /^ +1 +\S+a\.txt +new$/m);
    assert.match(stdout, /^ +- +\S+b\.txt +tx \S+ is in block 6 and failed there: contentTaken/m);
    assert.match(stdout, /^ +2 +\S+c\.txt +new$/m);
    assert.deepEqual(
      chain.node.received.map((tx) => tx.messages.length),
      [3, 3, 1, 1, 1],
    );
  }));

test("many files take few transactions, and wait for few blocks", () => {
  const files = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}.txt`, text(2 * i + 3, 40)]));
  return withTexts(files, async (home, folder) => {
    const chain = datanetChain();
    const { code, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", "-q", ...FLAGS], {
      home,
      fetch: chain.node.fetch,
    });
    assert.equal(code, EXIT.ok, stderr);
    assert.equal(chain.contributions.length, 70);
    assert.deepEqual(
      chain.node.received.map((tx) => tx.messages.length),
      [32, 32, 6, 32, 32, 6],
    );
  });
});

test("a balance that is too low stops all at the first transaction", () =>
  withTexts({ "a.txt": text(3, 50), "b.txt": text(5, 60) }, async (home, folder) => {
    let asked = 0;
    const simulate = () => {
      asked += 1;
      return { code: 5, codespace: "sdk", log: "insufficient funds" };
    };
    const chain = datanetChain({ simulate });
    const { code, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", ...FLAGS], {
      home,
      fetch: chain.node.fetch,
    });
    assert.equal(code, EXIT.rejected);
    assert.match(stderr, /insufficient funds \(sdk 5\)/);
    assert.deepEqual([asked, chain.node.received.length], [1, 0]);
  }));

test("a node that simulates at the sequence of its last block is asked at that one", () => {
  const files = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}.txt`, text(2 * i + 3, 40)]));
  return withTexts(files, async (home, folder) => {
    const committed = 7n;
    const chain = datanetChain({
      simulate: ({ signers }) =>
        signers[0]!.sequence === committed
          ? undefined
          : { code: 32, codespace: "sdk", log: `expected ${committed}, got ${signers[0]!.sequence}` },
    });
    const { code, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", "-q", ...FLAGS], {
      home,
      fetch: chain.node.fetch,
    });
    assert.equal(code, EXIT.ok, stderr);
    assert.deepEqual(
      chain.node.received.map(({ signers }) => signers[0]!.sequence),
      [7n, 8n, 9n, 10n, 11n, 12n],
    );
  });
});

test("a large set goes in chunks and an interrupted one is completed", () =>
  withTexts(
    { "big.txt": text(7, 9000) + " " + Array.from({ length: 9000 }, (_, i) => `x${i.toString(6)}`).join(" ") },
    async (home, folder) => {
      const chain = datanetChain({ failAfter: 3 });
      const run = () =>
        tribd(["datanet", "contribute", "1", folder, "-y", ...FLAGS], { home, fetch: chain.node.fetch });
      assert.equal((await run()).code, EXIT.rejected);
      assert.equal(chain.chunks.get(1n), 2);
      chain.allow(Infinity);
      assert.equal((await run()).code, EXIT.ok);
      assert.equal(chain.chunks.get(1n), 3);
    },
  ));

test("--dry-run says what it would cost and sends nothing", () =>
  withTexts({ "a.txt": text(3, 50) }, async (home, folder) => {
    const chain = datanetChain();
    const { code, stdout, stderr } = await tribd(
      ["datanet", "contribute", "1", folder, "--dry-run", "-o", "json", ...FLAGS],
      { home, fetch: chain.node.fetch },
    );
    assert.equal(code, EXIT.ok, stderr);
    assert.equal((JSON.parse(stdout) as { fingerprints: number }[])[0]!.fingerprints, 43);
    assert.match(stderr, /bond {4}1trib/);
    assert.match(stderr, /publish the text for good/);
    assert.equal(chain.node.received.length, 0);
  }));

test("--dry-run says of each file what of it is no use, and why", () => {
  const lines = [text(3, 20), text(3, 20), "too short", ""].map((words) => JSON.stringify({ id: "", words }));
  const files = { "a.jsonl": lines.join("\n"), "b.txt": text(5, 60) };
  return withTexts(files, async (home, folder) => {
    const prepared = prepareContribution([utf8(text(3, 20))]);
    assert.ok(!isRejection(prepared));
    const fingerprint = (i: number): Uint8Array => prepared.fingerprints.slice(8 * i, 8 * i + 8);
    const chain = datanetChain({
      common: [0, 2, 4].map((i) => Buffer.from(fingerprint(i)).readBigUInt64BE()),
      // The first and the last are another's.
      senior: (asked) => ([0, 12].some((i) => equalBytes(asked, fingerprint(i))) ? 7n : 0n),
    });
    const run = (...flags: string[]) =>
      tribd(["datanet", "contribute", "1", folder, "--dry-run", ...flags, ...FLAGS], { home, fetch: chain.node.fetch });
    const { code, stdout, stderr } = await run("-o", "json");
    assert.equal(code, EXIT.ok, stderr);
    const [first, second] = JSON.parse(stdout) as Record<string, unknown>[];
    const { file: _file, content_root: _root, bytes: _bytes, tokens: _tokens, ...row } = first!;
    assert.deepEqual(row, {
      media_type: "application/jsonl",
      format: "jsonl",
      fields: ["id", "words"],
      records: 3,
      empty_records: 1,
      short_records: 1,
      windows: 26,
      fingerprints: 13,
      repeated: 13,
      common: 3,
      asked: 13,
      earlier: 2,
      transactions: 1,
      deposit: "1300",
    });
    assert.deepEqual([second!["format"], second!["asked"], second!["earlier"], second!["common"]], ["text", 53, 0, 0]);
    assert.match(
      stderr,
      /1 of 4 records are shorter than a window \(8 words, or 16 Chinese characters\): they are never/,
    );
    assert.match(stderr, /1 records have no text: they are left out/);
    assert.match(stderr, /others recorded 2 of 66 fingerprints that were looked up before you, in 1 files/);
    assert.match(stderr, /text of the fields id, words/);
    const table = await run("--include", "*.jsonl");
    assert.match(table.stdout, /a\.jsonl +jsonl +3 +1 +42 +26 +13 +3 +2 of 13 +1 +0.0013trib/);
  });
});

test("the format is that of the ending, else of the media type, or the option, and decides which options apply", async () => {
  const files = { "a.dat": `words,n\n"${text(3, 20)}",1\n`, "b.md": `**${text(5, 20)}**` };
  await withTexts(files, async (home, folder) => {
    const run = async (...flags: string[]) => {
      const argv = ["datanet", "contribute", "1", ...flags.map((flag) => flag.replace("@", `${folder}/`))];
      const result = await tribd([...argv, "--dry-run", "-o", "json", ...FLAGS], {
        home,
        fetch: datanetChain().node.fetch,
      });
      if (result.code !== EXIT.ok) return result.stderr;
      const [row] = JSON.parse(result.stdout) as { format: string; media_type: string; fingerprints: number }[];
      return [row!.format, row!.media_type, row!.fingerprints];
    };
    assert.deepEqual(await run("@a.dat"), ["text", "application/octet-stream", 16]);
    assert.deepEqual(await run("@a.dat", "--format", "csv"), ["csv", "text/csv", 14]);
    assert.deepEqual(await run("@a.dat", "--format", "csv", "--field", "words"), ["csv", "text/csv", 13]);
    assert.deepEqual(await run("@a.dat", "--media-type", "text/csv"), ["csv", "text/csv", 14]);
    assert.deepEqual(await run("@b.md"), ["markdown", "text/markdown", 13]);
    // What a datanet of plain text is told does not turn the markup into text.
    assert.deepEqual(await run("@b.md", "--media-type", "text/plain"), ["markdown", "text/plain", 13]);
    assert.deepEqual(await run("@b.md", "--format", "text", "--records", "lines"), ["text", "text/plain", 13]);
    assert.match(String(await run("@b.md", "--field", "words")), /b\.md is read as markdown, which has no fields/);
    assert.match(String(await run("@b.md", "--records", "lines")), /read as markdown, and --records is for text/);
    assert.match(String(await run("@a.dat", "--format", "csv", "--field", "text")), /no text in a field "text"/);
  });
});

test("what the datanet would refuse is said before anything is sent", async () => {
  const cases: readonly (readonly [Record<string, string>, string[], RegExp])[] = [
    [{ "a.csv": `words\n${text(3, 50)}` }, [], /a\.csv is text\/csv, and the datanet takes text\/plain/],
    [{ "a.txt": "too short" }, [], /too short: a window has 8 words/],
    [{ "a.txt": text(3, 50) }, ["--title", "t".repeat(201)], /a title has at most 200 bytes/],
    [{ [`${"n".repeat(197)}.txt`]: text(3, 50) }, ["--dry-run"], /a title has at most 200 bytes/],
    [{ "a.txt": "%PDF-1.4 ".concat(text(3, 50)) }, [], /a\.txt is a PDF document/],
    [{ "a.txt": "x".repeat(17 * 1024 * 1024) }, [], /17825792 bytes in one record, and at most 16777216/],
    [{ "a.txt": text(3, 50) }, ["--terms-hash", "00".repeat(32)], /the terms of datanet 1 are 0909/],
    [{ "a.txt": text(3, 50) }, ["--exclude", "*.txt"], /no file below/],
  ];
  for (const [files, flags, words] of cases) {
    await withTexts(files, async (home, folder) => {
      const chain = datanetChain({ mediaTypes: ["text/plain"] });
      const { code, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", ...flags, ...FLAGS], {
        home,
        fetch: chain.node.fetch,
      });
      assert.notEqual(code, EXIT.ok);
      assert.match(stderr, words);
      assert.equal(chain.node.received.length, 0);
    });
  }
});

test("one bad file never stops a folder: it is named and the others go", async () => {
  await withTexts({ "a.txt": text(3, 50), "b.txt": text(3, 50), "c.txt": text(5, 50) }, async (home, folder) => {
    const utf16 = Buffer.from(text(7, 50), "utf16le");
    writeFileSync(join(folder, "utf16.txt"), utf16);
    writeFileSync(join(folder, "old.txt"), Buffer.concat([Buffer.alloc(257, 0x61), Buffer.from("ustar"), utf16]));
    writeFileSync(join(folder, "short.txt"), "too short");
    mkdirSync(join(folder, "more"));
    writeFileSync(join(folder, "..", "elsewhere.txt"), text(11, 50));
    symlinkSync(join(folder, "..", "elsewhere.txt"), join(folder, "more", "linked.txt"));
    symlinkSync(folder, join(folder, "more", "round"));
    symlinkSync("nowhere", join(folder, "broken.txt"));
    const chain = datanetChain();
    const { code, stdout, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", ...FLAGS], {
      home,
      fetch: chain.node.fetch,
    });
    assert.equal(code, EXIT.ok, stderr);
    for (const went of [/a\.txt/, /c\.txt/, /linked\.txt/]) assert.match(stdout, went);
    assert.equal(chain.contributions.length, 3);
    for (const why of [
      /left out: .*b\.txt is the same as .*a\.txt/,
      /left out: .*utf16\.txt has zero bytes: UTF-16/,
      /left out: .*old\.txt is a tar archive/,
      /left out: .*short\.txt is too short: a window has 8 words/,
      /left out: .*round is a link to a folder/,
      /left out: .*broken\.txt: /,
    ]) {
      assert.match(stderr, why);
    }
    // What a person names is meant: it stops the command before anything is sent.
    const named = await tribd(["datanet", "contribute", "1", folder, join(folder, "utf16.txt"), "-y", ...FLAGS], {
      home,
      fetch: datanetChain().node.fetch,
    });
    assert.equal(named.code, EXIT.usage);
  });
});

test("a contribution's set is that of its records; no fingerprint spans two", () => {
  const [one, two] = [utf8(text(3, 20)), utf8(text(5, 20))];
  const both = prepareContribution([one, two]);
  const joined = prepareContribution([utf8(`${text(3, 20)} ${text(5, 20)}`)]);
  assert.ok(!isRejection(both) && !isRejection(joined));
  assert.equal(both.fpCount, 26);
  assert.equal(joined.fpCount, 33);
  assert.equal(both.recordCount, 2);
  assert.equal(verifySet(both.fpRoot, both.fingerprints), undefined);
  assert.deepEqual(Buffer.concat(fingerprintChunks(both.fingerprints)), Buffer.from(both.fingerprints));
});

test("globs", () => {
  for (const [pattern, name, fits] of [
    ["*.txt", "a.txt", true],
    ["*.txt", "deep/a.txt", true],
    ["*.txt", "a.txtx", false],
    ["deep/*.txt", "deep/a.txt", true],
    ["deep/*.txt", "deep/er/a.txt", false],
    ["**/a.txt", "x/y/a.txt", true],
    ["a?.txt", "ab.txt", true],
    ["a.b", "axb", false],
  ] as const) {
    assert.equal(glob(pattern).test(name), fits, `${pattern} ${name}`);
  }
});

test("names and texts that are not UTF-8 are named, and a folder that cannot be one is no bug", async () => {
  const latin = (path: string): Buffer => Buffer.from(path, "latin1");
  const cases: readonly (readonly [(folder: string) => void, RegExp])[] = [
    [(folder) => writeFileSync(latin(`${folder}/Zürich.txt`), text(3, 50)), /the name of the file .*not UTF-8/],
    [(folder) => writeFileSync(`${folder}/a.txt`, latin(`Zürich ${text(3, 50)}`)), /a\.txt: not utf8/],
  ];
  for (const [make, words] of cases) {
    await withTexts({}, async (home, folder) => {
      make(folder);
      const { code, stderr } = await tribd(["datanet", "contribute", "1", folder, "-y", ...FLAGS], {
        home,
        fetch: datanetChain().node.fetch,
      });
      assert.notEqual(code, EXIT.ok);
      assert.match(stderr, words);
      assert.doesNotMatch(stderr, /bug:/);
    });
  }
  await withTexts({ "a.txt": text(3, 50) }, async (home, folder) => {
    const below = `${folder}/a.txt/below`;
    const chain = datanetChain();
    const { stderr } = await tribd(["datanet", "contribute", "1", below, "-y", ...FLAGS], {
      home,
      fetch: chain.node.fetch,
    });
    assert.match(stderr, /error: .*below: a file stands where a directory belongs/);
  });
});
