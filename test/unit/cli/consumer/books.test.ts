import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { MemoryBook, type Book, type Kept, type Row } from "#proto/client/consumer/index.js";
import { openLevel } from "#node/storage/database/level.js";
import { DiskBooks } from "#cli/consumer/book/books.js";
import { BookFault } from "#cli/consumer/book/fault.js";
import { decodeHead, decodeVoucher } from "#cli/consumer/book/rows.js";
import { openingSource } from "#cli/consumer/openings.js";
import { terms } from "#test/exchange/terms.js";
import { chat, head, pairOf, portsOver, streamed } from "#test/fixtures/consumer-parts.js";
import { withHome } from "../harness.js";

/** Writes the same rows to two books. */
function both(a: Book, b: Book): Book {
  return {
    async append(rows: readonly Row[]) {
      await a.append(rows);
      await b.append(rows);
    },
    load: () => a.load(),
    exchanges: (from, to) => a.exchanges(from, to),
  };
}

const sorted = (kept: Kept): Kept => ({
  ...kept,
  undelivered: [...kept.undelivered].sort((x, y) =>
    x.exchange.sealed!.receipt!.nonce < y.exchange.sealed!.receipt!.nonce ? -1 : 1,
  ),
});

test("the book on disk gives back after a restart what one in memory has", async () => {
  await withHome(async (home) => {
    const path = join(home, "book");
    let disk = new DiskBooks(await openLevel(path));
    await disk.add(head);
    const memory = new MemoryBook();
    const first = await pairOf({ book: both(disk.book(terms.channelId), memory) });
    const { gateway } = first;
    for (const text of ["one", "two"]) await (await first.consumer.ask(chat(text))).text();
    await streamed(await first.consumer.ask(chat("three", { stream: true })));
    await (await first.consumer.ask(chat("lost", {}, { idempotencyKey: "key" }))).body?.cancel();
    gateway.faults.upstream = true;
    await (await first.consumer.ask(chat("void"))).text();
    gateway.faults.upstream = false;
    gateway.faults.breaks = () => 1;
    await streamed(await first.consumer.ask(chat("open", { stream: true })));
    await first.consumer.close();
    await disk.close();

    disk = new DiskBooks(await openLevel(path));
    assert.deepEqual(await disk.heads(), [head]);
    const [kept, wanted] = [await disk.book(terms.channelId).load(), await memory.load()];
    assert.deepEqual(sorted(kept), sorted(wanted));
    assert.deepEqual([kept.open.length, kept.undelivered.length], [1, 1]);
    assert.equal(kept.undelivered[0]!.idempotencyKey, "key");
    const spent = disk.spentOn(portsOver(gateway.handle).now());
    assert.deepEqual([...spent], [[terms.versionId, gateway.channel.paid.amount]]);

    const source = openingSource(disk);
    assert.deepEqual(source.terms(terms.channelId), terms);
    assert.equal(source.terms(99n), undefined);
    const leaves = await source.leaves(terms.channelId, 3n);
    assert.deepEqual(
      leaves.map(({ nonce }) => nonce),
      [1n, 2n, 3n],
    );
    assert.equal((await source.exchange(terms.channelId, 2n))?.sealed?.receipt?.nonce, 2n);
    assert.equal(await source.exchange(terms.channelId, 9n), undefined);

    await disk.withdrawn(terms.channelId);
    assert.deepEqual(await disk.heads(), []);
    assert.equal(disk.allHeads().length, 1);
    await disk.close();
  });
});

test("a row that this program did not write is told as such", () => {
  assert.throws(() => decodeHead(new TextEncoder().encode("{")), BookFault);
  assert.throws(() => decodeVoucher(new TextEncoder().encode("[")), BookFault);
});
