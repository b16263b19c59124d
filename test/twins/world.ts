import { equalBytes, type Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { equalBlockIds, hashBytes } from "#proto/types/block-id.js";
import { rotate, validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { lacking, summary, wantedBlocks } from "#consensus/knowledge.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { BlockId, Effect, Input, Message, Misbehaviour, SignVote, State, TimedStep } from "#consensus/types.js";
import { nodesOf, validatorOf, type Round, type Scenario } from "./scenario.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

/**
 * Consensus cores in lockstep, under one scenario. In a round of the script what is said travels at once to whom it
 * reaches, propose and prevote timers fire when all is said, and then everybody goes on to the next round together, as a
 * certificate of it would let them: safety may not depend on when a node goes on. Where it is another's turn, rounds in
 * which nobody hears anybody pass until it is the leader's. After the script everybody hears everybody, only timers that
 * were set fire, and all honest nodes must decide.
 */

export const HEIGHT = 1n;
const TIME_MS = 1_000_000n;
const POWER = 10n;
const LACKING_MAX = 64;
const TIMER: Readonly<Record<TimedStep, number>> = { propose: 1, prevote: 2, precommit: 4 };
const SIGNATURE: Bytes = new Uint8Array(64);
const NOTHING: State = initialState();

/** A promise of the protocol that was broken. */
export class Broken extends Error {}

export interface Observer {
  /** A node begins with an empty memory: at the start, and whenever it forgets. */
  readonly begun: (node: number) => void;
  /** It has taken an input, and this came of it. */
  readonly fed: (node: number, input: Input, effects: readonly Effect[]) => void;
}

interface Node {
  readonly index: number;
  readonly validator: number;
  readonly honest: boolean;
  state: State;
  /** Timers set in the current round and not fired. */
  timers: number;
  decision: BlockId | undefined;
  /** What it was asked to sign in the round that it signed in last. */
  signed: { readonly round: number; readonly places: readonly string[] };
  /** Its last precommit for a block. */
  promised: { readonly round: number; readonly blockId: BlockId } | undefined;
  /** First statement heard in the current round, by validator and kind. */
  heard: Map<number, BlockId | undefined>;
  /** Validators that contradicted themselves before this node, and those that it reported; bit masks. */
  owed: number;
  reported: number;
}

interface Said {
  readonly from: Node;
  readonly message: Message;
}

interface Rotation {
  readonly set: ValidatorSet;
  /** Equal powers take turns: round r is that of the validator at r modulo their number. */
  readonly turns: readonly number[];
}

/** They depend on size and first leader only, and are made once. */
const rotations = new Map<number, Rotation>();

/** A set of equal powers in whose round 0 this validator leads. */
function rotationOf(validators: number, first: number): Rotation {
  const key = 8 * validators + first;
  const known = rotations.get(key);
  if (known !== undefined) return known;
  const keys = Array.from({ length: validators }, (_, i) => ({ pubKey: new Uint8Array(32).fill(i + 1), power: POWER }));
  let set = validatorSet(keys);
  if (isRejection(set)) throw new Error("a set of equal powers is one");
  while (turnsOf(set)[0] !== first) set = rotate(set).next;
  const rotation = { set, turns: turnsOf(set) };
  rotations.set(key, rotation);
  return rotation;
}

function turnsOf(set: ValidatorSet): number[] {
  const order: number[] = [];
  for (let turn = rotate(set); order.length < set.members.length; turn = rotate(turn.next)) {
    order.push(indexIn(set, turn.proposer.address));
  }
  return order;
}

const everybodyHears = (nodes: number): Round["reach"] => {
  const all = Array.from({ length: nodes }, () => (1 << nodes) - 1);
  return [all, all, all];
};

/** What a script begins with. */
interface Beginning {
  readonly shape: { readonly validators: number; readonly twins: number };
  /** The leader of the first round of the script. */
  readonly first: number;
  readonly observer?: Observer | undefined;
}

export class World {
  readonly #set: ValidatorSet;
  readonly #turns: readonly number[];
  readonly #nodes: Node[];
  readonly #observer: Observer | undefined;
  readonly #validators: number;
  readonly #twins: number;
  #reach: Round["reach"];
  #round = 0;
  #blocks = 0;
  #queue: Said[];

  /** A world at its beginning, or another one once more: what one does, the other does not see. */
  constructor(from: Beginning | World) {
    this.#queue = [];
    if (from instanceof World) {
      this.#set = from.#set;
      this.#turns = from.#turns;
      this.#nodes = from.#nodes.map((node) => ({ ...node, heard: new Map(node.heard) }));
      this.#observer = from.#observer;
      this.#validators = from.#validators;
      this.#twins = from.#twins;
      this.#reach = from.#reach;
      this.#round = from.#round;
      this.#blocks = from.#blocks;
      return;
    }
    const { shape, first, observer } = from;
    this.#validators = shape.validators;
    this.#twins = shape.twins;
    this.#observer = observer;
    this.#reach = everybodyHears(nodesOf(shape));
    const { set, turns } = rotationOf(shape.validators, first);
    this.#set = set;
    this.#turns = turns;
    this.#nodes = Array.from({ length: nodesOf(shape) }, (_, index) => {
      const validator = validatorOf(index, shape.validators);
      return {
        index,
        validator,
        honest: validator >= shape.twins,
        state: NOTHING,
        timers: 0,
        decision: undefined,
        signed: { round: -1, places: [] },
        promised: undefined,
        heard: new Map(),
        owed: 0,
        reported: 0,
      };
    });
  }

  get isDecided(): boolean {
    return this.#nodes.every((node) => !node.honest || node.decision !== undefined);
  }

  /** One round of the script. */
  play({ leader, reach, gossip, forgets }: Round): void {
    this.#reach = reach;
    const starts = this.#nodes[0]!.state.step === "idle";
    if (!starts) {
      // No messages arrive, and a proposer's block is not ready: only the round number grows.
      while (this.#turns[(this.#round + 1) % this.#validators] !== leader) this.#goOn([]);
    }
    const wanted: Effect[][] = this.#nodes.map(() => []);
    if (starts) for (const node of this.#nodes) wanted[node.index]!.push(...this.#begin(node));
    else this.#goOn(wanted);
    for (const node of this.#nodes) if ((forgets >> node.index) & 1) wanted[node.index] = this.#forget(node);
    if (gossip) this.#gossip();
    for (const node of this.#nodes) this.#carryAll(node, wanted[node.index]!);
    this.#deliver();
    for (const node of this.#nodes) this.#fire(node, "propose");
    this.#deliver();
    for (const node of this.#nodes) this.#fire(node, "prevote");
    this.#deliver();
  }

  /** After the script: everybody hears everybody. A twin may spoil each round that it leads, and the one in progress. */
  heal(): void {
    if (this.isDecided) return this.#accounted();
    this.#reach = everybodyHears(this.#nodes.length);
    const last = this.#round + this.#twins + 2;
    this.#gossip();
    this.#deliver();
    while (!this.isDecided) {
      const before = this.#where();
      for (const timed of ["propose", "prevote", "precommit"] as const) {
        for (const node of this.#nodes) this.#fire(node, timed);
        this.#deliver();
      }
      this.#gossip();
      this.#deliver();
      const honest = this.#nodes.filter((node) => node.honest && node.decision === undefined);
      this.#expect(
        honest.every((node) => node.state.round <= last),
        `not decided in round ${last}: ${this.#where()}`,
      );
      this.#expect(honest.length === 0 || this.#where() !== before, `stuck: ${before}`);
    }
    this.#accounted();
  }

  /** Both of two contradicting statements reached an honest node in their round: it has reported their author. */
  #accounted(): void {
    for (const { honest, index, owed, reported } of this.#nodes) {
      this.#expect(!honest || (owed & ~reported) === 0, `node ${index} saw a contradiction and reported none`);
    }
  }

  #where(): string {
    return this.#nodes.map(({ index, state }) => `${index}@${state.round}/${state.step}`).join(" ");
  }

  #expect(kept: boolean, why: string): void {
    if (!kept) throw new Broken(why);
  }

  #begin(node: Node): readonly Effect[] {
    this.#observer?.begun(node.index);
    return this.#step(node, {
      kind: "start_height",
      height: HEIGHT,
      validators: this.#set,
      self: this.#set.members[node.validator]!.address,
      lastCertificate: undefined,
      timeouts: TIMEOUTS,
      timing: { precisionMs: 500n, messageDelayMs: 2000n },
    });
  }

  /** Everybody to the next round; what a node then wants is added to `wanted`, or lost. */
  #goOn(wanted: Effect[][]): void {
    const timeout = { height: HEIGHT, round: this.#round++, step: "precommit" } as const;
    for (const node of this.#nodes) {
      const effects = this.#step(node, { kind: "timeout_elapsed", timeout });
      wanted[node.index]?.push(...effects);
    }
  }

  /** The same key, an empty memory. */
  #forget(node: Node): Effect[] {
    node.state = NOTHING;
    let effects = this.#begin(node);
    for (let round = 0; round < this.#round; round++) {
      effects = this.#step(node, { kind: "timeout_elapsed", timeout: { height: HEIGHT, round, step: "precommit" } });
    }
    return [...effects];
  }

  #fire(node: Node, timed: TimedStep): void {
    if ((node.timers & TIMER[timed]) === 0) return;
    node.timers &= ~TIMER[timed];
    this.#feed(node, { kind: "timeout_elapsed", timeout: { height: HEIGHT, round: node.state.round, step: timed } });
  }

  #feed(node: Node, input: Input): void {
    this.#carryAll(node, this.#step(node, input));
  }

  #step(node: Node, input: Input): readonly Effect[] {
    const before = node.state;
    const { state, effects } = step(before, input);
    node.state = state;
    if (state.round !== before.round || state.step === "decided") {
      node.timers = 0;
      if (node.heard.size > 0) node.heard = new Map();
    }
    for (const effect of effects) {
      if (effect.kind === "schedule_timeout") node.timers |= TIMER[effect.timeout.step];
      else if (node.honest) this.#check(node, effect);
    }
    this.#observer?.fed(node.index, input, effects);
    return effects;
  }

  #carryAll(node: Node, effects: readonly Effect[]): void {
    for (const effect of effects) this.#carry(node, effect);
  }

  #carry(node: Node, effect: Effect): void {
    const { address } = this.#set.members[node.validator]!;
    switch (effect.kind) {
      case "build_block": {
        const { height, round } = effect;
        return this.#feed(node, { kind: "built", height, round, blockId: this.#newBlock(round), timeMs: TIME_MS });
      }
      case "sign_proposal": {
        const { height, round, polRound, blockId } = effect;
        const proposal = { height, round, polRound, blockId, proposer: address, signature: SIGNATURE };
        return this.#feed(node, { kind: "proposal", proposal, receivedTimeMs: TIME_MS });
      }
      case "sign_vote": {
        const { type, height, round, blockId, index } = effect;
        const vote = { type, height, round, blockId, validator: address, index, signature: SIGNATURE };
        return this.#feed(node, { kind: "vote", vote });
      }
      case "publish":
        this.#queue.push({ from: node, message: effect.message });
        return;
      case "schedule_timeout": // Fires in its phase.
      case "decide":
      case "report_evidence":
      case "disagree": // Was checked.
    }
  }

  /** The first four bytes name the block, the next the round that it was made for. */
  #newBlock(round: number): BlockId {
    const hash = new Uint8Array(32);
    hash[0] = ++this.#blocks;
    hash[4] = round;
    return blockIdFrom(hash, 1, hash);
  }

  #value(node: Node, blockId: BlockId): void {
    const round = hashBytes(blockId.hash)[4]!;
    this.#feed(node, { kind: "proposed_value", height: HEIGHT, blockId, round, timeMs: TIME_MS, valid: true });
  }

  /** Delivers messages in the order in which they were sent, then the messages that these cause, and so on. */
  #deliver(): void {
    for (let said = this.#queue.shift(); said !== undefined; said = this.#queue.shift()) {
      const { from, message } = said;
      const mask = this.#reach[phaseOf(message)]![from.index]!;
      for (const to of this.#nodes) if (to !== from && (mask >> to.index) & 1) this.#hear(from, to, message);
    }
  }

  #hear(from: Node, to: Node, message: Message): void {
    switch (message.kind) {
      case "proposal": {
        const { proposal } = message;
        const author = indexIn(this.#set, proposal.proposer);
        // Who offers a value again shows the polka that allows it.
        if (proposal.polRound >= 0) this.#tell(from, to);
        if (to.honest) this.#listen(to, author * 3, proposal.round, proposal.blockId);
        this.#feed(to, { kind: "proposal", proposal, receivedTimeMs: TIME_MS });
        return this.#value(to, proposal.blockId!);
      }
      case "vote": {
        const { vote } = message;
        if (to.honest) this.#listen(to, vote.index * 3 + vote.type, vote.round, vote.blockId);
        return this.#feed(to, { kind: "vote", vote });
      }
      case "polka":
      case "commit":
      case "round":
        return this.#feed(to, message);
    }
  }

  #listen(node: Node, place: number, round: number, blockId: BlockId | undefined): void {
    const { heard, state } = node;
    if (state.round !== round || state.step === "decided") return;
    if (!heard.has(place)) heard.set(place, blockId);
    else if (!equalBlockIds(heard.get(place), blockId)) node.owed |= 1 << Math.floor(place / 3);
  }

  #tell(from: Node, to: Node): void {
    for (const message of lacking(from.state, summary(to.state), LACKING_MAX)) {
      if (message.kind === "proposal" || message.kind === "vote") this.#feed(to, inputOf(message));
      else this.#feed(to, message);
    }
    for (const blockId of wantedBlocks(to.state)) {
      if (from.state.values.some((value) => equalBlockIds(value.blockId, blockId))) this.#value(to, blockId);
      else if (equalBlockIds(from.state.last?.certificate.blockId, blockId)) this.#value(to, blockId);
    }
  }

  #gossip(): void {
    for (const from of this.#nodes) {
      for (const to of this.#nodes) {
        if (to !== from && (this.#reach[0]![from.index]! >> to.index) & 1) this.#tell(from, to);
      }
    }
  }

  #check(node: Node, effect: Effect): void {
    switch (effect.kind) {
      case "sign_vote":
        this.#signsOnce(node, effect.round, String(effect.type));
        return this.#keepsWord(node, effect);
      case "sign_proposal":
        return this.#signsOnce(node, effect.round, "proposal");
      case "decide":
        this.#expect(node.decision === undefined, `node ${node.index} decided twice`);
        node.decision = effect.blockId;
        for (const other of this.#nodes) {
          const agrees = !other.honest || other.decision === undefined || equalBlockIds(other.decision, effect.blockId);
          this.#expect(agrees, `fork: nodes ${other.index} and ${node.index}`);
        }
        return this.#certified(node, effect);
      case "report_evidence":
        return this.#isGuilty(node, effect.evidence);
      case "disagree":
        throw new Broken("every block is valid here");
      case "build_block":
      case "publish":
      case "schedule_timeout":
    }
  }

  #signsOnce(node: Node, round: number, place: string): void {
    const { signed } = node;
    this.#expect(round >= signed.round, `node ${node.index} signs in round ${round} after ${signed.round}`);
    const places = round === signed.round ? signed.places : [];
    this.#expect(!places.includes(place), `node ${node.index} signs ${place} of round ${round} twice`);
    node.signed = { round, places: [...places, place] };
  }

  /** Who precommitted a block prevotes another one only when it is offered with a polka since then. */
  #keepsWord(node: Node, { type, round, blockId }: SignVote): void {
    if (blockId === undefined) return;
    if (type === PRECOMMIT) node.promised = { round, blockId };
    const { promised } = node;
    if (type !== PREVOTE || promised === undefined || equalBlockIds(promised.blockId, blockId)) return;
    const polRound = node.state.rounds.find((log) => log.round === round)?.proposal?.proposal.polRound ?? -1;
    this.#expect(polRound >= promised.round, `node ${node.index} prevotes against its lock of round ${promised.round}`);
  }

  #certified(node: Node, { certificate, blockId }: Effect & { kind: "decide" }): void {
    const power = POWER * BigInt(new Set(certificate.signatures.map(({ index }) => index)).size);
    const enough = 3n * power > 2n * this.#set.totalPower && equalBlockIds(certificate.blockId, blockId);
    this.#expect(enough, `node ${node.index} decided without a quorum`);
  }

  #isGuilty(node: Node, evidence: Misbehaviour): void {
    const culprit = evidence.kind === "duplicate_vote" ? evidence.a.validator : evidence.a.proposer;
    const validator = indexIn(this.#set, culprit);
    this.#expect(validator >= 0 && validator < this.#twins, `node ${node.index} accuses honest validator ${validator}`);
    this.#expect(contradicts(evidence), `evidence of node ${node.index} proves nothing`);
    this.#expect((node.reported >> validator) % 2 === 0, `node ${node.index} reports validator ${validator} twice`);
    node.reported |= 1 << validator;
  }
}

