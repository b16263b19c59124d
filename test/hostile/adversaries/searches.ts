import { Agent } from "node:http";
import type { Adversary, Attack } from "../adversary.js";
import { account, transfer } from "../accounts.js";
import { ask, lanes, rpcCall } from "../http.js";
import { pause } from "../waiting.js";

const AT_ONCE = 20;
const SENDERS = 20;
/** Of each account: with 200 accounts 12,000 transactions, which are some 200,000 entries of the index. */
const TXS_EACH = 60;
/** More would be refused by a full pool, and the later ones of the same sender with it. */
const WAITING_MAX = 2_000;
const QUERIES = [
  "tx.height > 0",
  "message.action EXISTS",
  "transfer.amount CONTAINS 'utrib'",
  "tx.height > 0 AND transfer.sender EXISTS",
];

export const searches: Adversary = {
  name: "searches",
  does: `runs ${AT_ONCE} broad searches at once over an index of some 200,000 entries`,
  seconds: 60,
  control: "quiet",
  before: { seconds: 120, run: fill },
  async run({ net, random, signal }) {
    const agent = new Agent({ keepAlive: true });
    const [{ rpcPort }] = net.targets as [(typeof net.targets)[number]];
    await lanes(AT_ONCE, signal, () => search(rpcPort, agent, random));
    agent.destroy();
    return undefined;
  },
};

async function search(rpcPort: number, agent: Agent, random: Attack["random"]): Promise<void> {
  const query = QUERIES[random.below(QUERIES.length)]!;
  const order_by = random.chance(50) ? "asc" : "desc";
  await ask(rpcPort, "/", rpcCall("tx_search", { query, per_page: "100", order_by }), { agent });
}

/** Ends when all of it is in blocks and was searched once, or when its time is over. */
async function fill({ net, random, signal, accounts }: Attack): Promise<string | undefined> {
  const agent = new Agent({ keepAlive: true });
  const [{ rpcPort }] = net.targets as [(typeof net.targets)[number]];
  const waiting = async (): Promise<number> => {
    const answer = await ask(rpcPort, "/", rpcCall("num_unconfirmed_txs", {}), { agent });
    return Number(/"total":"(\d+)"/.exec(answer?.text ?? "")?.[1] ?? 0);
  };
  const each = Math.floor(accounts.count / SENDERS);
  for (let sequence = 0n; sequence < TXS_EACH && !signal.aborted; sequence++) {
    while ((await waiting()) > WAITING_MAX && !signal.aborted) await pause(200, signal);
    await Promise.all(
      Array.from({ length: SENDERS }, async (_, lane) => {
        for (let i = 0; i < each && !signal.aborted; i++) {
          const tx = transfer(account(accounts.first + lane * each + i, net.firstNumber), sequence, net.chainId);
          await ask(rpcPort, "/", rpcCall("broadcast_tx_sync", { tx: Buffer.from(tx).toString("base64") }), { agent });
        }
      }),
    );
  }
  while ((await waiting()) > 0 && !signal.aborted) await pause(200, signal);
  await search(rpcPort, agent, random);
  agent.destroy();
  return undefined;
}
