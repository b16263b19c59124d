import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Admission } from "#node/mempool/deps.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { accountOf } from "#state/modules/auth/index.js";
import type { ReadView } from "#state/store/view.js";
import type { Cluster } from "./cluster.js";
import type { SeededRandom } from "./random.js";
import { operatorName, sway, type Stake } from "./stakes.js";
import { person, signedTx, type Person } from "../unit/state/world.js";

const NAMES = ["alice", "bob", "carol", "dave", "erin"];
export const WORKLOAD_BALANCES = Object.fromEntries(NAMES.map((name) => [name, 1_000_000_000n]));

/** Who waits longer for a tx sends another one with the same sequence: at most one of them is ever executed. */
const PATIENCE_MS = 8_000;

interface Sender {
  readonly person: Person;
  readonly next: (state: ReadView) => AnyMessage;
  tx: Bytes | undefined;
  /** The highest height that holds one of its transactions. */
  served: bigint;
  sentMs: number;
}

/**
 * People who send each other coins through nodes taken at random, one tx after the other. Operators among them move the
 * stake of their validator.
 */
export class Workload {
  submitted = 0;
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;
  readonly #senders: readonly Sender[];
  #stopped = false;

  /** @param stakes their operators have coins of their own */
  constructor(cluster: Cluster, stakes: readonly Stake[] = []) {
    this.#cluster = cluster;
    this.#random = cluster.random.fork();
    this.#senders = [
      ...NAMES.map((name) => senderOf(name, () => this.#transfer(name))),
      ...stakes.map((stake) => senderOf(operatorName(stake), (state) => sway(stake, state, this.#random))),
    ];
  }

  start(): void {
    if (this.#stopped) return;
    for (const sender of this.#senders) this.#step(sender);
    this.#cluster.clock.after(200 + this.#random.below(400), () => this.start());
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Who got no transaction into a block above this height yet. */
  waitingAbove(height: bigint): string[] {
    const { checks } = this.#cluster;
    const served = ({ tx, served: before }: Sender): boolean =>
      before > height || (tx !== undefined && (checks.includedAt(tx) ?? 0n) > height);
    return this.#senders.filter((sender) => !served(sender)).map(({ person: { name } }) => name);
  }

  #step(sender: Sender): void {
    const { clock, checks, machines } = this.#cluster;
    const included = sender.tx === undefined ? 0n : checks.includedAt(sender.tx);
    const waits = included === undefined;
    if (included !== undefined && included > sender.served) sender.served = included;
    if (waits && clock.monotonicMs() - sender.sentMs < PATIENCE_MS) return;
    const up = machines.filter(({ node, store }) => node !== undefined && store?.head !== undefined);
    if (up.length === 0) return;
    const machine = up[this.#random.below(up.length)]!;
    const { node, store } = machine;
    const tx = writtenOn(store!.latest, sender, machine.onFailure());
    if (tx === undefined) return;
    const taken = (answer: Admission | Rejection): void => {
      if (isRejection(answer)) return;
      this.submitted++;
      sender.tx = tx;
      sender.sentMs = clock.monotonicMs();
    };
    void node!.submit(tx).then(taken, machine.onFailure());
  }

  #transfer(name: string): AnyMessage {
    const to = person(NAMES[this.#random.below(NAMES.length)]!);
    const amount = [{ denom: "utrib", amount: `${1 + this.#random.below(1_000_000)}` }];
    const value = MsgSend.encode({ fromAddress: person(name).text, toAddress: to.text, amount }).finish();
    return { typeUrl: MsgSend.typeUrl, value };
  }
}

/** With what its node tells of the state; undefined when that cannot be read. */
function writtenOn(
  state: ReadView,
  { person: who, next }: Sender,
  failed: (error: unknown) => void,
): Bytes | undefined {
  try {
    const account = accountOf(state, who.address);
    if (account === undefined) return undefined;
    const { number, sequence } = account;
    return signedTx(who, [next(state)], { number, sequence, gas: 200_000n });
  } catch (error) {
    failed(error);
    return undefined;
  }
}

const senderOf = (name: string, next: Sender["next"]): Sender => ({
  person: person(name),
  next,
  tx: undefined,
  served: 0n,
  sentMs: 0,
});
