import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { ByteLink, ByteListener, OnByteLink } from "#p2p/transport/byte-link.js";
import { peerIdOfSeed } from "#p2p/transport/identity.js";
import { dialNoise, listenNoise } from "#p2p/transport/noise-link.js";
import { dialUnix, listenUnix } from "#p2p/transport/unix-link.js";

const seedOf = (name: string): Bytes => sha256(utf8(name));
const portOf = (listener: ByteListener): number => Number(listener.address.split(":").at(-1));

interface Ends {
  listen(onLink: OnByteLink): Promise<ByteListener>;
  dial(onLink: OnByteLink): Promise<void>;
}

async function noiseEnds(): Promise<Ends> {
  let port = 0;
  const [a, b] = await Promise.all(["a", "b"].map((name) => peerIdOfSeed(seedOf(name))));
  return {
    async listen(onLink) {
      const listener = await listenNoise({ seed: seedOf("a"), peer: b!, host: "127.0.0.1", port }, onLink);
      port = portOf(listener);
      return listener;
    },
    dial: (onLink) => dialNoise({ seed: seedOf("b"), peer: a!, host: "localhost", port }, onLink),
  };
}

function unixEnds(t: TestContext): Promise<Ends> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-link-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "signer.sock");
  return Promise.resolve({
    listen: (onLink) => listenUnix(path, onLink),
    dial: (onLink) => dialUnix(path, onLink),
  });
}

/** Collects what arrives and tells who waits. */
class End {
  link: ByteLink | undefined;
  text = "";
  closed: string | undefined;
  #wake: () => void = () => undefined;

  readonly onLink: OnByteLink = (link) => {
    this.link = link;
    this.#wake();
    return {
      bytes: (chunk) => {
        this.text += utf8Text(chunk)!;
        this.#wake();
      },
      closed: (reason) => {
        this.closed = reason;
        this.#wake();
      },
    };
  };

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

const kinds: Readonly<Record<string, (t: TestContext) => Promise<Ends>>> = { noise: noiseEnds, unix: unixEnds };
for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind}: bytes go both ways in order, and each side learns of the end`, async (t) => {
    const ends = await make(t);
    const [server, client] = [new End(), new End()];
    const listener = await ends.listen(server.onLink);
    await ends.dial(client.onLink);
    await server.until(() => server.link !== undefined);
    const long = "x".repeat(200_000);
    client.link!.send(utf8("hello "));
    client.link!.send(utf8(long));
    server.link!.send(utf8("welcome"));
    await server.until(() => server.text.length === 6 + long.length);
    await client.until(() => client.text === "welcome");
    assert.equal(server.text, `hello ${long}`);
    client.link!.close();
    await server.until(() => server.closed !== undefined);
    await client.until(() => client.closed !== undefined);
    client.link!.send(utf8("into the void"));
    await listener.close();
  });

  test(`${kind}: a listener that ends takes its links along, and its place is free again`, async (t) => {
    const ends = await make(t);
    for (let life = 0; life < 2; life++) {
      const [server, client] = [new End(), new End()];
      const listener = await ends.listen(server.onLink);
      await ends.dial(client.onLink);
      await server.until(() => server.link !== undefined);
      await listener.close();
      await client.until(() => client.closed !== undefined);
      await assert.rejects(ends.dial(new End().onLink), { code: "dial_failed" });
    }
  });
}

test("noise: a link outlives the time that its handshake had", async () => {
  const ends = await noiseEnds();
  const [server, client] = [new End(), new End()];
  const listener = await ends.listen(server.onLink);
  await ends.dial(client.onLink);
  await sleep(5_500);
  client.link!.send(utf8("still here"));
  await server.until(() => server.text === "still here" || server.closed !== undefined);
  assert.deepEqual([server.text, server.closed, client.closed], ["still here", undefined, undefined]);
  await listener.close();
});

test("noise: who is not the one that the other side was told never gets a link, on either side", async () => {
  const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => peerIdOfSeed(seedOf(name))));
  const server = new End();
  const listener = await listenNoise({ seed: seedOf("a"), peer: b!, host: "127.0.0.1", port: 0 }, server.onLink);
  const at = { host: "127.0.0.1", port: portOf(listener) };
  // The dialler learns of a refusal only when its link is cut: its own handshake ended before.
  const stranger = new End();
  await dialNoise({ ...at, seed: seedOf("c"), peer: a! }, stranger.onLink);
  await stranger.until(() => stranger.closed !== undefined);
  const deceived = new End();
  await assert.rejects(dialNoise({ ...at, seed: seedOf("b"), peer: c! }, deceived.onLink), { code: "dial_failed" });
  // Bytes that are no handshake end the connection too.
  const noiseless = connect(at.port, at.host);
  noiseless.on("error", () => undefined);
  noiseless.write(Uint8Array.of(0, 2, 7, 7));
  await new Promise((resolve) => noiseless.once("close", resolve));
  assert.equal(server.link, undefined);
  assert.equal(deceived.link, undefined);
  assert.equal(stranger.text, "");
  await listener.close();
});

test("unix: the socket is its owner's alone, a dead one is replaced, a living one is not", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "tributary-link-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "signer.sock");
  writeFileSync(path, "left by a crash");
  const listener = await listenUnix(path, new End().onLink);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await assert.rejects(listenUnix(path, new End().onLink), { code: "bad_address", message: /another process/ });
  await listener.close();
  await assert.rejects(listenUnix(`/${"x".repeat(120)}`, new End().onLink), { code: "bad_address" });
});
