import { encodeTxs } from "#proto/wire/txs.js";
import { protocols } from "#p2p/protocols/table.js";
import { account, transfer } from "../accounts.js";
import type { Adversary } from "../adversary.js";
import { strangers } from "../peer/stranger.js";
import { pause } from "../waiting.js";

const STRANGERS = 3;
const TICK_MS = 50;
/** Of its own limit. */
const SHARE = 0.95;

export const txStorm: Adversary = {
  name: "tx-storm",
  does: `${STRANGERS} strangers gossip valid transactions, each just below its rate`,
  seconds: 40,
  control: "quiet",
  async run({ net, random, signal, accounts }) {
    const all = await strangers(net, random, STRANGERS, {}, ["txs"]);
    const sequences = new Map<number, bigint>();
    const perTick = Math.floor((protocols.txs.messagesRate.perSecond * SHARE * TICK_MS) / 1000);
    let next = 0;
    while (!signal.aborted) {
      const tickMs = performance.now();
      for (const { transport } of all) {
        for (let i = 0; i < perTick; i++) {
          const index = accounts.first + (next++ % accounts.count);
          const sequence = sequences.get(index) ?? 0n;
          sequences.set(index, sequence + 1n);
          const tx = transfer(account(index, net.firstNumber), sequence, net.chainId);
          transport.publish("txs", encodeTxs([tx]));
        }
      }
      await pause(Math.max(1, TICK_MS - (performance.now() - tickMs)), signal);
    }
    const linked = all.filter((one) => one.linked.size > 0).length;
    await Promise.all(all.map((one) => one.stop()));
    return linked === STRANGERS
      ? undefined
      : `${STRANGERS - linked} of ${STRANGERS} strangers within their rates lost their links`;
  },
};
