import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "#proto/bytes.js";
import { frameBytes, createFramer } from "#p2p/transport/framer.js";

const payloads = [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(300).fill(2), Uint8Array.of(3, 4)];
const stream = concat(...payloads.map(frameBytes));

for (const chunkBytes of [1, 3, 5, 100, stream.length]) {
  test(`frames survive chunks of ${chunkBytes} bytes`, () => {
    const frames = createFramer(300);
    const out: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += chunkBytes) {
      out.push(...frames.push([stream.subarray(at, at + chunkBytes)])!);
    }
    assert.deepEqual(out, payloads);
  });
}

test("a length over the bound is refused before its bytes arrive", () => {
  assert.equal(createFramer(300).push([Uint8Array.of(0, 0, 1, 45)]), undefined);
  assert.equal(createFramer(300).push([Uint8Array.of(255, 255, 255, 255)]), undefined);
  assert.equal(createFramer(300).push([concat(frameBytes(Uint8Array.of(1)), Uint8Array.of(128, 0, 0, 0))]), undefined);
});

test("frames do not share memory with the chunk they came in", () => {
  const chunk = Buffer.from(frameBytes(Uint8Array.of(1, 2, 3)));
  const [frame] = createFramer(300).push([chunk])!;
  chunk.fill(9);
  assert.deepEqual(frame, Uint8Array.of(1, 2, 3));
});
