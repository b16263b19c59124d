import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { openBansFile } from "#node/compose/bans-file.js";
import { replaceFile } from "#node/storage/files/atomic-file.js";
import { MemoryFiles } from "#node/storage/files/memory-files.js";
import { Switch } from "#p2p/switch/switch.js";
import { memoryAddress } from "#p2p/transport/memory/transport.js";
import { seeded } from "#test/simulation/random.js";
import { silent } from "../../p2p/silent.js";
import { memoryWorld } from "../../p2p/world-memory.js";

const PATH = "/data/bans.json";

function disk(): { files: ReturnType<MemoryFiles["mount"]>; warned: string[]; log: { warn(message: string): void } } {
  const warned: string[] = [];
  return { files: new MemoryFiles().mount(), warned, log: { warn: (message) => void warned.push(message) } };
}

test("a peer that was banned stays out after a restart", async () => {
  const { files, warned, log } = disk();
  await files.makeDirectory("/data");
  const world = memoryWorld(1n);
  const clock = world.clock;
  const [bad] = await world.hosts([[]]);
  const start = async (): Promise<Switch> => {
    const bans = await openBansFile(files, PATH, log);
    const host = new Switch(
      { transport: world.network.transport("ours"), persistentPeers: [], peersMax: 10, bans },
      { clock, random: seeded(1n), log: silent },
    );
    await host.start();
    host.ban("someone", "so that two are written one after the other");
    if (bans.kept.length === 0) host.ban(bad!.id, "x".repeat(1_000));
    await bans.idle();
    return host;
  };
  await (await start()).stop();
  const again = await start();
  await assert.rejects(world.settle(bad!.connect(memoryAddress("ours"))), { code: "dial_failed" });
  await again.stop();
  await world.stop();
  assert.deepEqual(warned, []);
});

for (const [what, text] of [
  ["no JSON", "[{"],
  ["no list", "{}"],
  ["a ban without an end", '[{"peer":"a","reason":"b"}]'],
  ["an end that is no number", '[{"peer":"a","until":"-1","reason":"b"}]'],
  ["null in the list", "[null]"],
] as const) {
  test(`a file of bans that holds ${what} is damaged: a warning, and no peer is banned`, async () => {
    const { files, warned, log } = disk();
    await files.makeDirectory("/data");
    await replaceFile(files, PATH, utf8(text));
    assert.deepEqual((await openBansFile(files, PATH, log)).kept, []);
    assert.equal(warned.length, 1);
  });
}

test("bans that cannot be written are a warning", async () => {
  const { files, warned, log } = disk();
  const bans = await openBansFile(
    Object.assign(files, { create: () => Promise.reject(new Error("ENOSPC")) }),
    PATH,
    log,
  );
  bans.save([{ peer: "a", until: 1n, reason: "b" }]);
  await bans.idle();
  assert.equal(warned.length, 1);
});
