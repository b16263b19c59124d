import assert from "node:assert/strict";
import { test } from "node:test";
import { countPoints, crashAt } from "#test/crash/run.js";
import { pointText, type Point } from "#test/crash/points.js";
import type { DiskWatch } from "#test/simulation/machine.js";

const SEED = 1n;
const all = await countPoints(SEED);

test("every kind of operation is crashed before, inside where it has an inside, and after", () => {
  const seen = new Set(all.map(({ operation, moment }) => `${operation.kind} ${moment}`));
  for (const kind of ["create", "append", "sync", "truncate", "rename", "remove", "sync directory", "synced batch"]) {
    for (const moment of ["before", "after"]) assert.ok(seen.has(`${kind} ${moment}`), `${kind} ${moment}`);
  }
  const cuts = all.filter(({ operation, left }) => operation.kind === "append" && left.bytes % 512 === 0 && left.bytes);
  assert.ok(cuts.length > 50, `${cuts.length} cuts at sectors`);
  const numbers = new Set(all.map(({ operation }) => operation.number));
  assert.equal(numbers.size, Math.max(...numbers), "an operation is left out");
});

test("a slice of all points: back in time, nothing signed twice, one chain", async () => {
  for (const point of all.filter(({ number }) => number % 331 === 7)) {
    const { problems } = await crashAt(SEED, point);
    assert.deepEqual(problems, [], `point ${point.number}: ${pointText(point)}`);
  }
});

/** A disk that says "synced", as late as an honest one, and only means it for the database and where it does not lie. */
const lying =
  (isLie: (path: string) => boolean) =>
  (watch: DiskWatch): DiskWatch => ({
    db: (db) => watch.db(db),
    files(files) {
      const nothing = async (path: string): Promise<void> => void (await files.read(path));
      return watch.files({
        read: (path) => files.read(path),
        size: (path) => files.size(path),
        list: (directory) => files.list(directory),
        makeDirectory: (directory) => files.makeDirectory(directory),
        truncate: (path, length) => files.truncate(path, length),
        rename: (from, to) => files.rename(from, to),
        remove: (path) => files.remove(path),
        create: async (path) => {
          const file = await files.create(path);
          return isLie(path) ? { ...file, sync: () => nothing(path) } : file;
        },
        syncDirectory: (path) => (isLie(path) ? nothing(path) : files.syncDirectory(path)),
      });
    },
  });

test("a disk that does not keep what it calls synced is found out", async () => {
  const isLost = ({ operation, moment, left }: Point): boolean =>
    operation.kind === "rename" && moment === "after" && left.names === 0;
  const point = all.find((one) => one.operation.number > 100 && isLost(one));
  assert.ok(point !== undefined);
  const { problems } = await crashAt(
    SEED,
    point,
    lying(() => true),
  );
  assert.match(problems.join("\n"), /SignerFault: .*is missing beside an existing key/);
});

test("a log that is not synced before the signer is asked is found out, though everybody else knows how the height ended", async () => {
  const isCommit = ({ operation, moment, who }: Point): boolean =>
    operation.kind === "synced batch" && moment === "before" && who === "one";
  const point = all.find((one) => one.operation.number > 250 && isCommit(one));
  assert.ok(point !== undefined);
  const { problems } = await crashAt(
    SEED,
    point,
    lying((path) => path.startsWith("/wal/")),
  );
  assert.match(problems.join("\n"), /the log of height \d+ does not lead to what was signed last/);
});
