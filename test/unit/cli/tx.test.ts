import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "#proto/crypto/hash.js";
import { verifySecp256k1 } from "#proto/crypto/secp256k1.js";
import { directSignBytes } from "#proto/tx/sign-doc.js";
import { developmentKeys } from "#cli/dev/guard.js";
import { EXIT } from "#cli/exit.js";
import { adjustedGas, feeFor, parseGasPrice } from "#cli/tx/fee.js";
import { parseBaseAmount, parseCoin, parseCoins, formatCoin } from "#cli/coins.js";
import { fakeNode, type Script } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

const TEST = ["--keyring-backend", "test"];
const to = "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0";
const terms = { prefix: "trib", denom: "utrib", displayDenom: "trib", displayExponent: 6 };

/** alice sends 12.5trib at a node that follows the script. */
async function send(script: Script, flags: readonly string[] = [], prepare?: (home: string) => Promise<void>) {
  return await withHome(async (home) => {
    const node = fakeNode(script);
    await tribd(["keys", "add", "alice", "--dev", ...TEST], { home });
    await prepare?.(home);
    const outcome = await tribd(["tx", "bank", "send", "alice", to, "12.5trib", "--yes", ...TEST, ...flags], {
      home,
      fetch: node.fetch,
    });
    return { ...outcome, ...node };
  });
}

test("a sent tx is simulated, paid by gas price, signed for this chain, and waited for", async () => {
  const { code, stdout, stderr, received } = await send({ included: { code: 0 } }, ["-o", "json"]);
  assert.equal(code, EXIT.ok, stderr);
  const [tx] = received;
  assert.equal(received.length, 1);
  assert.equal(tx!.fee.gasLimit, 140_000n);
  assert.deepEqual(tx!.fee.coins, [{ denom: "utrib", amount: "350" }]);
  assert.equal(tx!.signers[0]!.sequence, 7n);
  const digest = sha256(directSignBytes(tx!, "tributary-dev-1", 3n));
  assert.ok(verifySecp256k1(tx!.signatures[0]!, digest, developmentKeys()[0]!.publicKey));
  const receipt = JSON.parse(stdout) as { txhash: string; height: string; code: number };
  assert.equal(receipt.code, 0);
  assert.equal(receipt.height, "6");
  assert.match(stderr, new RegExp(`tx ${receipt.txhash}`));
});

test("the exit code tells what became of the tx", async () => {
  const cases: readonly (readonly [Script, number, RegExp])[] = [
    [
      { check: () => ({ code: 13, codespace: "sdk", log: "insufficient fee" }) },
      EXIT.rejected,
      /--gas-prices or --fees/,
    ],
    [
      { simulate: { code: 5, codespace: "sdk", log: "insufficient funds" } },
      EXIT.rejected,
      /would fail, so it was not sent/,
    ],
    [{ included: { code: 11, codespace: "sdk", log: "out of gas" } }, EXIT.reverted, /failed there: out of gas/],
    [{ included: undefined }, EXIT.unreachable, /query wait-tx [0-9A-F]{64}/],
  ];
  for (const [script, expected, message] of cases) {
    const { code, stderr } = await send(script);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
  }
});

test("a tx that would fail is not sent", async () => {
  assert.equal((await send({ simulate: { code: 5, codespace: "sdk", log: "no" } })).received.length, 0);
});

test("a refused sequence is taken from the node's answer and tried once more, not twice", async () => {
  const log = "account sequence mismatch, expected 9, got 7: incorrect account sequence";
  const once = await send({
    check: (tx) =>
      tx.signers[0]!.sequence === 9n ? { code: 0, codespace: "", log: "" } : { code: 32, codespace: "sdk", log },
    included: { code: 0 },
  });
  assert.equal(once.code, EXIT.ok, once.stderr);
  assert.deepEqual(
    once.received.map((tx) => tx.signers[0]!.sequence),
    [7n, 9n],
  );
  const twice = await send({ check: () => ({ code: 32, codespace: "sdk", log }) });
  assert.equal(twice.code, EXIT.rejected);
  assert.equal(twice.received.length, 2);
  assert.match(twice.stderr, /another tx from this key is pending/);
});

test("an unreachable node is exit 4 with what to do, and nothing on stdout", () =>
  withHome(async (home) => {
    const refuse = (() =>
      Promise.reject(
        Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }),
      )) as typeof fetch;
    const { code, stdout, stderr } = await tribd(["status"], { home, fetch: refuse });
    assert.equal(code, EXIT.unreachable);
    assert.equal(stdout, "");
    assert.match(stderr, /no node answers at http:\/\/localhost:26657 \(ECONNREFUSED\)/);
    assert.match(stderr, /tribd start/);
    const page = (async () => new Response("<html>")) as typeof fetch;
    assert.equal((await tribd(["status"], { home, fetch: page })).code, EXIT.unreachable);
  }));

test("--no-wait and -b return after the check; --dry-run and --generate-only send nothing", async () => {
  for (const flags of [["--no-wait"], ["-b", "sync"], ["-b", "async"]]) {
    const { code, stdout, methods } = await send({}, flags);
    assert.equal(code, EXIT.ok);
    assert.match(stdout, /^[0-9A-F]{64}\n$/);
    assert.ok(!methods.includes("tx_search"));
  }
  const dry = await send({}, ["--dry-run", "-o", "json"]);
  assert.deepEqual(JSON.parse(dry.stdout), { gas_wanted: "140000", fee: "350utrib" });
  assert.equal(dry.received.length, 0);
  const generated = await send({}, ["--generate-only"]);
  assert.equal((JSON.parse(generated.stdout) as { signatures: unknown[] }).signatures.length, 0);
  assert.equal(generated.received.length, 0);
});

