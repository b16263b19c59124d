import assert from "node:assert/strict";
import { test } from "node:test";
import { isPeerTrouble } from "#p2p/transport/peer-trouble.js";

function thrown(name: string, at: string): Error {
  const error = Object.assign(new Error("Cannot write to a stream that is closed"), { name });
  error.stack = `${name}: ${error.message}\n    at dispatch (node:internal/event_target:831:20)\n    at send (${at}:1:1)\n`;
  return error;
}

const library = "/x/node_modules/@libp2p/utils/src/abstract-message-stream.ts";

test("an ended stream in the library is trouble with one peer; the same in our code, or another error, is a bug", () => {
  assert.ok(isPeerTrouble(thrown("StreamStateError", library)));
  assert.ok(!isPeerTrouble(thrown("StreamStateError", "/x/dist/p2p/transport/libp2p/links.js")));
  assert.ok(!isPeerTrouble(thrown("TypeError", library)));
  assert.ok(!isPeerTrouble(thrown("AssertionError", "/x/dist/p2p/switch/switch.js")));
  assert.ok(!isPeerTrouble("StreamStateError"));
});
