import { performance } from "node:perf_hooks";
import type { SubmitRefused } from "./deps.js";
import type { RpcLimits } from "./limits.js";
import { RefusedBudget } from "./refused-budget.js";

/** The sender of a request. Its cost is counted by its network address. */
export interface Caller {
  readonly client: string;
}

interface Waiting {
  readonly client: string;
  readonly bytes: number;
  begin(): void;
  refuse(why: SubmitRefused): void;
}

/** The work: it runs when its turn comes, unless its client has run into debt by then. */
export interface Work<T> {
  readonly client: string;
  readonly bytes: number;
  run(): Promise<T>;
  /** Whether the answer cost this node work that is not paid for on chain. */
  isWasted(answer: T): boolean;
}

/**
 * Where transactions of clients wait for their check: bounded in number, in bytes, and in the refused work that a client
 * may cause. What is exceeds a bound is refused here, before a signature is verified.
 */
export class TxDoor {
  readonly #limits: RpcLimits;
  readonly #budget: RefusedBudget;
  readonly #nowMs: () => number;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #bytes = 0;

  constructor(limits: RpcLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#budget = new RefusedBudget(limits);
  }

  /** Refused at once, or its answer; which may be a refusal too, when its client has run into debt while it waited. */
  enter<T>(work: Work<T>): SubmitRefused | { readonly answer: Promise<T | SubmitRefused> } {
    const refused = this.overRate(work.client) ?? this.#full(work.bytes);
    if (refused !== undefined) return refused;
    this.#bytes += work.bytes;
    const answer = new Promise<T | SubmitRefused>((resolve, reject) => {
      this.#waiting.push({
        ...work,
        begin: () => void this.#judged(work).then(resolve, reject),
        refuse: resolve,
      });
    });
    this.#next();
    return { answer };
  }

  async #judged<T>({ run, isWasted, client, bytes }: Work<T>): Promise<T> {
    this.#running++;
    try {
      const answer = await run();
      if (isWasted(answer)) this.#budget.charge(client, bytes, this.#nowMs());
      return answer;
    } finally {
      this.#running--;
      this.#bytes -= bytes;
      this.#next();
    }
  }

  #next(): void {
    while (this.#running < this.#limits.txChecksMax) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const refused = this.overRate(next.client);
      if (refused === undefined) next.begin();
      else {
        this.#bytes -= next.bytes;
        next.refuse(refused);
      }
    }
  }

  /** Why nothing of this client is looked at for now. */
  overRate(client: string): SubmitRefused | undefined {
    const seconds = this.#budget.waitSeconds(client, this.#nowMs());
    if (seconds === undefined) return undefined;
    const log = `over the rate: too many refused transactions came from here; try again in ${seconds} s`;
    return { refused: "rate", log };
  }

  #full(bytes: number): SubmitRefused | undefined {
    const { txsWaitingMax, txBytesWaitingMax } = this.#limits;
    if (this.#waiting.length < txsWaitingMax && this.#bytes + bytes <= txBytesWaitingMax) return undefined;
    const log = `the node is busy: ${this.#waiting.length} transactions (${this.#bytes} bytes) wait for their check; try again in a second`;
    return { refused: "busy", log };
  }
}

/** IPv4 as such; of IPv6 the network of one customer, who has 2^64 addresses. */
export function clientOf(address: string | undefined): string {
  const bare = (address ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  if (!bare.includes(":")) return bare;
  const [head = "", tail = ""] = bare.split("%")[0]!.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = bare.includes("::") ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0") : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
