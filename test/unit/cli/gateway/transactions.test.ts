import assert from "node:assert/strict";
import { test } from "node:test";
import { broadcast, readChannelTx, type ChannelTx } from "#cli/gateway/http/transactions.js";
import { utf8 } from "#proto/bytes.js";
import type { Client } from "#proto/client/index.js";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { assembleTx, bankSend, buildTx, ownAny, signDirect } from "#proto/tx/build.js";
import type { AnyMessage } from "#proto/tx/decode.js";

const secret = new Uint8Array(32).fill(5);
function signed(...messages: readonly AnyMessage[]): Uint8Array {
  const unsigned = buildTx({ messages, memo: "", timeoutHeight: 0n }, { coins: [], gasLimit: 1n }, [
    { publicKey: secp256k1PublicKey(secret), sequence: 0n },
  ]);
  return assembleTx(unsigned, [signDirect(unsigned, secret, "c", 1n)]);
}
const opens = ownAny("tributary.usage.v1.MsgOpenChannel", {
  consumer: "c",
  provider: "p",
  versionId: 3n,
  deposit: "5",
});
const closes = ownAny("tributary.usage.v1.MsgCloseChannel", { signer: "c", channelId: 4n });

test("a transaction is of exactly one message about a channel of this provider, of a kind that the route takes", () => {
  const bytes = signed(opens);
  assert.deepEqual(readChannelTx(bytes, ["open"], "p"), {
    ...{ bytes, kind: "open", consumer: "c", channelId: undefined, versionId: 3n },
  });
  const rows: readonly (readonly [Uint8Array, readonly ChannelTx["kind"][], string, RegExp])[] = [
    [utf8("x"), ["open"], "p", /./],
    [signed(opens), ["open"], "other", /to p, not to other/],
    [signed(opens, opens), ["open"], "p", /exactly one message/],
    [signed(closes), ["open", "top_up"], "p", /takes open and top_up, not close/],
    [signed(bankSend("a", "b", [{ denom: "utrib", amount: "1" }])), ["open"], "p", /not a message about a channel/],
  ];
  for (const [tx, kinds, provider, why] of rows) {
    const read = readChannelTx(tx, kinds, provider);
    assert.ok("status" in read && why.test(read.body.error.message), String(why));
  }
});

test("a transaction is waited for; what the chain refuses is told", async () => {
  const bytes = signed(closes);
  const tx: ChannelTx = { bytes, kind: "close", consumer: "c", channelId: 4n, versionId: undefined };
  let now = 0;
  const world = { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) };
  const sent = { code: 0, codespace: "", log: "", hash: new Uint8Array(32) };
  const over = (answer: Partial<typeof sent>, found: unknown) =>
    broadcast(
      {
        broadcastTxSync: () => Promise.resolve({ ...sent, ...answer }),
        tx: () => Promise.resolve(found),
      } as unknown as Client,
      tx,
      world,
      1_000,
    );
  const ended = { result: { code: 0, codespace: "", log: "" } };
  assert.equal(await over({}, ended), undefined);
  assert.equal(await over({ code: 19, codespace: "sdk" }, ended), undefined, "it was sent before");
  const refused = await over({ code: 5, codespace: "sdk", log: "no funds" }, ended);
  assert.deepEqual([refused?.status, refused?.body.error.code], [402, "transaction_refused"]);
  const failed = await over({}, { result: { code: 8, codespace: "usage", log: "closed" } });
  assert.match(failed!.body.error.message, /it failed: closed \(usage 8\)/);
  assert.equal((await over({}, undefined))?.body.error.code, "transaction_pending");
});
