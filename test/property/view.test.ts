import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, toHex, type Bytes } from "#proto/bytes.js";
import type { Range } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";
import { View, type Savepoint } from "#state/store/view.js";

/** The plain map that the view must equal: a copy of everything at each savepoint. */
type Model = Map<string, Bytes>;
type Op =
  | { kind: "put"; key: Bytes; value: Bytes }
  | { kind: "delete"; key: Bytes }
  | { kind: "savepoint" | "rollback" | "commit" }
  | { kind: "range"; range: Range };

const key = fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => bytes.map((byte) => byte & 3));
const value = fc.uint8Array({ minLength: 1, maxLength: 2 });
const bound = fc.option(key, { nil: undefined });
const range = fc.record({
  from: bound,
  to: bound,
  reverse: fc.boolean(),
  limit: fc.option(fc.nat(5), { nil: undefined }),
});
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), key, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("savepoint" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("rollback" as const, "commit" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("range" as const), range }) },
);

const text = (entry: readonly [Bytes, Bytes]): string => `${toHex(entry[0])}=${toHex(entry[1])}`;

function expected(model: Model, { from, to, reverse, limit }: Range): string[] {
  const entries = [...model].map(([hex, bytes]) => [Uint8Array.from(Buffer.from(hex, "hex")), bytes] as const);
  const inside = entries.filter(
    ([at]) => (from === undefined || compareBytes(at, from) >= 0) && (to === undefined || compareBytes(at, to) < 0),
  );
  inside.sort((a, b) => compareBytes(a[0], b[0]) * (reverse === true ? -1 : 1));
  return inside.slice(0, limit ?? Infinity).map(text);
}

const RUNS = Number(process.env["TRIBUTARY_RUNS"] ?? 1000);
/** Of their own accord the lists of fast-check stay below ten. */
const LONG = { size: "max" } as const;

test("a view equals a plain ordered map under puts, deletions, savepoints and ranges", () => {
  let operations = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, value), { maxLength: 30, ...LONG }),
      fc.array(op, { maxLength: 120, ...LONG }),
      (start, ops) => {
        operations += ops.length;
        const base = new MemoryBase();
        base.apply(start);
        let model: Model = new Map(start.map(([at, bytes]) => [toHex(at), bytes]));
        const view = new View(base);
        const open: { savepoint: Savepoint; model: Model }[] = [];
        for (const step of ops) {
          if (step.kind === "put") {
            view.put(step.key, step.value);
            model.set(toHex(step.key), step.value);
          } else if (step.kind === "delete") {
            view.delete(step.key);
            model.delete(toHex(step.key));
          } else if (step.kind === "savepoint") {
            open.push({ savepoint: view.savepoint(), model: new Map(model) });
          } else if (step.kind === "range") {
            assert.deepEqual([...view.range(step.range)].map(text), expected(model, step.range));
          } else {
            const last = open.pop();
            if (last === undefined) continue;
            if (step.kind === "commit") view.commit(last.savepoint);
            else {
              view.rollback(last.savepoint);
              model = last.model;
            }
          }
        }
        while (open.length > 0) view.commit(open.pop()!.savepoint);
        for (const [hex, bytes] of model) assert.deepEqual(view.get(Uint8Array.from(Buffer.from(hex, "hex"))), bytes);
        base.apply(view.writes());
        assert.deepEqual([...base.range({})].map(text), expected(model, {}));
      },
    ),
    { numRuns: RUNS, seed: Number(process.env["TRIBUTARY_SEED"] ?? 1) },
  );
  assert.ok(operations > 40 * RUNS, `${operations} operations in ${RUNS} runs`);
});

test("a view stays right when thousands of keys make it split its chunks", () => {
  const base = new MemoryBase();
  const view = new View(base);
  const keyOf = (i: number): Bytes => Uint8Array.of((i * 7919) & 0xff, ((i * 7919) >> 8) & 0xff, 1);
  for (let i = 0; i < 5000; i++) view.put(keyOf(i), Uint8Array.of(1));
  for (let i = 0; i < 5000; i += 2) view.delete(keyOf(i));
  base.apply(view.writes());
  assert.equal(base.size, 2500);
  const keys = [...base.range({})].map(([at]) => at);
  for (let i = 1; i < keys.length; i++) assert.ok(compareBytes(keys[i - 1]!, keys[i]!) < 0);
});
