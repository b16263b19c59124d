import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, toHex, u32be, u64be, type Bytes } from "#proto/bytes.js";
import { encodeTxs } from "#proto/wire/txs.js";
import { carryTxs } from "#node/gossip/txs.js";
import type { Host } from "#p2p/host.js";
import { protocols } from "#p2p/protocols/table.js";
import { Switch } from "#p2p/switch/switch.js";
import { memoryAddress } from "#p2p/transport/memory/transport.js";
import { seeded } from "#test/simulation/random.js";
import { silent } from "../../p2p/silent.js";
import { memoryWorld } from "../../p2p/world-memory.js";

/** Longer than the burst lasts: what three strangers send below their limits is more than one link may carry then. */
const SECONDS = 6;
const TICK_MS = 50;
const SHARE = 0.95;
const STRANGERS = 3;

/** Takes every tx once, as a mempool does in which all are valid. */
function pool(host: Host, clock: ReturnType<typeof memoryWorld>["clock"]): Set<string> {
  const known = new Set<string>();
  const listeners: ((tx: Bytes) => void)[] = [];
  carryTxs({
    clock,
    host,
    pool: {
      isOpen: () => true,
      has: (tx) => known.has(toHex(tx)),
      admit(tx) {
        const isNew = !known.has(toHex(tx));
        known.add(toHex(tx));
        if (isNew) for (const listener of listeners) listener(tx);
        return Promise.resolve(isNew);
      },
      onAdmit: (listener) => void listeners.push(listener),
    },
  });
  return known;
}

const SEEDS = Number(process.env["STRANGER_SEEDS"] ?? 2);

for (let seed = 1n; seed <= SEEDS; seed++) {
  test(`strangers below their limits cost no honest node a point with another (seed ${seed})`, async () => {
    const world = memoryWorld(seed);
    const { clock, network } = world;
    const random = seeded(seed);
    const penalized: string[] = [];
    const links = random.chance(50) ? [[], [0], [1]] : [[], [0], [0, 1]];
    const ids = links.map((_, i) => `honest${i}`);
    const honest = links.map(
      (dials, i) =>
        new Switch(
          {
            transport: network.transport(ids[i]!),
            persistentPeers: dials.map((to) => memoryAddress(ids[to]!)),
            peersMax: 20,
          },
          {
            clock,
            random: random.fork(),
            log: {
              ...silent,
              debug: (message, fields) => {
                if (message === "peer penalized" && ids.includes(String(fields?.["peer"]))) {
                  penalized.push(`${ids[i]} ${JSON.stringify(fields)}`);
                }
              },
            },
          },
        ),
    );
    const pools = honest.map((host) => pool(host, clock));
    for (const host of honest) await host.start();
    const strangers = Array.from(
      { length: STRANGERS },
      (_, i) =>
        new Switch(
          {
            transport: network.transport(`stranger${i}`),
            persistentPeers: (random.chance(50) ? ids.slice(0, 1) : ids.slice(0, 2)).map(memoryAddress),
            peersMax: 20,
          },
          { clock, random: random.fork(), log: silent },
        ),
    );
    for (const host of strangers) await host.start();
    await world.until("all links are up", () => strangers.every((host) => host.peers().length > 0));
    const perTick = (protocols.txs.messagesRate.perSecond * SHARE * TICK_MS) / 1_000;
    for (let tick = 0; tick < (SECONDS * 1_000) / TICK_MS; tick++) {
      for (const [i, host] of strangers.entries()) {
        for (let n = 0; n < perTick; n++) {
          host.publish("txs", encodeTxs([concat(u32be(i), u64be(BigInt(tick * 1_000 + n)))]));
        }
      }
      await world.pass(TICK_MS);
    }
    assert.deepEqual(penalized, []);
    assert.ok(honest.every((host) => host.peers().length >= 1));
    const sent = (STRANGERS * SECONDS * 1_000 * perTick) / TICK_MS;
    assert.ok(pools[0]!.size > sent / 2, `${pools[0]!.size} of ${sent} were taken`);
    for (const host of [...strangers, ...honest]) await host.stop();
  });
}
