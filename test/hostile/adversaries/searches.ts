import { Agent } from "node:http";
import type { Adversary } from "../adversary.js";
import { account, transfer } from "../accounts.js";
import { ask, lanes, rpcCall } from "../http.js";

const AT_ONCE = 20;
const SENDERS = 20;
/** Of the time, spent on filling the index before it is searched. */
const FILLING = 0.4;
const QUERIES = [
  "tx.height > 0",
  "message.action EXISTS",
  "transfer.amount CONTAINS 'utrib'",
  "tx.height > 0 AND transfer.sender EXISTS",
];

export const searches: Adversary = {
  name: "searches",
  does: `fills the index with transactions as fast as blocks take them, then runs ${AT_ONCE} broad searches at once`,
  seconds: 60,
  control: "quiet",
  async run({ net, random, ms, signal, accounts }) {
    const agent = new Agent({ keepAlive: true });
    const [{ rpcPort }] = net.targets as [(typeof net.targets)[number]];
    const filling = AbortSignal.any([signal, AbortSignal.timeout(ms * FILLING)]);
    const each = Math.floor(accounts.count / SENDERS);
    await lanes(SENDERS, filling, async (lane) => {
      for (let i = 0; i < each && !filling.aborted; i++) {
        const tx = transfer(account(accounts.first + lane * each + i, net.firstNumber), 0n, net.chainId);
        await ask(rpcPort, "/", rpcCall("broadcast_tx_async", { tx: Buffer.from(tx).toString("base64") }), { agent });
      }
    });
    await lanes(AT_ONCE, signal, async () => {
      const query = QUERIES[random.below(QUERIES.length)]!;
      const order_by = random.chance(50) ? "asc" : "desc";
      await ask(rpcPort, "/", rpcCall("tx_search", { query, per_page: "100", order_by }), { agent });
    });
    agent.destroy();
    return undefined;
  },
};
