import assert from "node:assert/strict";
import { test } from "node:test";
import { sources } from "./sources.js";

/** What must not stand in proto, state and consensus, and why. */
const BANNED: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\bDate\b/, "no clock: time is a field of the header"],
  [/\bMath\.random\b/, "no chance: randomness is derived from the beacon"],
  [/\bMath\.(sqrt|pow|log|exp|sin|cos|tan|cbrt|hypot)\w*\b/, "no floats"],
  [/\bparseFloat\b|\.toFixed\(|\bNumber\.EPSILON\b/, "no floats"],
  [/\b\d+\.\d+\b/, "no float literals"],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, "no timers: a timeout is an effect and an input"],
  [/\bconsole\b|\bprocess\.\w/, "no output and no environment"],
  [/\bIntl\b|\blocaleCompare\b|\btoLocale\w+/, "no locale: order is the order of bytes"],
  [/\basync\b|\bawait\b|\bPromise\b/, "no promise may reorder consensus code"],
  [/\.normalize\(|\.toLowerCase\(|\.toUpperCase\(/, "case and normal forms come from the pinned tables"],
  [/\\p\{/, "character classes come from the pinned tables"],
  [/\bfetch\b|\bXMLHttpRequest\b|\bWebSocket\b/, "no socket"],
  [/\.sort\(\)/, "an order is named: sort with a comparator"],
  [/\bfor\s*\([^)]*\bin\b/, "for-in has no order of ours"],
  [/\bBuffer\b/, "bytes are Uint8Array; hex and base64 go through proto"],
];

/**
 * The one asynchronous part of proto awaits the transport it is given. Applications wrap the fetch of the x402 scheme, and what a
 * platform gives is its default. ASCII-only case changes are named there.
 */
const EXCEPT: readonly (readonly [path: RegExp, pattern: RegExp])[] = [
  [/^proto\/client\//, /async|Promise/],
  [/^proto\/client\/x402\/scheme\.ts$/, /fetch/],
  [/^proto\/client\/x402\/platform\.ts$/, /fetch|Date|setTimeout/],
  [/^proto\/rpc\/json\.ts$/, /toUpperCase/],
  [/^proto\/types\/genesis\.ts$/, /toUpperCase/],
  [/^proto\/client\/verify\/compare\.ts$/, /toLowerCase/],
];

test("proto, state and consensus are pure", () => {
  const broken: string[] = [];
  for (const { path, code } of sources("proto", "state", "consensus")) {
    for (const [pattern, why] of BANNED) {
      if (
        EXCEPT.some(
          ([where, what]) => where.test(path) && what.source.split("|").some((word) => pattern.source.includes(word)),
        )
      ) {
        continue;
      }
      const found = pattern.exec(code);
      if (found !== null) broken.push(`${path}: ${found[0]} (${why})`);
    }
  }
  assert.deepEqual(broken, []);
});

test("proto, state and consensus import no node module", () => {
  for (const { path, text } of sources("proto", "state", "consensus")) {
    assert.ok(!/from "node:/.test(text), `${path} imports a node module`);
  }
});

test("unfinished marks and silenced errors do not land", () => {
  const marks = /\b(TODO|FIXME|XXX)\b|@ts-ignore|@ts-expect-error|\bas any\b|\bnot implemented\b/;
  const skipped = /\b(test|it|describe)\.(skip|only|todo)\(/;
  for (const { path, text, code } of sources("proto", "state", "consensus", "p2p", "node", "cli", "test")) {
    if (path.startsWith("test/tidy/")) continue;
    assert.ok(!marks.test(text), `${path}: ${marks.exec(text)?.[0]}`);
    assert.ok(!skipped.test(code), `${path}: ${skipped.exec(code)?.[0]}`);
    assert.ok(
      !/catch\s*(\([^)]*\))?\s*\{\s*\}/.test(code) || /catch\s*(\([^)]*\))?\s*\{\s*\/\//.test(text),
      `${path}: a swallowed error`,
    );
  }
});
