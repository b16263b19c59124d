import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { seeded } from "#test/simulation/random.js";
import { readU32be, toHex, u32be, utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import type { Db } from "#node/storage/database/db.js";
import { openLevel } from "#node/storage/database/level.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { Entry, Range, Write } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";

/** Gives databases of one place, opened again and again. */
type Opener = (t: TestContext) => Promise<() => Promise<Db>>;

const openers: Record<string, Opener> = {
  memory: async () => {
    const disk = new MemoryDisk();
    return () => Promise.resolve(disk.open());
  },
  level: async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "tributary-db-"));
    t.after(() => rm(directory, { recursive: true }));
    return () => openLevel(join(directory, "chain.db"));
  },
};

const text = ([key, value]: Entry): string => `${toHex(key)}=${value.length}`;
const sync = { sync: true };

for (const [name, opener] of Object.entries(openers)) {
  test(`${name}: reads what was written, also after reopening`, async (t) => {
    const open = await opener(t);
    let db = await open();
    await db.write(
      [
        [utf8("a"), utf8("1")],
        [utf8("b"), utf8("2")],
        [utf8("a"), undefined],
      ],
      sync,
    );
    assert.equal(db.get(utf8("a")), undefined);
    await db.close();
    db = await open();
    assert.equal(utf8Text(db.get(utf8("b"))!), "2");
    await db.close();
  });

  test(`${name}: many values come in the order of their keys, with nothing for what is not there`, async (t) => {
    const db = await (await opener(t))();
    await db.write(
      Array.from({ length: 300 }, (_, i): Write => [u32be(i), u32be(i + 1)]),
      sync,
    );
    const values = await db.getMany([u32be(7), u32be(300), u32be(3), u32be(7)]);
    assert.deepEqual(values, [u32be(8), undefined, u32be(4), u32be(8)]);
    assert.ok(values.every((value) => !Buffer.isBuffer(value)));
    assert.deepEqual(await db.getMany([]), []);
    await db.close();
  });

  test(`${name}: keeps what a write said while it was taken`, async (t) => {
    const db = await (await opener(t))();
    const key = new Uint8Array(1);
    const value = new Uint8Array(1);
    function* writes(): Generator<Write, void, undefined> {
      for (let i = 0; i < 3; i++) {
        key[0] = i;
        value[0] = 10 + i;
        yield [key, value];
      }
    }
    await db.write(writes(), sync);
    assert.deepEqual(
      [...db.range({})].map(([at, what]) => [at[0], what[0]]),
      [
        [0, 10],
        [1, 11],
        [2, 12],
      ],
    );
    await db.close();
  });

  test(`${name}: hands out plain bytes whose slice is a copy`, async (t) => {
    const db = await (await opener(t))();
    await db.write([[utf8("a"), utf8("1")]], sync);
    const value: Bytes = db.get(utf8("a"))!;
    value.slice()[0] = 0;
    assert.equal(utf8Text(value), "1");
    for (const [key] of db.range({})) assert.ok(!Buffer.isBuffer(key));
    for await (const [key] of db.iterate({})) assert.ok(!Buffer.isBuffer(key));
    await db.close();
  });

  test(`${name}: ranges are those of a sorted map, over pages and large values`, async (t) => {
    const db = await (await opener(t))();
    const model = new MemoryBase();
    const writes: Write[] = Array.from({ length: 3000 }, (_, i) => [u32be(i * 2), new Uint8Array((i * 37) % 500)]);
    writes.push([u32be(1001), new Uint8Array(700_000)], [u32be(1003), new Uint8Array(900_000)]);
    await db.write(writes, { sync: false });
    model.apply(writes);
    const ranges: Range[] = [
      {},
      { reverse: true },
      { from: u32be(997), to: u32be(1010) },
      { from: u32be(997), to: u32be(1010), reverse: true },
      { to: u32be(64), limit: 7 },
      { from: u32be(1000), limit: 300, reverse: true },
      { from: u32be(9), to: u32be(9) },
      { from: u32be(5), to: u32be(3) },
      { limit: 0 },
    ];
    for (const range of ranges) {
      const expected = [...model.range(range)].map(text);
      assert.deepEqual([...db.range(range)].map(text), expected);
      const iterated: string[] = [];
      for await (const entry of db.iterate(range)) iterated.push(text(entry));
      assert.deepEqual(iterated, expected);
    }
    const [first] = db.range({ from: u32be(2) });
    assert.deepEqual(first![0], u32be(2));
    await db.close();
  });

  test(`${name}: two ranges may be read in turns`, async (t) => {
    const db = await (await opener(t))();
    await db.write(
      Array.from({ length: 200 }, (_, i): Write => [u32be(i), u32be(i)]),
      sync,
    );
    const back = db.range({ reverse: true })[Symbol.iterator]();
    let i = 0;
    for (const [key] of db.range({})) {
      assert.deepEqual(key, u32be(i));
      const other = back.next();
      assert.ok(other.done !== true);
      assert.deepEqual(other.value[0], u32be(199 - i));
      i++;
    }
    assert.equal(i, 200);
    await db.close();
  });

  test(`${name}: an iteration goes on with what is there by then, each key once and in order`, async (t) => {
    const db = await (await opener(t))();
    await db.write(
      Array.from({ length: 3000 }, (_, i): Write => [u32be(2 * i), u32be(i)]),
      sync,
    );
    for (const reverse of [false, true]) {
      const later = reverse ? 1000 : 5000;
      const seen: number[] = [];
      for await (const [key] of db.iterate({ from: u32be(2), to: u32be(5996), reverse })) {
        seen.push(readU32be(key));
        if (seen.length > 1) continue;
        const changes: Write[] = [
          [u32be(later), undefined],
          [u32be(later + 1), u32be(0)],
        ];
        await db.write(changes, sync);
      }
      const expected = Array.from({ length: 2997 }, (_, i) => 2 * i + 2);
      expected.splice(expected.indexOf(later), 1, later + 1);
      if (reverse) expected.splice(expected.indexOf(5000), 1, 5001);
      assert.deepEqual(seen, reverse ? expected.reverse() : expected);
    }
    const few: number[] = [];
    for await (const [key] of db.iterate({ limit: 1500 })) few.push(readU32be(key));
    assert.equal(few.length, 1500);
    await db.close();
  });
}

