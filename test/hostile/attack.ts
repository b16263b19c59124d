import { setMaxListeners } from "node:events";
import { setPriority } from "node:os";
import { seeded } from "../simulation/random.js";
import type { Blow, NetView } from "./adversary.js";
import { adversaries } from "./table.js";

/** What the program asks of the process of an adversary, and what it answers. */
export interface Order {
  readonly name: string;
  readonly net: NetView;
  readonly seed: bigint;
  readonly ms: number;
  readonly accounts: { readonly first: number; readonly count: number };
}
export type Report = { readonly strike: Blow } | { readonly ended: string | undefined };

/** A stranger's machine is not the validators': on the same one it gets what they leave. */
const NICE = 10;

/** One adversary in a process of its own: what it does to itself does not disturb those that look. */
async function attack({ name, net, seed, ms, accounts }: Order): Promise<void> {
  setPriority(NICE);
  const adversary = adversaries.find((row) => row.name === name);
  if (adversary === undefined) throw new Error(`no adversary ${name}`);
  const signal = AbortSignal.timeout(ms);
  setMaxListeners(0, signal); // Each of its lanes waits for it.
  const struck: (() => void)[] = [];
  process.on("message", () => struck.shift()?.());
  const ended = await adversary.run({
    net,
    random: seeded(seed),
    ms,
    signal,
    accounts,
    strike: (blow) =>
      new Promise((resolve) => {
        struck.push(resolve);
        tell({ strike: blow });
      }),
  });
  tell({ ended });
}

const tell = (report: Report): void => void process.send?.(report);

process.once("message", (order) => void attack(order as Order));
