import type { SeededRandom } from "#test/simulation/random.js";

/** What can be said in a round; each kind may reach others. */
export const PHASES = ["proposal", "prevote", "precommit"] as const;

/** Who hears a node: a bit mask of nodes, by phase and sender. Everybody hears itself. */
export type Reach = readonly (readonly number[])[];

export interface Round {
  /** Index of the validator whose turn it is; all its copies propose. */
  readonly leader: number;
  readonly reach: Reach;
  /** Cores that hear each other also send what the other lacks, before the round begins. */
  readonly gossip: boolean;
  /** Bit mask of copies that start again with an empty memory before this round. */
  readonly forgets: number;
}

/** Validators 0 to twins - 1 run two copies of their node under one key: nodes v and validators + v. */
export interface Scenario {
  readonly validators: number;
  readonly twins: number;
  readonly rounds: readonly Round[];
}

export const nodesOf = ({ validators, twins }: { validators: number; twins: number }): number => validators + twins;

/** Node to validator: the second copies stand behind all others. */
export const validatorOf = (node: number, validators: number): number => (node < validators ? node : node - validators);

/** @param groups by node, the number of its part of the network */
export function partitioned(groups: readonly number[]): Reach {
  const masks = groups.map((group) => groups.reduce((mask, other, i) => (other === group ? mask | (1 << i) : mask), 0));
  return PHASES.map(() => masks);
}

/** The text of a scenario replays it: `4/1 0:p00112 2:m1f.3.1f.1f.1f,... g !04`. */
export function scenarioText({ validators, twins, rounds }: Scenario): string {
  const text = rounds.map(({ leader, reach, gossip, forgets }) => {
    const masks = reach.map((phase) => phase.map((mask) => mask.toString(16)).join(".")).join(",");
    return `${leader}:${groupsOf(reach) ?? `m${masks}`}${gossip ? "+" : ""}${forgets === 0 ? "" : `!${forgets.toString(16)}`}`;
  });
  return `${validators}/${twins} ${text.join(" ")}`;
}

/** `p` and the part of each node, when all phases are one partition. */
function groupsOf(reach: Reach): string | undefined {
  const [masks] = reach;
  const same = reach.every((phase) => phase.every((mask, i) => mask === masks![i]));
  const parts = [...new Set(masks)];
  const groups = masks!.map((mask) => parts.indexOf(mask));
  const disjoint = partitioned(groups)[0]!.every((mask, i) => mask === masks![i]);
  return same && disjoint ? `p${groups.join("")}` : undefined;
}

const SCENARIO = /^([4-7])\/([0-3])((?: [0-6]:(?:p[0-9]+|m[0-9a-f.,]+)\+?(?:![0-9a-f]+)?)+)$/;
const ROUND = /^([0-6]):(?:p([0-9]+)|m([0-9a-f.,]+))(\+?)(?:!([0-9a-f]+))?$/;

/** The scenario of a text, or undefined. */
export function parseScenario(text: string): Scenario | undefined {
  const [, validators, twins, rest] = SCENARIO.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const shape = { validators: Number(validators), twins: Number(twins) };
  const rounds: Round[] = [];
  for (const word of rest.trim().split(" ")) {
    const [, leader, groups, masks, gossip, forgets] = ROUND.exec(word)!;
    const reach =
      groups === undefined
        ? masks!.split(",").map((phase) => phase.split(".").map((mask) => Number.parseInt(mask, 16)))
        : partitioned([...groups].map(Number));
    const whole = reach.length === PHASES.length && reach.every((phase) => phase.length === nodesOf(shape));
    if (!whole || Number(leader) >= shape.validators) return undefined;
    const forgotten = forgets === undefined ? 0 : Number.parseInt(forgets, 16);
    rounds.push({ leader: Number(leader), reach, gossip: gossip === "+", forgets: forgotten });
  }
  return { ...shape, rounds };
}

/** How scenarios are drawn. */
export interface Draw {
  readonly rounds: number;
  /** Twins below a third of the validators; above it, where a fork must be found. */
  readonly twins: (validators: number, random: SeededRandom) => number;
}

export const SAFE: Draw = { rounds: 5, twins: (validators, random) => (validators < 7 ? 1 : 1 + random.below(2)) };
/** Exactly a third and more: agreement is not guaranteed any more, and the checker must see it break. */
export const UNSAFE: Draw = { rounds: 5, twins: (validators) => Math.ceil(validators / 3) };

/** One scenario of a seed: either message model, with or without copies that forget. */
export function sampled(random: SeededRandom, draw: Draw): Scenario {
  const validators = 4 + random.below(4);
  const twins = draw.twins(validators, random);
  const nodes = validators + twins;
  const amnesia = random.chance(30);
  const masks = random.chance(50);
  const rounds = Array.from({ length: draw.rounds }, () => ({
    leader: random.below(validators),
    reach: masks ? maskedReach(random, nodes) : partitioned(randomGroups(random, nodes)),
    gossip: random.chance(25),
    forgets: amnesia ? forgetting(random, validators, twins) : 0,
  }));
  return { validators, twins, rounds };
}

/** Two or three parts most often: in one they decide at once, in more they decide nothing. */
function randomGroups(random: SeededRandom, nodes: number): number[] {
  const parts = [1, 2, 2, 2, 2, 2, 3, 3][random.below(8)]!;
  const bits = random.u64();
  return Array.from({ length: nodes }, (_, i) => Number((bits >> BigInt(4 * i)) & 15n) % parts);
}

/** In a good, a middling or a bad phase, each sender reaches everybody with that much chance, or else anybody. */
function maskedReach(random: SeededRandom, nodes: number): Reach {
  const everybody = (1 << nodes) - 1;
  return PHASES.map(() => {
    const good = [2, 5, 8, 14][random.below(4)]!;
    const luck = random.u64();
    const low = random.u64();
    const high = random.u64();
    return Array.from({ length: nodes }, (_, i) => {
      const bits = Number(((i < 6 ? low : high) >> BigInt(10 * (i % 6))) & 0x3ffn);
      return Number((luck >> BigInt(4 * i)) & 15n) < good ? everybody : (bits & everybody) | (1 << i);
    });
  });
}

function forgetting(random: SeededRandom, validators: number, twins: number): number {
  const bits = Number(random.u64() & 0xffffn);
  const first = bits & ((1 << twins) - 1);
  const second = (bits >> 8) & ((1 << twins) - 1);
  return first | (second << validators);
}
