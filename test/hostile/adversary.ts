import type { SeededRandom } from "../simulation/random.js";

/** One node of the net as a stranger sees it, and what the operator of this machine knows beside. */
export interface Target {
  readonly index: number;
  readonly peerId: string;
  readonly p2pPort: number;
  readonly rpcPort: number;
  readonly restPort: number;
  readonly metricsPort: number;
}

export interface NetView {
  readonly chainId: string;
  /** Name of the p2p network: chain and genesis. */
  readonly network: string;
  /** Number of the first funded account (accounts.ts). */
  readonly firstNumber: number;
  /** Number of the first multisig account (dearest.ts). */
  readonly firstMultisig: number;
  readonly targets: readonly Target[];
}

/** What an adversary may do to the last validator: what the world does to a machine, not what a stranger can. */
export type Blow = "kill" | "start" | "freeze" | "thaw" | "cut" | "heal";

export interface Attack {
  readonly net: NetView;
  readonly random: SeededRandom;
  /** How long it goes on. */
  readonly ms: number;
  /** Fires when the time is over. */
  readonly signal: AbortSignal;
  /** Funded accounts that this adversary has for itself: indices from here on, `accounts.count` of them. */
  readonly accounts: { readonly first: number; readonly count: number };
  /** @param blow done to the victim, the last validator */
  strike(blow: Blow): Promise<void>;
}

export interface Adversary {
  readonly name: string;
  /** One line: who does what. */
  readonly does: string;
  /** Of an attack, at full length. */
  readonly seconds: number;
  /** Less time makes no sense of it. */
  readonly secondsLeast?: number;
  /**
   * What its block rate is compared with: the quiet net; the net without the victim, which stands still or is gone
   * meanwhile; or the net while the victim is killed and started again.
   */
  readonly control: Control;
  /** Bytes on the wire until `signal` fires. Resolves with what went wrong that a client or peer can see. */
  run(attack: Attack): Promise<string | undefined>;
}

export type Control = "quiet" | "absent" | "restart";

/** The validator that is killed, frozen or cut off. */
export const VICTIM = 3;
