import type { State } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { isAway } from "../signer/signer.js";
import type { Clock, Log } from "./deps.js";

/** A signer that is away says so at once; asked this often, its return costs a vote no more than this. */
const AGAIN_MS = 100;

type Place = Pick<State, "height" | "round">;

interface Request extends Place {
  /** For people. */
  readonly what: string;
  ask(): Promise<Bytes | Rejection>;
  settle(answer: Bytes | undefined): void;
  fail(error: unknown): void;
}

/**
 * What this node wants signed, in the order in which consensus said it: the signer refuses what comes out of order. A
 * request that found the signer away is repeated while its round runs; the same words give the same signature.
 */
export class Signing {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #place: () => Place & Pick<State, "step">;
  readonly #requests: Request[] = [];
  #running: Promise<void> | undefined;
  #again: { cancel(): void } | undefined;
  #paused = false;

  /** @param place where consensus is */
  constructor(clock: Clock, log: Log, place: () => Place & Pick<State, "step">) {
    this.#clock = clock;
    this.#log = log;
    this.#place = place;
  }

  /** The signature; undefined when the signer refuses, or the request is obsolete. @throws the errors of `ask` */
  ask(what: string, { height, round }: Place, ask: () => Promise<Bytes | Rejection>): Promise<Bytes | undefined> {
    return new Promise((settle, fail) => {
      this.#requests.push({ what, height, round, ask, settle, fail });
      this.#go();
    });
  }

  /** Resolves when the signer has answered what it was asked: it is asked nothing until `resume` (P8). */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#running;
  }

  resume(): void {
    this.#paused = false;
    this.#go();
  }

  clear(): void {
    this.#again?.cancel();
    for (const { settle } of this.#requests.splice(0)) settle(undefined);
  }

  #go(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async #run(): Promise<void> {
    this.#again?.cancel();
    for (let [request] = this.#requests; request !== undefined && !this.#paused; [request] = this.#requests) {
      const answer = await this.#answerTo(request);
      if (answer === "away") {
        this.#again = this.#clock.after(AGAIN_MS, () => this.#go());
        return;
      }
      if (this.#requests[0] === request) this.#requests.shift(); // Else all were cleared meanwhile.
    }
  }

  /** "away": to be asked again. Nothing is signed for a height that was committed meanwhile, by consensus or by sync. */
  async #answerTo({ what, height, round, ask, settle, fail }: Request): Promise<"settled" | "away"> {
    if (this.#place().height !== height) {
      settle(undefined);
      return "settled";
    }
    try {
      const answer = await ask();
      const { height: now, round: running, step } = this.#place();
      // Late precommits join the certificate of a decided height (L82).
      const wanted = now === height && (step === "decided" || running === round);
      if (isRejection(answer) && isAway(answer) && wanted) return "away";
      if (isRejection(answer) && !isAway(answer)) {
        this.#log.warn(`the signer refuses ${what}`, { reason: rejectionText(answer) });
      }
      settle(isRejection(answer) ? undefined : answer);
    } catch (error) {
      fail(error);
    }
    return "settled";
  }
}
