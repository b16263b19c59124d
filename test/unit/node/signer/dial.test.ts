import assert from "node:assert/strict";
import { test } from "node:test";
import { P2pFault } from "#p2p/host.js";
import type { OnByteLink } from "#p2p/transport/byte-link.js";
import { keepDialling } from "#node/signer/remote/dial.js";
import { virtualClock } from "#test/simulation/clock.js";

function world(isUp: boolean) {
  const clock = virtualClock();
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const dialled: number[] = [];
  const state = { hangUp: (): void => undefined, closes: 0 };
  const dial = (onLink: OnByteLink): Promise<void> => {
    dialled.push(clock.monotonicMs());
    if (!isUp) return Promise.reject(new P2pFault("dial_failed", "nobody there"));
    const events = onLink({ remote: "node", send: () => undefined, close: () => void state.closes++ });
    state.hangUp = () => events.closed("gone");
    return Promise.resolve();
  };
  const dialling = keepDialling({
    clock,
    log: { info: say, warn: say, error: say },
    dial,
    serve: (closed) => () => ({ bytes: () => undefined, closed }),
  });
  return { clock, said, dialled, state, dialling };
}

test("dials until there is an answer, more and more slowly, and says so once", async () => {
  const { clock, said, dialled } = world(false);
  await clock.run(10_000);
  assert.deepEqual(dialled, [0, 100, 300, 700, 1500, 3100, 5100, 7100, 9100]);
  assert.equal(said.length, 1);
});

test("a connection that lasted is dialled again at once; one that is always cut is not hammered", async () => {
  const { clock, dialled, state } = world(true);
  await clock.run(400);
  assert.deepEqual(dialled, [0]);
  for (let i = 0; i < 4; i++) {
    const from = clock.monotonicMs();
    state.hangUp();
    await clock.run(from + 5_000, () => dialled.at(-1)! > from);
  }
  assert.deepEqual(dialled, [0, 500, 700, 1100, 1900]);
  await clock.run(clock.monotonicMs() + 60_000);
  const from = clock.monotonicMs();
  state.hangUp();
  await clock.run(from + 60_000);
  assert.deepEqual(dialled.slice(5), [from + 100]);
});

test("stopped, it hangs up and dials no more", async () => {
  const { clock, dialled, state, dialling } = world(true);
  await clock.run(200);
  dialling.stop();
  assert.equal(state.closes, 1);
  state.hangUp();
  await clock.run(60_000);
  assert.equal(dialled.length, 1);
});
