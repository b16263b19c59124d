import { present } from "#proto/assert.js";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { decodeEvidence } from "#proto/evidence/judge.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { blockKey } from "#proto/types/block-id.js";
import { fromMessage, validatorsRoot } from "#proto/types/validators.js";
import type { Proposal, Vote } from "#proto/types/vote.js";
import type { Committed, Tip } from "#node/chain/types.js";
import type { ChainStore } from "#node/storage/types.js";
import { brokenInvariants } from "#state/invariants.js";
import { nextValidators } from "#state/modules/chain/index.js";
import type { ReadView } from "#state/store/view.js";
import { LockCheck } from "./locks.js";

export interface Decision {
  /** Its whole id. */
  readonly block: string;
  readonly stateRoot: string;
  readonly results: string;
}

/** The consensus address, in hex, that evidence from an honest node is about. */
export function accusedIn(evidence: Bytes): string {
  const piece = decodeEvidence(evidence);
  if (isRejection(piece)) throw new Error(`an honest node keeps ${rejectionText(piece)}`);
  const { duplicateVote, duplicateProposal } = piece;
  return toHex(
    present(duplicateVote?.voteA?.validator ?? duplicateProposal?.proposalA?.proposer, "a double statement"),
  );
}

/** What must hold whatever fails. Each broken promise becomes one line; a run without lines is a good run. */
export class Checks {
  readonly problems: string[] = [];
  /** Highest height that anybody committed. */
  highest = 0n;
  rounds = 0;
  /** Heights whose set of validators, or their powers, is not that of the height before. */
  setChanges = 0;
  #set: string | undefined;
  readonly #first = new Map<bigint, Decision>();
  /** By machine: the height and time it stands at, over all its lives. */
  readonly #standing = new Map<number, { height: bigint; time: bigint }>();
  readonly #signed = new Map<string, string>();
  /** By transaction: the height that holds it. */
  readonly #included = new Map<string, bigint>();

  /** Who may be accused, by consensus address in hex. */
  readonly guilty = new Set<string>();
  /** Of them: who was, by a node or by a block; and by a block. */
  readonly accusedOnes = new Set<string>();
  readonly convicted = new Set<string>();
  readonly locks = new LockCheck((line) => this.problem(line));
  /** Validators that an honest disk has held evidence against, kept until they are punished. */
  readonly held = new Set<string>();
  /** More than a third plots: two decisions at one height are no problem of the run, but what it is about. */
  forksExpected = false;
  /** Heights at which honest machines decided differently. */
  readonly forks = new Set<bigint>();

  accused(by: string, validator: string, evidence: string): void {
    if (this.guilty.has(validator)) this.accusedOnes.add(validator);
    else this.problem(`${by} accuses an honest validator: ${evidence}`);
  }

  problem(line: string): void {
    this.problems.push(line);
  }

  /** Agreement, equal roots and results, monotone time, and on the first of each height money and inclusion. */
  committed(machine: number, { tip, txs, offences }: Committed, store: ChainStore): void {
    const { height, time } = tip;
    for (const { validator, kind } of offences) {
      const address = toHex(validator);
      this.convicted.add(address);
      this.accused(`height ${height}`, address, kind);
    }
    const before = this.#standing.get(machine);
    if (before !== undefined && height > before.height + 1n) this.problem(`machine ${machine} skips to ${height}`);
    if (before !== undefined && height > before.height && time <= before.time) {
      this.problem(`machine ${machine}: time stands still at ${height}`);
    }
    this.#standing.set(machine, { height, time });
    const decision: Decision = {
      block: blockKey(tip.blockId),
      stateRoot: toHex(tip.stateRoot),
      results: toHex(sha256(present(store.results(height), "a committed height has results"))),
    };
    const first = this.#first.get(height);
    if (first === undefined) this.#firstOf(height, decision, txs, store.latest);
    else if (this.forksExpected && first.block !== decision.block) this.forks.add(height);
    else if (this.forks.size === 0) {
      for (const key of ["block", "stateRoot", "results"] as const) {
        if (first[key] !== decision[key]) {
          this.problem(`fork at ${height}: machine ${machine} has ${key} ${decision[key]}, another ${first[key]}`);
        }
      }
    }
  }

  #firstOf(height: bigint, decision: Decision, txs: readonly Bytes[], state: ReadView): void {
    this.#first.set(height, decision);
    if (height > this.highest) this.highest = height;
    const next = nextValidators(state);
    this.locks.setAt(height + 1n, next);
    const set = toHex(validatorsRoot(next));
    if (this.#set !== undefined && this.#set !== set) this.setChanges++;
    this.#set = set;
    for (const broken of brokenInvariants(state)) this.problem(`height ${height}: ${broken}`);
    for (const tx of txs) {
      const key = toHex(sha256(tx));
      const twice = this.#included.get(key);
      if (twice !== undefined) this.problem(`transaction ${key} is in ${twice} and in ${height}`);
      this.#included.set(key, height);
    }
  }

  /** The last height that the machine called committed; 0 on a new disk. */
  standsAt(machine: number): bigint {
    return this.#standing.get(machine)?.height ?? 0n;
  }

  /** What was decided first at a height. */
  decidedAt(height: bigint): Decision | undefined {
    return this.#first.get(height);
  }

  /** Its disk is another one: it begins anew. */
  replaced(machine: number): void {
    this.#standing.delete(machine);
  }

  /** A disk never loses a height that its node once called committed. */
  restarted(machine: number, { height, time, validators }: Tip): void {
    const next = fromMessage(validators);
    if (!isRejection(next)) this.locks.setAt(height + 1n, next);
    const before = this.#standing.get(machine)?.height ?? 0n;
    if (height < before) this.problem(`machine ${machine} stood at ${before} and restarts at ${height}`);
    this.#standing.set(machine, { height, time }); // One higher when power went between the disk and the word about it.
  }

  /** Every signature that a key ever gave, over all lives of its machine: one content for each place. */
  signedVote(
    machine: number,
    { type, height, round, blockId }: Pick<Vote, "type" | "height" | "round" | "blockId">,
  ): void {
    this.#signedOnce(machine, `vote ${height}/${round}/${type}`, blockKey(blockId));
  }

  signedProposal(
    machine: number,
    { height, round, polRound, blockId }: Pick<Proposal, "height" | "round" | "polRound" | "blockId">,
  ): void {
    this.#signedOnce(machine, `proposal ${height}/${round}`, `${blockKey(blockId)} ${polRound}`);
  }

  #signedOnce(machine: number, place: string, words: string): void {
    const key = `${machine} ${place}`;
    const before = this.#signed.get(key);
    if (before !== undefined && before !== words) {
      this.problem(`machine ${machine} signs twice at ${place}: ${before} and ${words}`);
    }
    this.#signed.set(key, words);
  }

  hasSigned(machine: number, height: bigint): boolean {
    for (const key of this.#signed.keys()) if (key.startsWith(`${machine} vote ${height}/`)) return true;
    return false;
  }

  /** How many keys signed exactly these words at a place. */
  countSigned(place: string, words: string): number {
    let count = 0;
    for (const [key, signed] of this.#signed) if (key.endsWith(` ${place}`) && signed === words) count++;
    return count;
  }

  includedAt(tx: Bytes): bigint | undefined {
    return this.#included.get(toHex(sha256(tx)));
  }

  get transactions(): number {
    return this.#included.size;
  }

  /** One number for everything decided. */
  summary(): string {
    return toHex(sha256(utf8([...this.#first].map(([height, { block }]) => `${height} ${block}`).join("\n"))));
  }
}
