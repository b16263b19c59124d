import { setTimeout as sleep } from "node:timers/promises";
import { concat, u32be, type Bytes } from "#proto/bytes.js";
import { seeded, type SeededRandom } from "#test/simulation/random.js";
import { stages, stranger, type Stage, type Stranger } from "./p2p-client.js";

export interface FuzzP2pOptions {
  /** Multiaddr of the listener; what follows /p2p/ is not needed. */
  readonly address: string;
  readonly seed: bigint;
  readonly seconds: number;
  /** Connections that are attacked with at the same time. */
  readonly atOnce?: number;
  /** Told of every case before it is sent, so that the last one can be played again. */
  readonly before?: (line: string) => void;
}

export interface FuzzP2pResult {
  /** Byte strings sent. */
  readonly cases: number;
  readonly byStage: Readonly<Record<Stage, number>>;
  /** Connections that did not come to their stage: refused, banned, or the node is gone. */
  readonly refused: number;
}

const CASES_PER_CONNECTION = 24;
/** What the library speaks on its own, beside our protocols, which the node names itself when it opens its streams. */
const LIBRARY = ["/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/meshsub/1.1.0", "/meshsub/1.2.0"];

/**
 * Bytes from a seed against the p2p listener of a running node, after each stage of the handshake. It says what was
 * sent; whether the node lives, and how well, is for its caller to see.
 */
export async function fuzzP2p({
  address,
  seed,
  seconds,
  atOnce = stages.length,
  before,
}: FuzzP2pOptions): Promise<FuzzP2pResult> {
  const byStage: Record<Stage, number> = { tcp: 0, multistream: 0, noise: 0, yamux: 0, streams: 0 };
  const end = performance.now() + seconds * 1_000;
  let refused = 0;

  async function attack(random: SeededRandom, first: number): Promise<void> {
    for (let round = 0; performance.now() < end; round++) {
      const stage = stages[(first + round) % stages.length]!;
      // A new identity each time: bans would end the fuzzing otherwise.
      const key = Uint8Array.from({ length: 32 }, () => random.below(256));
      let one: Stranger;
      try {
        one = await stranger({ address, stage, seed: key });
      } catch {
        refused++;
        await sleep(20);
        continue;
      }
      try {
        const write = stage === "streams" ? await streamWriter(one, random) : one.write;
        for (let i = 0; i < CASES_PER_CONNECTION && !one.isClosed(); i++) {
          if (i > 0 && performance.now() >= end) break; // One at least: a stage that was reached is not for nothing.
          const bytes = makers[stage](random);
          before?.(`${stage} ${Buffer.from(bytes.subarray(0, 64)).toString("hex")}`);
          write(bytes);
          byStage[stage]++;
          if (random.chance(25)) await sleep(random.below(4));
        }
      } finally {
        if (random.chance(50)) one.cut();
        else {
          await Promise.race([one.closed, sleep(20)]);
          one.cut();
        }
      }
    }
  }

  const root = seeded(seed);
  await Promise.all(Array.from({ length: atOnce }, (_, i) => attack(root.fork(), i)));
  const cases = stages.reduce((sum, stage) => sum + byStage[stage], 0);
  return { cases, byStage, refused };
}

/** Writes to streams of the protocols that the node speaks, and at times between them, to the muxer itself. */
async function streamWriter(one: Stranger, random: SeededRandom): Promise<(bytes: Bytes) => void> {
  for (let i = 0; i < 20 && one.offered.length < 3 && !one.isClosed(); i++) await sleep(10);
  const ours = one.offered.filter((protocol) => protocol.startsWith("/tributary/"));
  const blocks = ours.slice(0, 1).map((protocol) => protocol.replace(/[^/]+\/1$/, "blocks/1"));
  const streams: { send(bytes: Bytes): void }[] = [];
  for (const protocol of [...ours, ...blocks, ...LIBRARY]) {
    if (random.chance(30)) continue;
    const stream = await one.open(protocol);
    if (stream === undefined) continue;
    const open = (): boolean => stream.status === "open" && stream.writeStatus === "writable";
    if (ours.includes(protocol) && random.chance(80)) stream.send(concat(u32be(1), Uint8Array.of(1)));
    streams.push({ send: (bytes) => void (open() && stream.send(bytes)) });
  }
  return (bytes) => {
    if (streams.length === 0 || random.chance(10)) one.write(bytes);
    else streams[random.below(streams.length)]!.send(bytes);
  };
}

