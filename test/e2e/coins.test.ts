import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import * as stargate39 from "@cosmjs/stargate";
import * as stargate36 from "cosmjs-stargate-0-36";
import { developmentAccounts } from "#cli/dev/accounts.js";
import { Localnet, tribd } from "./localnet.js";

let net: Localnet;

before(async () => {
  net = await Localnet.create(4);
  for (let i = 0; i < 4; i++) net.start(i);
  await net.reach(0, 2, 60_000);
});
after(() => net.stop());

const mnemonicOf = (name: string): string => developmentAccounts.find((account) => account.name === name)!.mnemonic;

const versions = [
  ["0.39.0", stargate39, "alice"],
  ["0.36.2", stargate36 as unknown as typeof stargate39, "dave"],
] as const;
for (const [version, { GasPrice, SigningStargateClient }, name] of versions) {
  test(`CosmJS ${version} connects, reads balances, sends coins and finds the tx`, async () => {
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonicOf(name), { prefix: "trib" });
    const [sender] = await wallet.getAccounts();
    const recipient = (await (await DirectSecp256k1HdWallet.generate(12, { prefix: "trib" })).getAccounts())[0]!
      .address;
    const options = { gasPrice: GasPrice.fromString("0.0025utrib"), broadcastPollIntervalMs: 300 };
    const client = await SigningStargateClient.connectWithSigner(net.members[0]!.rpc, wallet, options);
    assert.equal(await client.getChainId(), "tributary-dev-1");
    const before = BigInt((await client.getBalance(sender!.address, "utrib")).amount);
    const sent = await client.sendTokens(sender!.address, recipient, [{ denom: "utrib", amount: "1234" }], "auto");
    assert.equal(sent.code, 0, sent.rawLog);
    assert.equal((await client.getBalance(recipient, "utrib")).amount, "1234");
    assert.ok(BigInt((await client.getBalance(sender!.address, "utrib")).amount) < before - 1234n);
    assert.equal((await client.getTx(sent.transactionHash))?.height, sent.height);
    assert.equal((await client.searchTx(`transfer.recipient='${recipient}'`)).length, 1);
    client.disconnect();
  });
}

test("the command line sends coins and the exit code tells the truth", () => {
  const [{ home, rpc }] = net.members as [(typeof net.members)[number]];
  const keys = ["--home", home, "--keyring-backend", "test", "-o", "json"];
  const common = [...keys, "--node", rpc, "--yes"];
  const to = JSON.parse(tribd(["keys", "show", "erin", ...keys]).stdout) as { address: string };
  const sent = tribd(["tx", "bank", "send", "alice", to.address, "5trib", ...common]);
  assert.equal(sent.status, 0, sent.stderr);
  const { code, height } = JSON.parse(sent.stdout) as { code: number; height: string };
  assert.deepEqual([code, Number(height) > 0], [0, true]);
  const tooMuch = tribd(["tx", "bank", "send", "alice", to.address, "9000000000trib", ...common]);
  assert.notEqual(tooMuch.status, 0);
  assert.match(tooMuch.stderr, /insufficient|9000000000/);
});

test("kill -9 of one validator does not stop the chain; restarted, it catches up and signs again", async () => {
  await net.kill(3);
  const height = await net.height(0);
  await net.reach(0, height + 5, 60_000);
  net.start(3);
  await net.reach(3, height + 6, 60_000);
  const address = net.validatorAddress(3);
  await net.until("validator 3 signs", 60_000, async () => {
    const latest = await net.height(0);
    const { signed_header } = (await net.rpc(0, `commit?height=${latest}`)) as {
      signed_header: { commit: { signatures: { validator_address: string }[] } };
    };
    return signed_header.commit.signatures.some((signature) => signature.validator_address === address);
  });
});

test("all four agree on the app hash of one height", async () => {
  const height = Math.min(...(await Promise.all([0, 1, 2, 3].map((i) => net.height(i)))));
  const hashes = await Promise.all(
    [0, 1, 2, 3].map(async (i) => {
      const { header } = (await net.rpc(i, `header?height=${height}`)) as { header: { app_hash: string } };
      return header.app_hash;
    }),
  );
  assert.equal(new Set(hashes).size, 1);
});