test("generate, sign offline, encode, broadcast: the same tx all the way", () =>
  withHome(async (home) => {
    const node = fakeNode({ included: { code: 0 } });
    const given = { home, fetch: node.fetch };
    await tribd(["keys", "add", "alice", "--dev", ...TEST], { home });
    const unsigned = join(home, "unsigned.json");
    const signed = join(home, "signed.json");
    await tribd(
      ["tx", "bank", "send", to, "1trib", "--from", "alice", "--generate-only", "--output-document", unsigned, ...TEST],
      given,
    );
    const signing = await tribd(
      [
        "tx",
        "sign",
        unsigned,
        "--from",
        "alice",
        "--offline",
        "--chain-id",
        "tributary-dev-1",
        "--account-number",
        "3",
        "--output-document",
        signed,
        "--yes",
        ...TEST,
      ],
      { home },
    );
    assert.equal(signing.code, EXIT.ok, signing.stderr);
    assert.equal((await tribd(["tx", "broadcast", unsigned], given)).code, EXIT.usage);
    const sent = await tribd(["tx", "broadcast", signed, "--yes"], given);
    assert.equal(sent.code, EXIT.ok, sent.stderr);
    const digest = sha256(directSignBytes(node.received[0]!, "tributary-dev-1", 3n));
    assert.ok(verifySecp256k1(node.received[0]!.signatures[0]!, digest, developmentKeys()[0]!.publicKey));
    const encoded = (await tribd(["tx", "encode", signed], { home })).stdout.trim();
    assert.deepEqual(
      JSON.parse((await tribd(["tx", "decode", encoded], { home })).stdout),
      JSON.parse(readFileSync(signed, "utf8")),
    );
  }));

test("--offline says what it needs", async () => {
  for (const flags of [
    ["--offline"],
    ["--offline", "--chain-id", "tributary-dev-1"],
    ["--offline", "--chain-id", "tributary-dev-1", "-a", "3", "-s", "7"],
  ]) {
    const { code, stderr, methods } = await send({}, flags);
    assert.equal(code, EXIT.usage);
    assert.match(stderr, /--offline needs/);
    assert.deepEqual(methods, []);
  }
});

test("a public development key does not sign on another chain, and no other chain is signed for than was meant", async () => {
  const other = await send({ chainId: "tributary-1" });
  assert.equal(other.code, EXIT.signing);
  assert.equal(other.received.length, 0);
  const mistaken = await send({}, ["--chain-id", "other-dev-1"]);
  assert.equal(mistaken.code, EXIT.usage);
  assert.equal(mistaken.received.length, 0);
});

test("an unknown key and a wrong password are exit 7", () =>
  withHome(async (home) => {
    const node = fakeNode({ included: { code: 0 } });
    const send = (password: string) => {
      writeFileSync(join(home, "pw"), `${password}\n`);
      return tribd(["tx", "bank", "send", "mine", to, "1trib", "--yes", "--password-file", join(home, "pw")], {
        home,
        fetch: node.fetch,
      });
    };
    assert.equal((await send("long enough")).code, EXIT.signing);
    writeFileSync(join(home, "pw"), "long enough\n");
    await tribd(["keys", "add", "mine", "--password-file", join(home, "pw")], { home });
    assert.equal((await send("not that one")).code, EXIT.signing);
    assert.equal((await send("long enough")).code, EXIT.ok);
  }));

test("what is not there is exit 3", () =>
  withHome(async (home) => {
    const node = fakeNode({});
    assert.equal((await tribd(["query", "tx", "AB".repeat(32)], { home, fetch: node.fetch })).code, EXIT.notFound);
    assert.equal((await tribd(["query", "bank", "supply"], { home, fetch: node.fetch })).code, EXIT.notFound);
  }));

test("amounts are read exactly and written back", () => {
  assert.deepEqual(parseCoin("12.5trib", terms), { denom: "utrib", amount: 12_500_000n });
  assert.deepEqual(parseCoin("12TRIB", terms), { denom: "utrib", amount: 12_000_000n });
  assert.deepEqual(parseCoin("5ufoo", terms), { denom: "ufoo", amount: 5n });
  assert.deepEqual(
    parseCoins("5utrib,7ufoo", terms).map((coin) => coin.denom),
    ["ufoo", "utrib"],
  );
  assert.equal(parseBaseAmount("1000", terms), 1000n);
  for (const text of ["", "trib", "1.5utrib", "1.1234567trib", "-1trib", "0x10utrib", "1e3trib", "1 trib"]) {
    assert.throws(() => parseCoin(text, terms), { exit: EXIT.usage }, text);
  }
  assert.throws(() => parseCoins("1utrib,2utrib", terms), /twice/);
  assert.equal(formatCoin({ denom: "utrib", amount: 12_500_000n }, terms), "12.5trib");
  assert.equal(formatCoin({ denom: "utrib", amount: 1n }, terms), "0.000001trib");
});

test("fees round up: the payer owes the remainder", () => {
  assert.deepEqual(feeFor(100_001n, parseGasPrice("0.0025utrib")), { denom: "utrib", amount: 251n });
  assert.equal(adjustedGas(3n, 1.4), 5n);
  for (const text of ["utrib", "0,1utrib", "1.utrib", ".1utrib"]) {
    assert.throws(() => parseGasPrice(text), { exit: EXIT.usage });
  }
});
