import { present } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { nextValidators } from "#state/modules/chain/index.js";
import { judgeProposals, judgeVotes } from "#proto/evidence/duplicate.js";
import { isQuorum, type ValidatorSet } from "#proto/types/validators.js";
import { toHex } from "#proto/bytes.js";
import { guiltyOf, isEnough, type Guilt, type Heard } from "./accountability.js";
import { noFaults } from "#p2p/transport/memory/paths.js";
import type { Cluster } from "./cluster.js";
import type { Machine } from "./machine.js";
import type { SeededRandom } from "./random.js";

/** Equivocators of more than a third, and two sides that would each be a quorum with them. */
export interface Plotters {
  readonly dishonest: readonly number[];
  readonly sides: readonly [readonly number[], readonly number[]];
}

const TRIES_MAX = 1_000;

/** Below two thirds, or a decision would need no honest validator. Undefined when no plot divides such powers. */
export function plottersOf(powers: readonly bigint[], random: SeededRandom): Plotters | undefined {
  const total = powers.reduce((sum, power) => sum + power, 0n);
  const powerOf = (indexes: readonly number[]): bigint => indexes.reduce((sum, index) => sum + powers[index]!, 0n);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const groups: [number[], number[], number[]] = [[], [], []];
    for (const index of powers.keys()) groups[random.below(3)]!.push(index);
    const [dishonest, one, other] = groups;
    const power = powerOf(dishonest);
    if (one.length === 0 || other.length === 0 || isQuorum(power, total)) continue;
    if (!isQuorum(power + powerOf(one), total) || !isQuorum(power + powerOf(other), total)) continue;
    return { dishonest, sides: [one, other] };
  }
  return undefined;
}

/** The two sides no longer hear each other; the plotters tell each side its own story, until both have decided it. */
export async function forkOn(cluster: Cluster, { sides }: Plotters, limitMs: number): Promise<void> {
  const { checks, network, plot, machines } = cluster;
  const [one, other] = sides;
  network.setFaults({ ...noFaults, delayMs: [1, 20] });
  for (const a of one) {
    for (const b of other) {
      network.cut(machines[a]!.id, machines[b]!.id);
      network.cut(machines[b]!.id, machines[a]!.id);
    }
  }
  plot.deceive(other.map((index) => machines[index]!.id));
  checks.forksExpected = true;
  plot.mode = "fork";
  await cluster.until(() => checks.forks.size > 0, limitMs);
}

/**
 * Joins what both sides have heard: at the height of a fork it convicts at least a third, everywhere only the guilty, and
 * what a chain could punish holds before its own judge.
 */
export function holdToAccount(cluster: Cluster, heard: ReadonlyMap<bigint, Heard>): void {
  const { checks, chainId } = cluster;
  for (const [height, words] of heard) {
    const set = setOf(cluster, height);
    const guilty = guiltyOf(set, words);
    for (const guilt of guilty) {
      const address = toHex(guilt.member.address);
      if (!checks.guilty.has(address)) {
        checks.problem(`height ${height} convicts the honest ${address}: ${guilt.crime}`);
      }
      if (!holds(chainId, set, guilt)) checks.problem(`height ${height}: no judge takes ${guilt.crime} of ${address}`);
    }
    if (checks.forks.has(height) && !isEnough(set, guilty)) {
      checks.problem(`the fork at ${height} shows the guilt of ${guilty.length}, less than a third of the power`);
    }
  }
}

/** The joined words cannot be looked up later, so a forgotten lock is history, not evidence. */
function holds(chainId: string, set: ValidatorSet, guilt: Guilt): boolean {
  if (guilt.crime === "two votes") return !isRejection(judgeVotes(chainId, set, { voteA: guilt.a, voteB: guilt.b }));
  if (guilt.crime === "forgotten lock") return true;
  return !isRejection(judgeProposals(chainId, set, { proposalA: guilt.a, proposalB: guilt.b }));
}

/** Who decides a height: it changes two heights after a conviction. */
function setOf(cluster: Cluster, height: bigint): ValidatorSet {
  const headOf = ({ store }: Machine): bigint => store?.head?.height ?? -1n;
  const honest = cluster.machines.filter(({ isHonest }) => isHonest);
  const { store } = honest.reduce((best, machine) => (headOf(machine) > headOf(best) ? machine : best));
  const chain = present(store, "an honest machine is up");
  const last = present(chain.head, "its chain has begun").height;
  return nextValidators(chain.viewAt(height - 1n < last ? height - 1n : last));
}
