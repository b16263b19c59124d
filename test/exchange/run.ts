import { isRejection } from "#proto/rejection.js";
import { openingHashes } from "./openings.js";
import { seeded } from "#test/simulation/random.js";
import { ConsumerMachine, type ConsumerWorld } from "./consumer-machine.js";
import { isToProvider, type Message } from "./message.js";
import { idOf, ProviderMachine, type ProviderWorld } from "./provider-machine.js";
import type { SignedVoucher } from "#proto/exchange/provider.js";

/** Results of one run. What was promised and broken is in `failed`, in words. */
export interface ExchangeRun {
  readonly requests: number;
  readonly kills: number;
  readonly receipts: number;
  readonly failed: readonly string[];
}

/** One run of both sides, their disks and a network that loses, delays and doubles. */
export interface ExchangePlan {
  readonly seed: bigint;
  readonly requests: number;
  /** Steps in a thousand that kill one of the two, or both. */
  readonly kills: number;
  readonly broken?: ProviderWorld["broken"] | ConsumerWorld["broken"];
}

const CREDIT = 1_000n;
const DEPOSIT = 10_000_000n;
/** Steps without an end after the last request: nobody waits longer. */
const QUIET_STEPS = 20_000;

/** Runs the plan to its end, when nothing is open or unpaid any more. */
export function runExchange({ seed, requests, kills: killRate, broken }: ExchangePlan): ExchangeRun {
  const random = seeded(seed);
  const line: Message[] = [];
  const left: SignedVoucher[] = [];
  const failed = new Set<string>();
  let [height, asked, kills, ended] = [100n, 0, 0, 0];
  const send = (message: Message): void => {
    if (message.kind === "settle" && message.voucher !== undefined) left.push(message.voucher);
    line.push(message);
  };
  const world = { random, height: () => height, deposit: DEPOSIT, credit: CREDIT, send };
  const provider = new ProviderMachine({ ...world, broken: broken as ProviderWorld["broken"] });
  const consumer = new ConsumerMachine({ ...world, broken: broken as ConsumerWorld["broken"] });

  const deliver = (): void => {
    if (line.length === 0) return;
    const message = line.splice(random.below(line.length), 1)[0]!;
    if (asked < requests && random.chance(10)) return; // Lost.
    if (random.chance(5)) line.push(message); // Comes again.
    if (isToProvider(message)) provider.receive(message);
    else consumer.receive(message);
  };
  const kill = (): void => {
    kills++;
    const which = random.below(3);
    if (which !== 1) provider.restart();
    if (which !== 0) consumer.restart();
  };
  const isAtRest = (): boolean =>
    asked === requests &&
    consumer.channel.open.size === 0 &&
    provider.channel.unpaid === 0n &&
    !provider.disk.isBusy &&
    !consumer.disk.isBusy;

  while (!isAtRest()) {
    if (asked === requests && ++ended > QUIET_STEPS) {
      failed.add("stuck");
      break;
    }
    const roll = random.below(100);
    if (asked < requests && random.below(1_000) < killRate) kill();
    else if (roll < 30 && asked < requests && consumer.ask()) asked++;
    else if (roll < 50) provider.disk.sync();
    else if (roll < 70) consumer.disk.sync();
    else if (roll < 80) provider.end();
    else if (roll < 82) height++;
    else if (roll < 85) consumer.impatient();
    else deliver();
    if (roll === 81) provider.channel.forget(height);
    const { unpaid, inFlight } = provider.channel;
    if (unpaid + inFlight > CREDIT) failed.add("beyond the credit");
    const { stopped } = consumer.channel;
    if (stopped !== undefined) {
      failed.add(`refused: ${stopped.field}`);
      break;
    }
  }
  for (const broken of brokenPromises(provider, consumer, left)) failed.add(broken);
  return { requests: asked, kills, receipts: Number(provider.channel.nonce), failed: [...failed] };
}

function brokenPromises(
  provider: ProviderMachine,
  consumer: ConsumerMachine,
  left: readonly SignedVoucher[],
): string[] {
  const failed: string[] = [];
  const receipts = provider.disk.rows.flatMap((one) => (one.kind === "exchange" ? [one.row] : []));
  const [ids, nonces] = [
    receipts.map(({ asked }) => idOf(asked!)),
    receipts.map(({ sealed }) => sealed!.receipt!.nonce),
  ];
  if (new Set(ids).size !== ids.length) failed.push("two receipts of one ceiling");
  if (nonces.some((nonce, i) => nonce !== BigInt(i + 1))) failed.push("a nonce is missing or used twice");
  const voids = new Set(provider.disk.rows.flatMap((one) => (one.kind === "void" ? [String(one.row.ceilingId)] : [])));
  if (receipts.some(({ asked }) => voids.has(idOf(asked!)))) failed.push("a void ceiling has a receipt");

  const { signed, voucher } = consumer.channel;
  const fees = receipts.reduce((sum, { sealed }) => sum + sealed!.receipt!.fee, 0n);
  if (signed.nonce !== BigInt(receipts.length)) failed.push("a receipt is lost");
  if (signed.amount !== fees) failed.push("paid another sum than the receipts'");
  const hashes = openingHashes(receipts);
  if (isRejection(hashes)) return [...failed, `not opened: ${hashes.name}`];
  for (const one of [...left, ...(voucher === undefined ? [] : [voucher])]) {
    const wrong = hashes.check(one.voucher!);
    if (wrong !== undefined) failed.push(wrong);
  }
  return failed;
}
