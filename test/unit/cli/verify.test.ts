import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { toBase64 } from "#proto/base64.js";
import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import { stateKeys } from "#proto/light/state-keys.js";
import { hashBytes } from "#proto/types/block-id.js";
import { headerHash } from "#proto/types/block.js";
import { EXIT } from "#cli/exit.js";
import { useNatives } from "#node/runtime/natives.js";
import { keyOf } from "../proto/light/chain.js";
import { Market } from "../state/market.js";
import { genesisOf, person } from "../state/world.js";
import { tribd, type Outcome } from "./harness.js";
import { Chronicle, type Lie } from "../proto/client/verify/served-chain.js";

useNatives();
const TEXT = "we the people of the united states in order to form a more perfect union establish justice";
const grace = person("grace");
const folder = mkdtempSync(join(tmpdir(), "tribd-verify-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

const document = {
  ...(genesisOf({}) as object),
  validators: ["a", "b", "c", "d"].map((name) => ({
    address: "",
    pub_key: { type: "tendermint/PubKeyEd25519", value: toBase64(ed25519PublicKey(keyOf(name))) },
    power: "10",
    name,
  })),
};
writeFileSync(file("genesis.json"), JSON.stringify(document));

const market = new Market({ works: [{ owner: person("alice"), text: TEXT }] });
const chronicle = new Chronicle(market, document);
const channel = market.open(grace, 1_000_000n);
market.ask(channel, 10_000n, TEXT);
const redeemed = market.redeem(channel, market.sign(channel, true));
market.endEpoch();
market.openSample(market.bob, 1n, market.wanted(1n, [redeemed]));
market.settle(grace, 1n);
market.ask(channel, 10_000n, TEXT);
market.redeem(channel, market.sign(channel, true));
market.blocks(3);
const chain = await chronicle.serve();

const ask = (words: string, lie?: Lie): Promise<Outcome> => {
  const transport = chain.transport(lie);
  const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> =>
    new Response(await transport.send(String(init?.body)));
  const argv = [...words.split(" "), "--genesis", file("genesis.json")];
  return tribd(argv, { fetch: fetch as typeof globalThis.fetch, now: Number(chain.now) });
};

test("verify payout agrees with status 0, one JSON object on stdout", async () => {
  const { code, stdout, stderr } = await ask("verify payout --all -o json");
  assert.equal(code, EXIT.ok, stderr);
  const report = JSON.parse(stdout) as {
    agrees: boolean;
    batches: { batch_id: string; agrees: boolean | null; pool: string }[];
  };
  assert.equal(report.agrees, true);
  assert.deepEqual(
    report.batches.map(({ batch_id, agrees, pool }) => [batch_id, agrees, pool]),
    [
      ["1", true, "3000"],
      ["2", null, "3000"],
    ],
  );
});

test("verify payout names the lie with status 1", async () => {
  const lie: Lie = (_method, params, result) => {
    if (params["data"] !== toHex(stateKeys.credit(1n, 1n))) return result;
    return { response: { ...(result["response"] as object), value: toBase64(Uint8Array.of(1, 2)) } };
  };
  const { code, stderr, stdout } = await ask("verify payout --batch 1", lie);
  assert.equal(code, EXIT.failed);
  assert.match(stderr, /credit of contribution 1 in batch 1: the node does not prove/);
  assert.match(stdout, /DISAGREES/);
});

test("verify payout says what it cannot compare", async () => {
  const unsettled = await ask("verify payout --batch 2");
  assert.equal(unsettled.code, EXIT.failed);
  assert.match(unsettled.stderr, /batch 2 is not settled yet/);
  const missing = await ask("verify payout --batch 9");
  assert.equal(missing.code, EXIT.notFound);
  assert.match(missing.stderr, /batch 9 does not exist: the last one is 2/);
  assert.equal((await ask("verify payout --batch 1 --all")).code, EXIT.usage);
});

test("an export recomputes without a node", async () => {
  const { stderr } = await ask(`verify payout --all --export ${file("payout.json")}`);
  const name = present(/sha256 ([0-9a-f]{64})/.exec(stderr)?.[1], "the export has a name");
  const offline = await tribd(["verify", "payout", "--from", file("payout.json"), "--genesis", file("genesis.json")]);
  assert.equal(offline.code, EXIT.ok, offline.stderr);
  assert.match(offline.stderr, new RegExp(name));
  assert.match(offline.stdout, /agrees: 1 settled batches/);
  writeFileSync(file("none.json"), readFileSync(file("payout.json"), "utf8").replace("tributary-payout-1", "other-1"));
  const refused = await tribd(["verify", "payout", "--from", file("none.json"), "--genesis", file("genesis.json")]);
  assert.match(refused.stderr, /no tributary-payout-1 export/);
});

test("light prints the header that can be trusted, and refuses a forged one", async () => {
  const { code, stdout, stderr } = await ask("light --height 4 -o json");
  assert.equal(code, EXIT.ok, stderr);
  const { height, hash } = JSON.parse(stdout) as { height: string; hash: string };
  assert.deepEqual([height, hash], ["4", toHex(hashBytes(headerHash(chain.headers.at(4n)!.header)))]);
  const lie: Lie = (method, params, result, honest) =>
    method === "light_block" && params["height"] === "4" ? honest(method, { ...params, height: "5" }) : result;
  const refused = await ask("light --height 4", lie);
  assert.equal(refused.code, EXIT.failed);
  assert.match(refused.stderr, /header 4: the one of height 5 came/);
  const near = await ask(`light --trust 3:${"00".repeat(32)}`);
  assert.match(near.stderr, /header 3: other hash/);
});

test("query proof reads a value, and an absence, that is proven", async () => {
  const key = toHex(stateKeys.batch(1n));
  const { code, stdout, stderr } = await ask(`query proof ${key} -o json`);
  assert.equal(code, EXIT.ok, stderr);
  assert.ok((JSON.parse(stdout) as { value: string }).value.startsWith("01"));
  const absent = await ask(`query proof ${toHex(stateKeys.batch(77n))} -o json`);
  assert.equal((JSON.parse(absent.stdout) as { value: null }).value, null);
  const lie: Lie = (method, params, result, honest) =>
    method === "abci_query" ? honest(method, { ...params, data: toHex(stateKeys.batch(77n)) }) : result;
  const refused = await ask(`query proof ${key}`, lie);
  assert.equal(refused.code, EXIT.failed);
  assert.match(refused.stderr, /not proven/);
});