function contradicts(evidence: Misbehaviour): boolean {
  const { a, b } = evidence;
  if (a.height !== b.height || a.round !== b.round) return false;
  if (evidence.kind === "duplicate_vote") {
    return evidence.a.type === evidence.b.type && !equalBlockIds(a.blockId, b.blockId);
  }
  return evidence.a.polRound !== evidence.b.polRound || !equalBlockIds(a.blockId, b.blockId);
}

const TIMEOUTS = {
  proposeMs: 100,
  proposeDeltaMs: 10,
  prevoteMs: 100,
  prevoteDeltaMs: 10,
  precommitMs: 100,
  precommitDeltaMs: 10,
};

const inputOf = (message: Message & { kind: "proposal" | "vote" }): Input =>
  message.kind === "vote" ? message : { ...message, receivedTimeMs: TIME_MS };

const phaseOf = (message: Message): number => (message.kind === "vote" ? message.vote.type : 0);

function indexIn(set: ValidatorSet, address: Bytes): number {
  return set.members.findIndex((member) => equalBytes(member.address, address));
}

/** Plays a scenario to its end. @throws Broken when a promise was */
export function play(scenario: Scenario, observer?: Observer): void {
  const world = new World({ shape: scenario, first: scenario.rounds[0]!.leader, observer });
  for (const round of scenario.rounds) {
    if (world.isDecided) break;
    world.play(round);
  }
  world.heal();
}
