import { present } from "#proto/assert.js";
import { equalBytes } from "#proto/bytes.js";
import { blockKey } from "#proto/types/block-id.js";
import { isQuorum, proposerAt, type ValidatorSet } from "#proto/types/validators.js";
import type { Tip } from "#node/chain/types.js";
import { validatorsOf } from "#node/drive/validators.js";
import type { Cluster } from "./cluster.js";
import type { Machine } from "./machine.js";
import type { SeededRandom } from "./random.js";

const BETWEEN_MS = 6_000;
const LOOK_MS = 20;
/** A height is held no longer: links that are silent for 20 s break. */
const HELD_MS_MAX = 12_000;

/** Who plays which part in one height. */
interface Cast {
  readonly height: bigint;
  /** Proposes in round 1. It hears all others and is not heard. */
  readonly hidden: Machine;
  /** Hear nothing until they have prevoted nil in round 0, for want of its block. */
  readonly deaf: readonly Machine[];
}

/** One height that goes this way. */
interface Held extends Cast {
  readonly untilMs: number;
  areDeaf: boolean;
  /** The block that the hidden one is locked on. */
  lockedOn: string | undefined;
}

/**
 * Makes the one situation in which a lock that was given up shows, which chance hardly ever does. In round 0 one honest
 * validator alone sees the polka, and locks; it proposes in round 1, unheard, and sees the others' polka for nil; then
 * a proposer that knows of no polka offers a fresh block. Only the network causes this: no validator lies.
 */
export class HiddenLocks {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  /** Of the height that goes this way now. */
  #held: Held | undefined;
  #stopped = false;

  constructor(cluster: Cluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  /** Again and again. */
  start(): void {
    this.#cluster.clock.after(this.#random.below(BETWEEN_MS), () => this.once(() => this.start()));
  }

  /** At the next height whose turns and powers allow it. */
  once(over: () => void): void {
    if (this.#stopped) return;
    const { clock } = this.#cluster;
    const cast = this.#castNow();
    if (cast === undefined) return void clock.after(LOOK_MS, () => this.once(over));
    this.#mute(cast, true);
    this.#deafen(cast, true);
    this.#held = { ...cast, untilMs: clock.monotonicMs() + HELD_MS_MAX, areDeaf: true, lockedOn: undefined };
    this.#follow(this.#held, over);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#held !== undefined) this.#release(this.#held);
  }

  #follow(held: Held, over: () => void): void {
    if (this.#stopped) return;
    const { clock, checks } = this.#cluster;
    const { height, hidden, deaf, untilMs } = held;
    const core = hidden.node?.drive.state;
    if (core?.height === height && core.locked !== undefined) held.lockedOn ??= blockKey(core.locked.blockId);
    if (held.areDeaf && deaf.every((machine) => hasPrevoted(machine, height))) this.#hear(held);
    const isUnderWay = core !== undefined && hidden.height < height && clock.monotonicMs() < untilMs;
    if (isUnderWay) return void clock.after(LOOK_MS, () => this.#follow(held, over));
    const decided = checks.decidedAt(height)?.block;
    if (held.lockedOn !== undefined && decided !== undefined && decided !== held.lockedOn) {
      this.#cluster.inflict("hidden locks");
    }
    this.#release(held);
    over();
  }

  #release(held: Held): void {
    this.#held = undefined;
    if (held.areDeaf) this.#hear(held);
    this.#mute(held, false);
  }

  #hear(held: Held): void {
    held.areDeaf = false;
    this.#deafen(held, false);
  }

  /** Between two heights, when all honest nodes have decided the one and none has begun the other. */
  #castNow(): Cast | undefined {
    const { machines } = this.#cluster;
    const tip = machines.find(({ isHonest, node }) => isHonest && node !== undefined)?.node?.tip;
    if (tip === undefined || tip.height === 0n) return undefined;
    const set = validatorsOf(tip);
    const honest = machines.filter(
      ({ isHonest, address }) => isHonest && set.members.some((member) => equalBytes(member.address, address)),
    );
    return honest.every((machine) => waitsBehind(machine, tip)) ? castOf(tip, set, honest, this.#random) : undefined;
  }

  /** What it sends vanishes, or arrives again. */
  #mute({ hidden }: Cast, isMute: boolean): void {
    const { machines, network } = this.#cluster;
    for (const { id } of machines) if (id !== hidden.id) network[isMute ? "cut" : "heal"](hidden.id, id);
  }

  /** What others send to them; of the hidden one they hear nothing in any case. */
  #deafen({ hidden, deaf }: Cast, isDeaf: boolean): void {
    const { machines, network } = this.#cluster;
    for (const { id: to } of deaf) {
      for (const { id: from } of machines) {
        if (from !== to && from !== hidden.id) network[isDeaf ? "cut" : "heal"](from, to);
      }
    }
  }
}

function waitsBehind({ node }: Machine, tip: Tip): boolean {
  const core = node?.drive.state;
  return node?.tip.height === tip.height && core?.height === tip.height && core.step === "decided";
}

function hasPrevoted({ node }: Machine, height: bigint): boolean {
  const core = node?.drive.state;
  return core?.height === height && (core.step !== "propose" || core.round > 0);
}

/** Of no set where a polka does not need the hidden one, or the others cannot go on without it. */
function castOf(tip: Tip, set: ValidatorSet, honest: readonly Machine[], random: SeededRandom): Cast | undefined {
  const [first, second] = [proposerAt(set, 0).address, proposerAt(set, 1).address];
  const hidden = honest.find(({ address }) => equalBytes(address, second));
  if (hidden === undefined || equalBytes(first, second)) return undefined;
  const left = honest.filter((machine) => machine !== hidden && !equalBytes(machine.address, first));
  const deaf: Machine[] = [];
  while (left.length > 0 && isQuorumWithout(set, [...deaf, hidden])) {
    deaf.push(...left.splice(random.below(left.length), 1));
  }
  const isHideable = isQuorumWithout(set, deaf) && isQuorumWithout(set, [hidden]);
  if (!isHideable || isQuorumWithout(set, [...deaf, hidden])) return undefined;
  return { height: tip.height + 1n, hidden, deaf };
}

function isQuorumWithout({ members, totalPower }: ValidatorSet, machines: readonly Machine[]): boolean {
  const powerOf = ({ address }: Machine): bigint =>
    present(
      members.find((member) => equalBytes(member.address, address)),
      "only members are cast",
    ).power;
  const rest = machines.reduce((left, machine) => left - powerOf(machine), totalPower);
  return isQuorum(rest, totalPower);
}
