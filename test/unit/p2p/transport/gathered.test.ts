import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { MessageStream } from "@libp2p/interface";
import { concat, toHex, u32be, type Bytes } from "#proto/bytes.js";
import { gather, inOnePiece } from "#p2p/transport/gathered.js";

const header = (type: number, flags: number, stream: number, length: number): Bytes =>
  concat(Uint8Array.of(0, type, 0, flags), u32be(stream), u32be(length));
const update = (stream: number, bytes: number): Bytes => header(1, 0, stream, bytes);
const frame = (i: number): Bytes => concat(header(0, 0, 1, 4), u32be(i));

/** As much of a connection as is looked at. */
class Fake {
  status = "open";
  isWritable = true;
  writableNeedsDrain = false;
  readonly sent: Bytes[] = [];
  send(data: Bytes): boolean {
    if (!this.isWritable || this.status !== "open") throw new Error("written after its end");
    this.sent.push(data);
    return true;
  }
  abort(): void {
    this.status = "aborted";
  }
  close(): Promise<void> {
    this.status = "closed";
    return Promise.resolve();
  }
}

function gathered(): { readonly fake: Fake; readonly connection: MessageStream } {
  const fake = new Fake();
  const connection = fake as unknown as MessageStream;
  gather(connection);
  return { fake, connection };
}

for (const count of [10, 1_000, 100_000]) {
  test(`what is written in one turn leaves in one piece, in order: ${count} frames`, async () => {
    const { fake, connection } = gathered();
    const frames = Array.from({ length: count }, (_, i) => frame(i));
    for (const each of frames) assert.equal(connection.send(each), true);
    assert.equal(fake.sent.length, 0);
    await turn();
    assert.equal(fake.sent.length, 1);
    assert.equal(toHex(fake.sent[0]!), frames.map(toHex).join(""));
    connection.send(frame(1));
    await turn();
    assert.equal(fake.sent.length, 2);
  });
}

for (const count of [10, 1_000]) {
  test(`the window is given back by the quarter, whatever the number of frames: ${count} small ones`, async () => {
    const { fake, connection } = gathered();
    for (let i = 0; i < count; i++) {
      connection.send(update(7, 400));
      await turn();
    }
    const given = fake.sent.map((bytes) => toHex(bytes));
    const whole = Math.floor(count / 164); // 164 of them are 64 kB.
    assert.deepEqual(
      given,
      Array.from({ length: whole }, () => toHex(update(7, 164 * 400))),
    );
  });
}

test("a window update that opens or ends a stream is written at once, and each stream's credit is its own", async () => {
  const { fake, connection } = gathered();
  for (const flags of [1, 2, 4, 8]) connection.send(header(1, flags, 3, 0));
  connection.send(header(2, 1, 0, 5)); // A ping.
  await turn();
  assert.equal(fake.sent[0]!.length, 5 * 12);
  for (const stream of [3, 5]) connection.send(update(stream, 40_000));
  await turn();
  assert.equal(fake.sent.length, 1);
  connection.send(update(5, 30_000));
  await turn();
  assert.equal(toHex(fake.sent[1]!), toHex(update(5, 70_000)));
});

test("a peer that opens streams without end does not fill the memory with their credit: it gets it", async () => {
  const { fake, connection } = gathered();
  for (let stream = 1; stream <= 1_000; stream++) connection.send(update(stream, 10));
  await turn();
  assert.equal(fake.sent[0]!.length / 12, 15 * 65, "at most 64 streams' credit is kept back");
});

test("a closing connection takes along what waits; after its end nothing is written", async () => {
  const { fake, connection } = gathered();
  connection.send(frame(1));
  await connection.close();
  assert.equal(fake.sent.length, 1);
  assert.equal(connection.send(frame(2)), false);
  await turn();
  assert.equal(fake.sent.length, 1);
});

test("the end of a connection takes what waits with it, and nothing is thrown outside of a caller", async () => {
  for (const end of [{ status: "aborted" }, { status: "reset" }, { isWritable: false }]) {
    const { fake, connection } = gathered();
    connection.send(frame(1));
    Object.assign(fake, end);
    await turn(); // What is thrown here would end the process.
    assert.equal(connection.send(frame(2)), false);
    await turn();
    assert.equal(fake.sent.length, 0);
  }
});

test("a socket that is full stops the streams until it drains", () => {
  const { fake, connection } = gathered();
  fake.writableNeedsDrain = true;
  assert.equal(connection.send(frame(1)), false);
});

test("an encrypted message goes to the system with its length in one piece", () => {
  const fake = new Fake();
  const connection = fake as unknown as MessageStream;
  inOnePiece(connection);
  connection.send([Uint8Array.of(0, 2), Uint8Array.of(7, 8)] as unknown as Bytes);
  connection.send(Uint8Array.of(9));
  assert.deepEqual(fake.sent.map(toHex), ["00020708", "09"]);
});
