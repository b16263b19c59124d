import type { Bytes } from "#proto/bytes.js";
import { decodeBlocksQuestion, encodeBlocksAnswer } from "#proto/wire/blocks.js";
import { isRejection } from "#proto/rejection.js";
import { encodeStatus } from "#proto/wire/status.js";
import { VICTIM, type Adversary } from "../adversary.js";
import { strangers } from "../peer/stranger.js";
import { pause, restartVictim, victimIsBack } from "../waiting.js";

const LIARS = 8;
const CLAIMED = 1_000_000_000n;
const BLOCK_BYTES = 4 * 1024 * 1024;
const BACK_MS_MAX = 45_000;

export const lyingSync: Adversary = {
  name: "lying-sync",
  does: `${LIARS} peers claim height ${CLAIMED} and answer a restarted validator with windows of one byte`,
  seconds: 40,
  secondsLeast: 20,
  control: "restart",
  async run(attack) {
    const { net, random, signal } = attack;
    const status = encodeStatus({ base: 1n, height: CLAIMED });
    const all = await strangers(net, random, LIARS, { onQuestion: (_peer, _protocol, question) => dribble(question) });
    const telling = (async () => {
      while (!signal.aborted) {
        for (const { transport, linked } of all) for (const peer of linked) transport.send(peer, "status", status);
        const victim = net.targets[VICTIM]!;
        await Promise.all(all.filter(({ linked }) => !linked.has(victim.peerId)).map((one) => one.dial(victim)));
        await pause(250, signal);
      }
    })();
    await pause(1_000, signal);
    await restartVictim(attack);
    const problem = await victimIsBack(attack, BACK_MS_MAX);
    await telling;
    await Promise.all(all.map((one) => one.stop()));
    return problem;
  },
};

/** One byte of a block of the largest size, whatever is asked. */
async function dribble(bytes: Bytes): Promise<Bytes | undefined> {
  const question = decodeBlocksQuestion(bytes);
  if (isRejection(question)) return undefined;
  const { from: height, offset } = question;
  const window = { height, certificate: new Uint8Array(200), total: BLOCK_BYTES, offset, bytes: Uint8Array.of(1) };
  return encodeBlocksAnswer([window]);
}
