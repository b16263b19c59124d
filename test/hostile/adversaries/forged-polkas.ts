import type { Bytes } from "#proto/bytes.js";
import { encodeConsensusFrame } from "#proto/wire/consensus.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";
import type { SeededRandom } from "../../simulation/random.js";
import type { Adversary, NetView } from "../adversary.js";
import { ask } from "../http.js";
import { strangers, type Stranger } from "../peer/stranger.js";
import { pause, progress } from "../waiting.js";

const STRANGERS = 20;
/** As many as a node keeps of one peer until the height starts. */
const FRAMES = 256;

export const forgedPolkas: Adversary = {
  name: "forged-polkas",
  does: `${STRANGERS} peers send ${FRAMES} forged polkas of the next height each, and go on when they are banned`,
  seconds: 40,
  control: "quiet",
  async run({ net, random, signal }) {
    const validators = await validatorsOf(net);
    let all: Stranger[] = [];
    let told = 0;
    while (!signal.aborted) {
      const now = await progress(net.targets[0]!);
      if (now === undefined || now.height + 2 <= told) {
        await pause(50, signal);
        continue;
      }
      told = now.height + 2; // Consensus is at the height after the last one; this is the one after that.
      if (all.every(({ linked }) => linked.size === 0)) {
        await Promise.all(all.map((one) => one.stop()));
        all = await strangers(net, random, STRANGERS);
      }
      for (const { transport, linked } of all) {
        for (let i = 0; i < FRAMES; i++) {
          const frame = polka(BigInt(told), i, validators, random);
          for (const peer of linked) transport.send(peer, "consensus", frame);
        }
      }
      await pause(100, signal);
    }
    await Promise.all(all.map((one) => one.stop()));
    return undefined;
  },
};

/** Right in form, without a valid signature. */
function polka(height: bigint, round: number, validators: readonly Bytes[], random: SeededRandom): Bytes {
  const bytes = (count: number): Bytes => {
    const filled = Buffer.alloc(count);
    for (let at = 0; at < count; at += 8) filled.writeBigUInt64BE(random.u64(), Math.min(at, count - 8));
    return filled;
  };
  const blockId = blockIdFrom(bytes(32), 1, bytes(32));
  const signatures = validators.map((validator, index) => ({ index, validator, signature: bytes(64) }));
  return encodeConsensusFrame({ kind: "polka", value: { height, round, blockId, signatures } });
}

interface ValidatorsAnswer {
  readonly result: { readonly validators: readonly { readonly address: string }[] };
}

async function validatorsOf(net: NetView): Promise<Bytes[]> {
  const answer = await ask(net.targets[0]!.rpcPort, "/validators");
  if (answer?.status !== 200) throw new Error("the validators are not told");
  const { result } = JSON.parse(answer.text) as ValidatorsAnswer;
  return result.validators.map(({ address }) => Buffer.from(address, "hex"));
}
