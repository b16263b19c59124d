import { encodeTxs } from "#proto/wire/txs.js";
import { protocols } from "#p2p/protocols/table.js";
import { account, transfer } from "../accounts.js";
import type { Adversary } from "../adversary.js";
import { strangers } from "../peer/stranger.js";
import { pause } from "../waiting.js";

const STRANGERS = 3;
const TICK_MS = 50;
const REJOIN_MS = 500;
/** Of its own limit. */
const SHARE = 0.95;

export const txStorm: Adversary = {
  name: "tx-storm",
  does: `${STRANGERS} strangers gossip valid transactions, each just below its rate`,
  seconds: 40,
  control: "quiet",
  async run({ net, random, signal, accounts }) {
    const join = (count: number) => strangers(net, random, count, {}, ["txs"]);
    let all = await join(STRANGERS);
    const sequences = new Map<number, bigint>();
    const perTick = Math.floor((protocols.txs.messagesRate.perSecond * SHARE * TICK_MS) / 1000);
    // Each has accounts of its own, or their transactions would come in the wrong order.
    const each = Math.floor(accounts.count / STRANGERS);
    let next = 0;
    while (!signal.aborted) {
      const tickMs = performance.now();
      const gone = all.filter((one) => one.linked.size === 0);
      if (gone.length > 0) {
        // Others take the places of those that are ignored now.
        await Promise.all(gone.map((one) => one.stop()));
        all = [...all.filter((one) => !gone.includes(one)), ...(await join(gone.length))];
        await pause(REJOIN_MS, signal);
      }
      for (let i = 0; i < perTick; i++, next++) {
        for (const [s, { transport }] of all.entries()) {
          const index = accounts.first + s * each + (next % each);
          const sequence = sequences.get(index) ?? 0n;
          sequences.set(index, sequence + 1n);
          const tx = transfer(account(index, net.firstNumber), sequence, net.chainId);
          transport.publish("txs", encodeTxs([tx]));
        }
      }
      await pause(Math.max(1, TICK_MS - (performance.now() - tickMs)), signal);
    }
    await Promise.all(all.map((one) => one.stop()));
    return undefined;
  },
};