test("level: a reader that takes its time does not bring old values back", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "tributary-db-"));
  t.after(() => rm(directory, { recursive: true }));
  const db = await openLevel(directory);
  const key = (i: number): Bytes => Uint8Array.of(1, ...u32be(i));
  const random = seeded(320n);
  await db.write(
    Array.from({ length: 3000 }, (_, i): Write => [Uint8Array.of(0, ...u32be(i)), u32be(i)]),
    sync,
  );
  const reader = db.iterate({ to: Uint8Array.of(1) })[Symbol.asyncIterator]();
  await reader.next();
  const latest = new Map<number, number>();
  for (let round = 0; round < 800; round++) {
    const keys = new Set(Array.from({ length: 20 }, () => random.below(3000)));
    await db.write(
      Array.from(keys, (i): Write => [key(i), Uint8Array.from([...u32be(round), ...randomBytes(5000)])]),
      { sync: false },
    );
    for (const i of keys) latest.set(i, round);
    if (round % 20 === 0) for (const [i, last] of latest) assert.equal(readU32be(db.get(key(i))!), last, `key ${i}`);
  }
  await reader.return!();
  await db.close();
});

test("level: the room of what was deleted is given back", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "tributary-db-"));
  t.after(() => rm(directory, { recursive: true }));
  const db = await openLevel(directory);
  const tag = (table: number, i: number): Bytes => Uint8Array.of(table, ...u32be(i));
  const random = (): Bytes => new Uint8Array(randomBytes(10_000));
  for (const table of [1, 2]) {
    for (let first = 0; first < 4000; first += 1000) {
      await db.write(
        Array.from({ length: 1000 }, (_, i): Write => [tag(table, first + i), random()]),
        sync,
      );
    }
  }
  await db.write(
    Array.from({ length: 4000 }, (_, i): Write => [tag(1, i), undefined]),
    sync,
  );
  await db.compact({ from: Uint8Array.of(1), to: Uint8Array.of(2) });
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  assert.ok(bytes > 40_000_000 && bytes < 60_000_000, `${bytes} bytes are left of 80 million, half of them deleted`);
  assert.equal(db.get(tag(1, 7)), undefined);
  assert.equal(db.get(tag(2, 7))?.length, 10_000);
  await db.close();
});

test("a database that something else has open is named", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "tributary-db-"));
  t.after(() => rm(directory, { recursive: true }));
  const level = import.meta.resolve("classic-level");
  const program = `const { ClassicLevel } = await import(${JSON.stringify(level)});
    await new ClassicLevel(${JSON.stringify(directory)}).open();
    process.stdout.write("open"); setInterval(() => undefined, 1000);`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => other.kill("SIGKILL"));
  await once(other.stdout, "data");
  await assert.rejects(openLevel(directory), /another process has it open; stop that one first/);
});
