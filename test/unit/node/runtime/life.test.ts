import assert from "node:assert/strict";
import { test } from "node:test";
import { Life, Stopped } from "#node/runtime/life.js";

const forever = (): Promise<never> => new Promise(() => undefined);

test("every closer runs, in the reverse order, whatever those before it do", async () => {
  const life = new Life({ oneMs: 20, allMs: 1000 });
  const closed: string[] = [];
  const close = (name: string) => (): void => void closed.push(name);
  life.opened("first", close("first"));
  life.opened("database", close("database"));
  life.opened("throws", () => {
    throw new Error("no");
  });
  life.opened("hangs", forever, ["database"]);
  life.opened("rejects", () => Promise.reject(new Error("neither")));
  life.opened("last", close("last"));
  assert.deepEqual(await life.close(), [
    "rejects: neither",
    "hangs: not closed after 20 ms",
    "throws: no",
    "database: left open, for what uses it did not close",
  ]);
  assert.deepEqual(closed, ["last", "first"]);
  assert.deepEqual(await life.close(), [], "each closes once");
});

test("all closers together are bounded, and each still gets its turn", async () => {
  const life = new Life({ oneMs: 40, allMs: 60 });
  let last = false;
  life.opened("last", () => void (last = true));
  for (let i = 0; i < 4; i++) life.opened(`hangs ${i}`, forever);
  const from = performance.now();
  assert.equal((await life.close()).length, 4);
  assert.ok(performance.now() - from < 1000);
  assert.ok(last);
});

test("what is opened while all is being closed is closed too, and the start ends there", async () => {
  const life = new Life();
  let late = false;
  let release: () => void = () => undefined;
  life.opened("slow", () => new Promise<void>((resolve) => (release = resolve)));
  const closing = life.close();
  assert.throws(() => life.opened("late", () => void (late = true)), Stopped);
  release();
  assert.deepEqual(await closing, []);
  assert.ok(late);
});

test("an error of a connection is told and nothing more; any other is the end", async () => {
  const life = new Life();
  const told: string[] = [];
  life.onUncaught((kind) => told.push(kind));
  const error = (fields: object): Error => Object.assign(new Error("x"), fields);
  life.uncaught(error({ code: "ECONNRESET", syscall: "read" }));
  life.uncaught(error({ code: "EPIPE", syscall: "write" }));
  const stack = "StreamStateError: closed\n    at send (/x/node_modules/@libp2p/utils/stream.js:1:1)";
  life.uncaught(error({ name: "StreamStateError", stack }));
  assert.equal(life.hasFailed, false);
  for (const other of [
    error({ code: "EPIPE", syscall: "write", path: "/a/pipe" }),
    error({ code: "ENOSPC", syscall: "write" }),
    error({ code: "ERR_STREAM_DESTROYED" }),
    error({}),
    "a text",
    undefined,
  ]) {
    const one = new Life();
    one.uncaught(other);
    assert.equal(await one.failed, other);
  }
  assert.deepEqual(told, ["connection", "connection", "connection"]);
});
