import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { MessageStream } from "@libp2p/interface";
import { concat, u32be, type Bytes } from "#proto/bytes.js";
import { fence, frameSizes } from "#p2p/transport/muxer.js";

const header = (type: number, length: number): Bytes => concat(Uint8Array.of(0, type, 0, 1), u32be(1), u32be(length));

test("frames are followed however their bytes are cut, and only data has a payload", () => {
  const bytes = concat(header(0, 5), new Uint8Array(5), header(1, 1 << 30), header(2, 7), header(0, 300));
  for (const step of [1, 2, 7, 12, 13, bytes.length]) {
    const sizes = frameSizes();
    let largest = 0;
    for (let at = 0; at < bytes.length; at += step) {
      largest = Math.max(largest, sizes.largest(bytes.subarray(at, at + step)));
    }
    assert.equal(largest, 300, `in steps of ${step}`);
  }
});

/** As much of a connection as the fence looks at. */
class Fake extends EventTarget {
  status = "open";
  writeBufferLength = 0;
  sent = 0;
  aborted: string[] = [];
  closing = false;
  send(_data: Bytes): boolean {
    if (this.closing) throw new Error("Cannot write to a stream that is closing");
    this.sent++;
    return true;
  }
  abort(error: Error): void {
    this.aborted.push(error.message);
    this.status = "aborted";
  }
}

function fenced(): { fake: Fake; connection: MessageStream; receive(bytes: Bytes): void } {
  const fake = new Fake();
  const connection = fake as unknown as MessageStream;
  fence(connection);
  const receive = (data: Bytes): void => void fake.dispatchEvent(Object.assign(new Event("message"), { data }));
  return { fake, connection, receive };
}

test("what is written to a connection that has ended, or is ending, is dropped and throws nothing", async () => {
  const { fake, connection } = fenced();
  assert.equal(connection.send(Uint8Array.of(1)), true);
  fake.closing = true;
  assert.equal(connection.send(Uint8Array.of(1)), false);
  assert.deepEqual(fake.aborted, [], "not from within");
  await turn();
  assert.equal(fake.aborted.length, 1);
  fake.closing = false;
  assert.equal(connection.send(Uint8Array.of(1)), false);
  assert.equal(fake.sent, 1, "the library is not asked");
});

test("who does not read what the muxer answers loses the connection", async () => {
  const { fake, connection } = fenced();
  fake.writeBufferLength = 17 * 1024 * 1024;
  assert.equal(connection.send(Uint8Array.of(1)), false);
  await turn();
  assert.equal(fake.aborted.length, 1);
});

test("a frame beyond the window ends the connection at once, one within it does not", () => {
  const { fake, receive } = fenced();
  receive(header(0, 1 << 20));
  receive(new Uint8Array(1 << 20));
  assert.deepEqual(fake.aborted, []);
  receive(header(0, (1 << 20) + 1));
  assert.deepEqual(fake.aborted, [`a frame of ${(1 << 20) + 1} bytes`]);
});
