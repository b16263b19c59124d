import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { toBase64 } from "#proto/base64.js";
import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import { EXIT } from "#cli/exit.js";
import { useNatives } from "#node/runtime/natives.js";
import { keyOf } from "../proto/light/chain.js";
import { Market } from "../state/market.js";
import { genesisOf, person } from "../state/world.js";
import { tribd, type Outcome } from "./harness.js";
import { Chronicle } from "../proto/client/verify/served-chain.js";

useNatives();
const TEXT = "we the people of the united states in order to form a more perfect union establish justice";
const OTHER = "nobody may use these words without a licence of the one who wrote them down before us all";
const SENIOR = TEXT.split(" ").slice(0, 8).join(" ");
/** What rings a terminal and turns its lines round stands in what a provider said; nothing of it may reach one. */
const ANSWER = `Well: ${TEXT},\u0007\u202e\u001b and "${OTHER}".`;
const folder = mkdtempSync(join(tmpdir(), "tribd-explain-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const document = {
  ...(genesisOf({}) as object),
  validators: ["a", "b", "c", "d"].map((name) => ({
    address: "",
    pub_key: { type: "tendermint/PubKeyEd25519", value: toBase64(ed25519PublicKey(keyOf(name))) },
    power: "10",
    name,
  })),
};
const genesis = file("genesis.json", JSON.stringify(document));
const answer = file("answer.txt", ANSWER);

const [alice, erin, mallory, grace] = ["alice", "erin", "mallory", "grace"].map(person);
const market = new Market({
  works: [
    { owner: alice!, text: TEXT, intent: 5 },
    { owner: erin!, text: OTHER, eligible: false },
    { owner: mallory!, text: SENIOR, eligible: false, intent: 0 },
  ],
});
const chronicle = new Chronicle(market, document);
const channel = market.open(grace!, 1_000_000n);
market.ask(channel, 9_999n, ANSWER, "say well");
market.ask(channel, 10_000n, TEXT);
const redeemed = market.redeem(channel, market.sign(channel, true));
market.endEpoch();
market.openSample(market.bob, 1n, market.wanted(1n, [redeemed]));
market.settle(grace!, 1n);
market.ask(channel, 10_000n, TEXT);
market.redeem(channel, market.sign(channel, true));
market.blocks(3);
const chain = await chronicle.serve();

const ask = (words: string, environment: Record<string, string> = {}): Promise<Outcome> => {
  const transport = chain.transport();
  const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> =>
    new Response(await transport.send(String(init?.body)));
  const argv = [...words.split(" "), "--genesis", genesis];
  return tribd(argv, { fetch: fetch as typeof globalThis.fetch, now: Number(chain.now), environment });
};

test("explain receipt marks the answer's words by who is paid, and adds up", async () => {
  const { code, stdout, stderr } = await ask(`explain receipt 1 1 0 --answer ${answer}`);
  assert.equal(code, EXIT.ok, stderr);
  const lines = stdout.split("\n");
  assert.equal(lines[0], "batch 1, voucher 1, receipt 0: answer 1 of channel 1, by version 1");
  assert.equal(lines[1], `asked by ${grace!.text}: fee 9999, of which 2999.7 is shared out by its 37 tokens`);
  assert.match(stdout, /\[nobody: Well\]: \[1 contested by 3: we the people of the united states in\] \[1: order to/);
  assert.match(stdout, /justice\],\ufffd\ufffd\ufffd \[nobody: and\]/);
  assert.match(stdout, /\[unlicensed: nobody may use these words .* us all\]"\./);
  assert.ok(!/[\u001b\u0007\u202e]/.test(stdout));
  assert.match(
    stdout,
    new RegExp(`1 "work 1" +1 +${alice!.text} +17 +[0-9.]+ +[0-9.]+ +3 "work 3" of ${mallory!.text}`),
  );
  assert.match(stdout, /unlicensed +only contributions without a licence hold it +18 /);
  assert.match(stdout, new RegExp(`2 "work 2" +${erin!.text} +18`));
});

test("colours show the paid contributions where the terminal has them; unpaid words keep their reason", async () => {
  const { stdout } = await ask(`explain receipt 1 1 0 --answer ${answer}`, { FORCE_COLOR: "1" });
  assert.match(stdout, /\u001b\[32m\u001b\[4mwe the people of the united states in\u001b/);
  assert.match(stdout, /\u001b\[90m\[nobody: Well\]\u001b/);
  assert.match(stdout, /\u001b\[32m1 "work 1"/);
});

test("explain receipt -o json has each token with its bytes in the text", async () => {
  const { code, stdout, stderr } = await ask(`explain receipt 1 1 0 --answer ${answer} -o json`);
  assert.equal(code, EXIT.ok, stderr);
  const shown = JSON.parse(stdout) as {
    pool: string;
    credits: { contribution_id: string; tokens: number; amount: string; contested: string; contester_id: string }[];
    residual: { amount: string; tokens: number }[];
    tokens: {
      from: number;
      to: number;
      amount: string;
      contribution_id: string | null;
      contester_id: string | null;
      reason: number;
    }[];
  };
  const text = Buffer.from(ANSWER);
  const words = shown.tokens.map(({ from, to }) => text.subarray(from, to).toString());
  assert.deepEqual(words.slice(0, 4), ["Well", "we", "the", "people"]);
  const paid = shown.tokens.filter(({ contribution_id: id }) => id === "1");
  const [credit] = shown.credits;
  assert.deepEqual([credit!.contribution_id, credit!.tokens, credit!.contester_id], ["1", paid.length, "3"]);
  const rest = BigInt(credit!.amount) - paid.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  assert.ok(rest >= 0n && rest < BigInt(paid.length));
  const contested = paid.filter(({ contester_id: id }) => id === "3");
  assert.equal(contested.length, 8);
  const amounts = [...shown.credits, ...shown.residual].map(({ amount }) => BigInt(amount));
  assert.equal(
    amounts.reduce((sum, amount) => sum + amount, 0n),
    BigInt(shown.pool),
  );
  const without = JSON.parse((await ask("explain receipt 1 1 0 -o json")).stdout) as typeof shown;
  assert.equal(without.tokens.length, shown.tokens.length);
  assert.ok(without.tokens.every((token) => !("from" in token)));
});

test("what verify payout exported explains offline, and nothing else does", async () => {
  const bundle = join(folder, "payout.json");
  await ask(`verify payout --all --export ${bundle}`);
  const offline = (words: string) => tribd([...words.split(" "), "--from", bundle, "--genesis", genesis]);
  for (const words of [`explain receipt 1 1 0 --answer ${answer}`, "explain payout 1 1"]) {
    const { code, stdout, stderr } = await offline(words);
    assert.equal(code, EXIT.ok, stderr);
    assert.equal(stdout, (await ask(words)).stdout);
  }
  assert.match((await offline("explain receipt 1 1 5")).stderr, /not in the exported bytes/);
});

test("without the words the counts are shown", async () => {
  const { stdout } = await ask("explain receipt 1 1 0");
  assert.ok(!stdout.includes("people"));
  assert.match(stdout, /PAID TO .*\n1 "work 1" +1 +trib1\w+ +17 /);
});

test("other words, receipts that are not opened and what does not exist are refused by name", async () => {
  const wrong = await ask(`explain receipt 1 1 0 --answer ${file("other.txt", ANSWER.replace("people", "persons"))}`);
  assert.equal(wrong.code, EXIT.failed);
  assert.match(wrong.stderr, /the text: it is not the opened answer: token 4 is another/);
  const binary = join(folder, "binary");
  writeFileSync(binary, Uint8Array.of(0xff, 0xfe));
  assert.match((await ask(`explain receipt 1 1 0 --answer ${binary}`)).stderr, /is not UTF-8 text/);
  const closed = await ask("explain receipt 2 2 0");
  assert.equal(closed.code, EXIT.notFound);
  assert.match(closed.stderr, /epoch|opening of receipt 0 under voucher 2/);
  assert.equal((await ask("explain receipt 1 1 7")).code, EXIT.notFound);
  assert.match((await ask("explain receipt 9 1 0")).stderr, /batch 9 does not exist: the last one is 2/);
  assert.match((await ask("explain payout 2 1")).stderr, /batch 2: it is not settled and booked yet/);
});

test("explain payout lists the receipts, whose amounts add up to the credit of the chain", async () => {
  const { code, stdout, stderr } = await ask("explain payout 1 1");
  assert.equal(code, EXIT.ok, stderr);
  const credit = market.credits(1n).find(({ contributionId }) => contributionId === 1n)!;
  assert.match(stdout, /batch 1 credits 34 tokens of 2 receipts: /);
  const shown = JSON.parse((await ask("explain payout 1 1 -o json")).stdout) as {
    amount: string;
    contested: string;
    receipts: { amount: string; contested: string; contester_id: string | null }[];
  };
  const sum = (of: (row: (typeof shown.receipts)[number]) => string): string =>
    shown.receipts.reduce((total, row) => total + BigInt(of(row)), 0n).toString();
  assert.deepEqual([shown.amount, shown.contested], [credit.amount, credit.contested]);
  assert.deepEqual([sum(({ amount }) => amount), sum(({ contested }) => contested)], [credit.amount, credit.contested]);
  assert.deepEqual(
    shown.receipts.map((row) => row.contester_id),
    ["3", "3"],
  );
  assert.match((await ask("explain payout 1 2")).stdout, /no opened receipt of batch 1 pays it/);
});
