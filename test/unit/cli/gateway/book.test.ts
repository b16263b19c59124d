import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ceilingId } from "#proto/attribution/ceiling.js";
import { toHex, utf8 } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { useNatives } from "#node/runtime/natives.js";
import { GatewayBook } from "#cli/gateway/book/book.js";
import { secrets, terms } from "#test/exchange/terms.js";
import { ok } from "#test/unit/proto/attribution/world.js";
import { Pair, view } from "#test/unit/proto/exchange/pair.js";

useNatives();

async function withBook(use: (open: () => Promise<GatewayBook>) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "gateway-book-"));
  let book: GatewayBook | undefined;
  try {
    await use(async () => {
      await book?.close();
      return (book = await GatewayBook.open(directory));
    });
  } finally {
    await book?.close();
    rmSync(directory, { recursive: true });
  }
}

/** An answer in the book. */
async function answer(book: GatewayBook, pair: Pair, channel: Pair["provider"], text: string): Promise<string> {
  const asked = pair.ask(text);
  assert.equal(channel.begin(asked, view), "begun");
  const id = toHex(ceilingId(asked.ceiling!));
  const said = { seed: new Uint8Array(32).fill(4), time: 1n, added: [], answer: "yes" };
  const row = ok(channel.seal(id, said, secrets.provider));
  await book.addExchange(channel, row, utf8(`wire of ${text}`));
  const judged = pair.consumer.judge(id, row.sealed!, { text: "yes", isWhole: true });
  assert.ok(judged !== undefined && !("field" in judged));
  pair.consumer.addExchange(judged);
  return id;
}

async function pay(book: GatewayBook, pair: Pair, channel: Pair["provider"]): Promise<void> {
  const row = pair.consumer.sign(false)!;
  const taken = channel.pay(row);
  assert.ok(taken !== undefined && !isRejection(taken));
  await book.addVoucher(channel, taken);
  pair.consumer.addVoucher(row);
}

test("a book opened again knows what was unpaid, paid, void and running", async () => {
  await withBook(async (open) => {
    const [pair, book] = [new Pair(), await open()];
    const channel = await book.load(terms);
    const ids = [await answer(book, pair, channel, "one"), await answer(book, pair, channel, "two")];
    await pay(book, pair, channel);
    ids.push(await answer(book, pair, channel, "three"));
    const never = pair.ask("never sent");
    await book.addVoid(channel, ok(channel.void(never.ceiling!)));
    assert.equal(channel.begin(pair.ask("running"), view), "begun");

    const again = await open();
    assert.deepEqual(await again.channels(), [terms.channelId]);
    const loaded = await again.load(terms);
    assert.deepEqual([loaded.nonce, loaded.paid.nonce, loaded.unpaid, loaded.inFlight], [3n, 2n, 111n, 0n]);
    assert.deepEqual(
      ids.map((id) => loaded.fate(id)),
      [1n, 2n, 3n].map((nonce) => ({ state: "receipt", nonce })),
    );
    assert.deepEqual(loaded.fate(toHex(ceilingId(never.ceiling!))), { state: "void" });
    assert.deepEqual(loaded.paid, channel.paid);
    assert.deepEqual(again.wire(terms.channelId, 1n), utf8("wire of one"), "a retry may ask for what is paid");
    assert.deepEqual(again.wire(terms.channelId, 3n), utf8("wire of three"));
    await answer(again, pair, loaded, "four");
    await pay(again, pair, loaded);
    assert.equal(loaded.paid.nonce, 4n, "the prefix goes on where it was");
    assert.equal((await again.leaves(terms.channelId, 4n)).length, 4);
  });
});

test("expired fates and settled texts leave the book", async () => {
  await withBook(async (open) => {
    const [pair, book] = [new Pair(), await open()];
    const channel = await book.load(terms);
    const id = await answer(book, pair, channel, "one");
    await pay(book, pair, channel);
    await book.forget(terms.channelId, channel.forget(121n));
    await book.dropTexts(terms.channelId, 1n);
    const again = await open();
    const loaded = await again.load(terms);
    assert.equal(loaded.fate(id), undefined);
    assert.equal(again.wire(terms.channelId, 1n), undefined);
    assert.equal(loaded.paid.nonce, 1n);
  });
});

test("many answers at once are one or two writes, in their order", async () => {
  await withBook(async (open) => {
    const [pair, book] = [new Pair(), await open()];
    const channel = await book.load(terms);
    await Promise.all(Array.from({ length: 4 }, (_, i) => answer(book, pair, channel, `question ${i}`)));
    await pay(book, pair, channel);
    assert.equal((await (await open()).load(terms)).paid.nonce, 4n);
  });
});

test("a second gateway on the same book is refused", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gateway-book-"));
  const book = await GatewayBook.open(directory);
  try {
    const program = new URL("../../../../cli/gateway/book/book.js", import.meta.url).href;
    const script = `const { GatewayBook } = await import(${JSON.stringify(program)}); await GatewayBook.open(${JSON.stringify(directory)});`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /another process has it open/);
  } finally {
    await book.close();
    rmSync(directory, { recursive: true });
  }
});
