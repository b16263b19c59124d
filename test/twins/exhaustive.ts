import { nodesOf, partitioned, validatorOf, type Round } from "./scenario.js";
import { World } from "./world.js";

/**
 * All scenarios of four validators, one of them with a twin, over three rounds: every leader and every partition of the
 * five nodes in every round. Two scenarios that differ only in which honest validator is which, or in which copy is
 * which, are one up to the order in which the messages of a phase arrive; of each such class the least is run.
 */
export const SHAPE = { validators: 4, twins: 1 } as const;
export const ROUNDS = 3;

interface Choice {
  readonly leader: number;
  readonly groups: readonly number[];
}

/** Leaders times partitions, in a fixed order. */
const choices: readonly Choice[] = Array.from({ length: SHAPE.validators }, (_, leader) => leader).flatMap((leader) =>
  partitions(nodesOf(SHAPE)).map((groups) => ({ leader, groups })),
);
export const CHOICES = choices.length;

/** Each node's part as a growing number: 01021 puts nodes 0 and 2, and 1 and 4, together. */
function partitions(nodes: number): number[][] {
  if (nodes === 0) return [[]];
  return partitions(nodes - 1).flatMap((groups) => {
    const parts = Math.max(-1, ...groups) + 1;
    return Array.from({ length: parts + 1 }, (_, part) => [...groups, part]);
  });
}

function renumbered(groups: readonly number[]): number[] {
  const seen = [...new Set(groups)];
  return groups.map((group) => seen.indexOf(group));
}

/** For each way to rename nodes, what becomes of each choice. Copies stay copies and honest ones honest. */
const renamings: readonly (readonly number[])[] = renamedNodes().map((to) => {
  const places = new Map(choices.map((choice, i) => [key(choice), i]));
  return choices.map(({ leader, groups }) => {
    const moved: number[] = [];
    for (const [node, group] of groups.entries()) moved[to[node]!] = group;
    return places.get(key({ leader: validatorOf(to[leader]!, SHAPE.validators), groups: renumbered(moved) }))!;
  });
});

function key({ leader, groups }: Choice): string {
  return `${leader} ${groups.join("")}`;
}

function renamedNodes(): number[][] {
  const honest = [1, 2, 3];
  const orders = honest.flatMap((a) =>
    honest.filter((b) => b !== a).map((b) => [a, b, honest.find((c) => c !== a && c !== b)!]),
  );
  return orders.flatMap((order) => [
    [0, ...order, 4],
    [4, ...order, 0],
  ]);
}

/** Least of their class, under the renamings that leave the rounds before as they are. */
function leastChoices(fixing: readonly (readonly number[])[]): number[] {
  return choices.map((_, i) => i).filter((i) => fixing.every((renaming) => renaming[i]! >= i));
}

/** One part of the whole: the first round, and the leader of the second. */
export interface Part {
  readonly first: number;
  readonly secondLeader: number;
}

export function parts(): Part[] {
  return leastChoices(renamings).flatMap((first) =>
    Array.from({ length: SHAPE.validators }, (_, secondLeader) => ({ first, secondLeader })),
  );
}

export interface Counts {
  /** Scenarios run. */
  run: number;
  /** Scenarios that these stand for: all together, CHOICES to the power of ROUNDS. */
  covered: number;
}

/** Runs a part; rounds that scenarios begin with in common are played once. @param failed told of each that fails */
export function runPart({ first, secondLeader }: Part, failed: (rounds: Round[], error: unknown) => void): Counts {
  const counts: Counts = { run: 0, covered: 0 };

  function extend(
    world: World,
    choice: number,
    before: readonly Round[],
    fixing: readonly (readonly number[])[],
  ): void {
    const { leader, groups } = choices[choice]!;
    const rounds = [...before, { leader, reach: partitioned(groups), gossip: false, forgets: 0 }];
    const still = fixing.filter((renaming) => renaming[choice] === choice);
    try {
      if (!world.isDecided) world.play(rounds.at(-1)!);
      if (rounds.length === ROUNDS) {
        counts.run++;
        counts.covered += renamings.length / still.length;
        return world.heal();
      }
    } catch (error) {
      return failed(rounds, error);
    }
    for (const next of leastChoices(still)) {
      if (rounds.length === 1 && choices[next]!.leader !== secondLeader) continue;
      extend(new World(world), next, rounds, still);
    }
  }

  extend(new World({ shape: SHAPE, first: choices[first]!.leader }), first, [], renamings);
  return counts;
}
