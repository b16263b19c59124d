import { MEMPOOL_LIMITS } from "#node/mempool/mempool.js";
import type { State, VoteSet } from "#consensus/types.js";
import type { Machine } from "./machine.js";

/** consensus/README.md, Memory. */
const VALUES_MAX = 8;
/** Two distinct votes, and one for each block that more than a third backs. */
const VOTES_EACH_MAX = 4;
/** Of one height, whose rounds are few: 250 bytes a vote. */
const WAL_BYTES_MAX = 16 * 1024 * 1024;

type Bound = readonly [what: string, has: number, max: number];

/** What an honest node holds more of than it may, however much others send it; undefined when all is within bounds. */
export function overBound(machine: Pick<Machine, "id" | "node" | "walBytes">): string | undefined {
  const { node } = machine;
  if (node === undefined) return undefined;
  const bounds: readonly Bound[] = [
    ...ofCore(node.drive.state),
    ["transactions in the pool", node.mempool.size, MEMPOOL_LIMITS.txsMax],
    ["bytes in the pool", node.mempool.bytes, MEMPOOL_LIMITS.bytesMax],
    ["bytes of the write-ahead log", machine.walBytes, WAL_BYTES_MAX],
  ];
  const over = bounds.find(([, has, max]) => has > max);
  return over && `${machine.id} holds ${over[1]} ${over[0]}, at most ${over[2]} are due`;
}

function ofCore(state: State): Bound[] {
  const validators = state.validators.members.length;
  return [
    ["values", state.values.length, VALUES_MAX],
    // Beyond the current one a round is there only for a certificate, of which each round has one.
    ["rounds", state.rounds.length, state.round + 2 + validators],
    ["early messages", state.early.length, validators],
    ["messages of the next height", state.nextHeight.length, validators],
    ["accused", state.accused.length, validators],
    ...state.rounds.flatMap(({ prevotes, precommits }): Bound[] => [
      ["prevotes of one validator in a round", most(prevotes), VOTES_EACH_MAX],
      ["precommits of one validator in a round", most(precommits), VOTES_EACH_MAX],
    ]),
  ];
}

const most = ({ votes }: VoteSet): number => Math.max(0, ...votes.map((each) => each.length));