const anyBytes = (random: SeededRandom, most: number): Bytes =>
  Uint8Array.from({ length: 1 + random.below(most) }, () => random.below(256));

const LENGTHS = [0, 1, 127, 128, 1_024, 65_535, 65_536, 1 << 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const one = <T>(random: SeededRandom, list: readonly T[]): T => list[random.below(list.length)]!;

/** A line of multistream-select, with a length that may lie. */
function line(random: SeededRandom): Bytes {
  const text = one(random, ["/multistream/1.0.0", "/noise", "/yamux/1.0.0", "ls", "na", "", "/", "\u0000"]);
  const body = concat(
    Buffer.from(random.chance(80) ? `${text}\n` : text),
    random.chance(20) ? anyBytes(random, 16) : new Uint8Array(0),
  );
  const length = random.chance(70) ? Uint8Array.of(body.length & 0x7f) : anyBytes(random, 10);
  return concat(length, body);
}

/** A frame of Yamux, one field of it often wrong. */
function yamuxFrame(random: SeededRandom): Bytes {
  const type = random.chance(90) ? random.below(4) : random.below(256);
  const flags = random.chance(90) ? random.below(16) : random.below(65_536);
  const stream = random.chance(80) ? random.below(12) : one(random, LENGTHS);
  const payload = type === 0 && random.chance(80) ? anyBytes(random, 200) : new Uint8Array(0);
  const length = random.chance(70) ? payload.length : one(random, LENGTHS);
  const version = random.chance(97) ? 0 : random.below(256);
  return concat(Uint8Array.of(version, type, flags >> 8, flags & 255), u32be(stream), u32be(length), payload);
}

/** Fields of protobuf as a stranger might nest them. */
function fields(random: SeededRandom, depth = 3): Bytes {
  const parts: Bytes[] = [];
  for (let i = random.below(5); i >= 0; i--) {
    const field = 1 + random.below(12);
    const wire = one(random, [0, 2, 2, 2, 5, 1, 3, 7]);
    parts.push(Uint8Array.of((field << 3) | wire));
    if (wire !== 2) parts.push(anyBytes(random, 10));
    else {
      const inner = depth > 0 && random.chance(60) ? fields(random, depth - 1) : anyBytes(random, 40);
      parts.push(Uint8Array.of(random.chance(90) ? inner.length & 0x7f : random.below(256)), inner);
    }
  }
  return concat(...parts);
}

/** A frame of one of our streams, or of the library's with its length as a varint. */
function streamFrame(random: SeededRandom): Bytes {
  const body = random.chance(60) ? concat(Uint8Array.of(random.below(10)), fields(random)) : anyBytes(random, 300);
  if (random.chance(30)) return concat(Uint8Array.of(body.length & 0x7f), body);
  return concat(u32be(random.chance(85) ? body.length : one(random, LENGTHS)), body);
}

const mixed =
  (...makersOf: readonly ((random: SeededRandom) => Bytes)[]) =>
  (random: SeededRandom): Bytes =>
    random.chance(20) ? anyBytes(random, 2_000) : one(random, makersOf)(random);

const makers: Readonly<Record<Stage, (random: SeededRandom) => Bytes>> = {
  tcp: mixed(line, yamuxFrame),
  multistream: mixed(line, (random) => concat(u32be(one(random, LENGTHS)).subarray(2), anyBytes(random, 100))),
  noise: mixed(line, yamuxFrame),
  yamux: mixed(yamuxFrame, yamuxFrame, line),
  streams: mixed(streamFrame, streamFrame, yamuxFrame, fields),
};
