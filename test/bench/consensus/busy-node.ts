import { Session } from "node:inspector/promises";
import type { Profiler } from "node:inspector";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { accountOf } from "#state/modules/auth/index.js";
import { useNatives } from "#node/runtime/natives.js";
import { Cluster } from "#test/simulation/cluster.js";
import { person, signedTx } from "#test/unit/state/world.js";

export interface BusyShare {
  /** Time below `step` by time that is not idle. */
  readonly share: number;
  readonly transactions: number;
  readonly heights: bigint;
}

const SENDERS = 100;
const names = Array.from({ length: SENDERS }, (_, i) => `sender ${i}`);

/** Four whole nodes in this process, each sender with a transfer in each block, under the engine's own profiler. */
export async function busyShare(heights: bigint): Promise<BusyShare> {
  const cluster = new Cluster({
    seed: 1n,
    powers: [10n, 10n, 10n, 10n],
    balances: Object.fromEntries(names.map((name) => [name, 1_000_000_000n])),
  });
  useNatives(); // Not the simulation's memory of signatures: every node checks its own.
  cluster.start();
  await reach(cluster, 1n);
  const txs = signedAhead(cluster, Number(heights));
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  const first = cluster.checks.highest;
  for (let round = 0; cluster.checks.highest < first + heights; round++) {
    for (const [sender, own] of txs.entries()) {
      const tx = own[round];
      if (tx !== undefined) void cluster.machines[sender % 4]!.node!.submit(tx);
    }
    await cluster.pass(1000);
  }
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  cluster.stop();
  const { problems, transactions, highest } = cluster.checks;
  if (problems.length > 0) throw new Error(problems[0]);
  return { share: shareOf(profile), transactions, heights: highest - first };
}

async function reach(cluster: Cluster, height: bigint): Promise<void> {
  if (!(await cluster.reach(height, 60_000))) throw new Error(`no height ${height}: ${cluster.where()}`);
}

/** Signing is the wallets' work: done before anybody measures. */
function signedAhead(cluster: Cluster, count: number): Bytes[][] {
  const { store } = cluster.machines[0]!;
  return names.map((name, i) => {
    const from = person(name);
    const account = accountOf(store!.latest, from.address);
    if (account === undefined || isRejection(account)) throw new Error(`${name} has no account`);
    const to = person(names[(i + 1) % SENDERS]!).text;
    const value = MsgSend.encode({ fromAddress: from.text, toAddress: to, amount: [{ denom: "utrib", amount: "1" }] });
    const message = { typeUrl: MsgSend.typeUrl, value: value.finish() };
    return Array.from({ length: count }, (_, n) =>
      signedTx(from, [message], { number: account.number, sequence: account.sequence + BigInt(n), gas: 200_000n }),
    );
  });
}

/** Samples whose stack holds the core's `step`, by samples in which the process did anything. */
function shareOf({ nodes, samples, timeDeltas }: Profiler.Profile): number {
  const below = new Set<number>();
  const idle = new Set<number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const mark = (id: number): void => {
    below.add(id);
    for (const child of byId.get(id)?.children ?? []) mark(child);
  };
  for (const { id, callFrame } of nodes) {
    if (callFrame.functionName === "(idle)") idle.add(id);
    if (callFrame.functionName === "step" && callFrame.url.endsWith("/consensus/step.js")) mark(id);
  }
  let [inside, all] = [0, 0];
  for (const [at, id] of (samples ?? []).entries()) {
    const time = timeDeltas?.[at] ?? 0;
    if (idle.has(id)) continue;
    all += time;
    if (below.has(id)) inside += time;
  }
  return inside / all;
}
