import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePorts } from "#cli/demo/network/ports.js";

const HOST = "127.0.0.1";

test("a taken port moves the whole block of its kind, and no other", async () => {
  const first = { firstPort: 21_656, firstRestPort: 21_317 };
  const server = createServer().listen(21_656 + 11, HOST);
  await once(server, "listening");
  try {
    assert.deepEqual(await freePorts(HOST, 2, first), { firstPort: 21_756, firstRestPort: 21_317 });
    assert.deepEqual(await freePorts(HOST, 1, first), first);
  } finally {
    server.close();
  }
});
