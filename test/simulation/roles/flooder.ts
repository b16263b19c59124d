import { concat, type Bytes } from "#proto/bytes.js";
import { PART_BYTES } from "#proto/limits.js";
import { indexOf } from "#proto/types/validators.js";
import { splitParts } from "#proto/types/parts.js";
import { PRECOMMIT, PREVOTE, type Vote } from "#proto/types/vote.js";
import { encodeBlocksQuestion } from "#proto/wire/blocks.js";
import { encodeConsensusFrame } from "#proto/wire/consensus.js";
import { encodeStatus } from "#proto/wire/status.js";
import { encodeTxs } from "#proto/wire/txs.js";
import type { NodePorts } from "#node/node.js";
import type { State } from "#consensus/types.js";
import { altered, noBlock, randomBytes, signedVote, type Role, type Stage } from "./role.js";

interface Hose {
  readonly stage: Stage;
  readonly host: NodePorts["host"];
  readonly state: State;
  /** What it has sent to anybody lately. */
  readonly sent: readonly Bytes[];
  all(protocol: string, frame: Bytes): void;
}

type Flood = (hose: Hose, count: number) => void;

const FAR_ROUNDS = 100_000;
const TX_BYTES = 100 * 1024;

/** Too much of what a program of this protocol could send. The last two get it banned, so they are rare. */
const floods: readonly (readonly [weight: number, Flood])[] = [
  [200, votes((hose, random) => ({ height: hose.state.height, round: random.below(FAR_ROUNDS) }))],
  [100, votes((hose) => ({ height: hose.state.height, round: hose.state.round }))],
  [100, votes((hose, random) => ({ height: hose.state.height, round: hose.state.round + random.below(3) }))],
  [200, votes((hose, random) => ({ height: hose.state.height + 1n, round: random.below(5) }))],
  [50, votes((hose, random) => ({ height: hose.state.height + BigInt(2 + random.below(1000)), round: 0 }))],
  [100, partsOfNothing],
  [100, duplicates],
  [50, questions],
  [5, claims],
  [60, transactions],
  [2, garbage],
];

const EVERY_MS = 400;
const COUNT = 10;
const LARGE_COUNT = 300;
const SENT_MAX = 64;

/** Votes without end for far and near rounds and heights, doubles, parts of no block, questions, large transactions. */
export const flooder: Role = (ports, stage) => {
  const { host } = ports;
  const { random, clock } = stage;
  const sent: Bytes[] = [];
  const flood = (): void => {
    clock.after(EVERY_MS, flood);
    const state = stage.node()?.drive.state;
    if (state === undefined || state.step === "idle" || stage.plot.mode === "off") return;
    const all = (protocol: string, frame: Bytes): void => {
      for (const peer of host.peers()) if (host.send(peer, protocol, frame)) stage.did();
    };
    draw(random.below(floods.reduce((sum, [weight]) => sum + weight, 0)))(
      { stage, host, state, sent, all },
      random.chance(2) ? LARGE_COUNT : COUNT,
    );
  };
  clock.after(EVERY_MS, flood);
  return {
    ...ports,
    host: altered(host, {
      send(peer, protocol, frame) {
        if (protocol === "consensus" && sent.push(frame) > SENT_MAX) sent.shift();
        return host.send(peer, protocol, frame);
      },
    }),
  };
};

function draw(at: number): Flood {
  let left = at;
  for (const [weight, flood] of floods) {
    if (left < weight) return flood;
    left -= weight;
  }
  return garbage;
}

/** Validly signed, each for another unknown block. */
function votes(place: (hose: Hose, random: Stage["random"]) => Pick<Vote, "height" | "round">): Flood {
  return (hose, count) => {
    const { stage, state } = hose;
    const index = Math.max(0, indexOf(state.validators, stage.address)); // Convicted, it is in no set, and goes on.
    if (index < 0) return; // It was caught, and its signatures are no votes.
    for (let i = 0; i < count; i++) {
      const type = stage.random.chance(50) ? PREVOTE : PRECOMMIT;
      const blockId = noBlock(stage.random);
      const value = signedVote(stage, { ...place(hose, stage.random), type, index, blockId });
      hose.all("consensus", encodeConsensusFrame({ kind: "vote", value }));
    }
  };
}

/** Of the next height, where they cannot be judged yet. */
function partsOfNothing({ stage, state, all }: Hose, count: number): void {
  const { header, parts } = splitParts(new Uint8Array(PART_BYTES).fill(stage.random.below(256)));
  const value = { height: state.height + 1n, parts: header, part: parts[0]! };
  for (let i = 0; i < count; i++) all("consensus", encodeConsensusFrame({ kind: "part", value }));
}

function duplicates({ sent, all }: Hose, count: number): void {
  for (const frame of sent.slice(0, count)) all("consensus", frame);
}

function questions({ stage, host, state }: Hose, count: number): void {
  for (const peer of host.peers()) {
    for (let i = 0; i < count; i++) {
      stage.did();
      const from = 1n + BigInt(stage.random.below(Number(state.height) + 100));
      const question = encodeBlocksQuestion({ from, count: 16, offset: 0 });
      // Whether it is answered, refused or cut off is nothing that a flooder waits for.
      host.request(peer, "blocks", question, 5_000).catch(() => undefined);
    }
  }
}

/** Blocks that it does not have. */
function claims({ stage, state, all }: Hose, count: number): void {
  const height = state.height + BigInt(1 + stage.random.below(1_000_000));
  for (let i = 0; i < Math.min(count, 10); i++) all("status", encodeStatus({ base: 1n, height: height + BigInt(i) }));
}

function transactions({ stage, host }: Hose): void {
  const tx = concat(randomBytes(stage.random, 32), new Uint8Array(TX_BYTES));
  stage.did();
  host.publish("txs", encodeTxs([tx, ...Array.from({ length: 20 }, () => randomBytes(stage.random, 60))]));
}

/** No message of any version: its sender is banned at once. */
function garbage({ stage, all }: Hose): void {
  all("consensus", randomBytes(stage.random, 100));
}
