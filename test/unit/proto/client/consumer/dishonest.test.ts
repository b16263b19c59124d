import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, signAnswer } from "#proto/attribution/answer.js";
import type { Receipt } from "#proto/attribution/receipt.js";
import { MemoryBook } from "#proto/client/consumer/index.js";
import { askedTexts, type Exchange } from "#proto/exchange/provider.js";
import { sealAnswer, type Sealed } from "#proto/exchange/sealed.js";
import { isRejection } from "#proto/rejection.js";
import { secrets, terms } from "#test/exchange/terms.js";
import type { Faults } from "#test/fixtures/exchange-gateway.js";
import { chat, pairOf, streamed } from "#test/fixtures/consumer-parts.js";

/** The receipt with other fields, signed anew: a provider signs whatever it likes. */
function forged(row: Exchange, fields: Partial<Receipt>): Sealed {
  const sealed = row.sealed!;
  const receipt = { ...sealed.receipt!, ...fields };
  return { ...sealed, receipt, signature: signAnswer(answerOf(row.asked!.ceiling!, receipt), secrets.provider) };
}

/** The answer sealed honestly under another nonce. */
function underNonce(row: Exchange, nonce: bigint): Sealed {
  const { seed, added, answer, receipt } = row.sealed!;
  const said = { nonce, seed, time: receipt!.time, added, answer };
  const sealed = sealAnswer(terms, askedTexts(row.asked!), said, secrets.provider);
  assert.ok(!isRejection(sealed));
  return sealed;
}

/** An answer to a request that was never made. */
function fabricated(row: Exchange): Sealed {
  const asked = { ...askedTexts(row.asked!), texts: [{ kind: "own" as const, text: "what nobody asked" }] };
  const { seed, added, answer, receipt } = row.sealed!;
  const said = { nonce: receipt!.nonce, seed, time: receipt!.time, added, answer };
  const sealed = sealAnswer(terms, asked, said, secrets.provider);
  assert.ok(!isRejection(sealed));
  return sealed;
}

/** What a dishonest provider does, and the field that its consumer names. */
const table: Readonly<
  Record<string, { readonly faults: Faults; readonly field: RegExp; readonly isEvidence: boolean }>
> = {
  "wrong root": {
    faults: { seal: (row) => forged(row, { outRoot: new Uint8Array(32).fill(1) }) },
    field: /field: receipt,/,
    isEvidence: true,
  },
  "wrong fee": {
    faults: { seal: (row) => forged(row, { fee: row.sealed!.receipt!.fee + 1n }) },
    field: /receipt\.fee/,
    isEvidence: true,
  },
  "wrong count of tokens": {
    faults: { seal: (row) => forged(row, { tokens: row.sealed!.receipt!.tokens + 1 }) },
    field: /receipt\.tokens/,
    isEvidence: true,
  },
  "another version": {
    faults: { seal: (row) => forged(row, { versionId: 9n }) },
    field: /receipt\.versionId/,
    isEvidence: true,
  },
  "other text than signed": { faults: { said: (text) => `${text} Indeed.` }, field: /field: answer/, isEvidence: true },
  "fabricated receipt": { faults: { seal: fabricated }, field: /receipt\.fee|field: receipt/, isEvidence: true },
  "signature of another key": {
    faults: {
      seal: (row) => ({
        ...row.sealed!,
        signature: signAnswer(answerOf(row.asked!.ceiling!, row.sealed!.receipt!), secrets.consumer),
      }),
    },
    field: /signature/,
    isEvidence: true,
  },
  "withheld receipt": { faults: { withholds: true }, field: /nothing/, isEvidence: false },
  "terms of another price": {
    faults: { terms: (offer) => ({ ...offer, prices: { ...offer.prices, pricePerCall: 1n } }) },
    field: /extra\.prices\.price_per_call/,
    isEvidence: false,
  },
  "terms of another version": {
    faults: { terms: (offer) => ({ ...offer, versionId: 9n }) },
    field: /extra\.versionId/,
    isEvidence: false,
  },
  "terms of another payee": {
    faults: { terms: (offer) => ({ ...offer, payTo: "trib1thief" }) },
    field: /payTo/,
    isEvidence: false,
  },
  "terms of another chain": {
    faults: { terms: (offer) => ({ ...offer, chainId: "other-1" }) },
    field: /network/,
    isEvidence: false,
  },
};

for (const [name, { faults, field, isEvidence }] of Object.entries(table)) {
  for (const stream of [false, true]) {
    test(`${name}: nothing is paid, ${stream ? "and the stream does not end whole" : "and the application gets no answer"}`, async () => {
      const book = new MemoryBook();
      const { gateway, consumer } = await pairOf({ book });
      Object.assign(gateway.faults, faults);
      const answer = await consumer.ask(chat("hello", { stream }));
      const { raw, isDone } = await streamed(answer);
      assert.equal(isDone, false);
      assert.match(raw, field);
      assert.equal(consumer.sums.signed, 0n);
      const { refused, voucher } = await book.load();
      assert.equal(voucher, undefined);
      assert.equal(refused !== undefined, isEvidence);
      if (isEvidence) {
        // Its evidence ends the use of the channel, also after a restart.
        const next = await pairOf({ book, gateway });
        const error = ((await (await next.consumer.ask(chat("more"))).json()) as { error: { code: string } }).error;
        assert.equal(error.code, "exchange/channelStopped");
        await next.consumer.close();
      }
      await consumer.close();
    });
  }
}

test("doubled nonce: the second answer is refused", async () => {
  const { gateway, consumer } = await pairOf();
  await (await consumer.ask(chat("one"))).text();
  gateway.faults.seal = (row) => underNonce(row, 1n);
  const { raw } = await streamed(await consumer.ask(chat("two")));
  assert.match(raw, /receipt\.nonce/);
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 1n);
});

test("skipped nonce: what is behind the gap is never signed, and nothing more is asked", async () => {
  const { gateway, consumer } = await pairOf();
  await (await consumer.ask(chat("one"))).text();
  gateway.faults.seal = (row) => underNonce(row, 3n);
  assert.equal((await consumer.ask(chat("two"))).status, 200);
  const { raw } = await streamed(await consumer.ask(chat("three")));
  assert.match(raw, /exchange\/channelStopped/);
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 1n);
});
