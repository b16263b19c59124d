import { equalBytes, fromHex } from "#proto/bytes.js";
import { CliFault } from "../../fault.js";
import type { LocalNetwork, NetworkNode } from "../network/network.js";
import { until, type Story } from "./story.js";

/** Blocks that the others make while one is dead. */
const BLOCKS_WITHOUT = 4n;
const SECONDS = 90;
const COMMITTED = 2;

/** Kills one validator, watches the others go on, brings it back and waits until it signs again. */
export async function killAndRestart(story: Story, network: LocalNetwork): Promise<void> {
  const { talk } = story;
  const victim = network.nodes[network.nodes.length - 1]!;
  const { name } = victim.process;
  const before = await network.reach(1n, SECONDS * 1000);
  await victim.process.kill();
  talk.say(`chaos: kill -9 ${name} at height ${before}`);
  const without = await network.reach(before + BLOCKS_WITHOUT, SECONDS * 1000);
  talk.say(`chaos: the chain is at height ${without} without ${name}`);
  victim.process.start();
  const caught = await until(story, `${name} at the height of the others`, SECONDS, async () => {
    network.checkAlive(victim);
    const [own, others] = [await network.height(victim), await network.height(network.first)];
    return own !== undefined && others !== undefined && own >= others ? own : undefined;
  });
  talk.say(`chaos: ${name} is back and at height ${caught}`);
  let next = caught + 1n;
  const signed = await until(story, `a signature of ${name}`, SECONDS, async () => {
    const height = await network.height(network.first);
    for (; height !== undefined && next < height; next++) if (await hasSigned(network, next, victim)) return next;
    return undefined;
  });
  talk.say(`chaos: ${name} signed block ${signed}`);
}

async function hasSigned(network: LocalNetwork, height: bigint, { validator }: NetworkNode): Promise<boolean> {
  const { signed_header } = await network.first.client.commit(height);
  return signed_header.commit.signatures.some(({ block_id_flag, validator_address }) => {
    const address = fromHex(validator_address);
    if (address === undefined) throw new CliFault("bad_answer", `${validator_address} is no validator address`);
    return block_id_flag === COMMITTED && equalBytes(address, validator);
  });
}
