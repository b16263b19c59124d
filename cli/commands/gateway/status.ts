import { toBech32 } from "#proto/crypto/address.js";
import { connect, nodeOptions } from "../../client.js";
import { formatCoin } from "../../coins.js";
import { command } from "../../command.js";
import { CHANNEL_STATUS, readChannels } from "../../gateway/chain/facts.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { resolveAddress } from "../../keyring/resolve.js";
import { must, opt } from "../../option.js";

/** Batches that are listed: those that are not settled come last in the chain's order, and are looked at first. */
const BATCHES_MAX = 100n;
const PHASES = ["", "collecting", "waiting for the beacon", "opening", "past its deadline", "settled"] as const;

export default command({
  path: "gateway status",
  summary: "What a provider has on the chain: channels, what was redeemed, batches that are to be opened.",
  details:
    "Asks the chain alone, so that it works beside a running gateway. What is signed and not redeemed is in the gateway's metrics.",
  args: { provider: must(opt.text("Name or address of the provider's key.", "key")) },
  options: { ...keyringOptions, ...nodeOptions },
  example: ["gateway status bob"],
  async run(values, world) {
    const address = resolveAddress(values.provider, openKeyring(values, world), world.terms);
    const provider = toBech32(world.terms.prefix, address);
    const node = connect(values, world);
    const { height } = await node.status();
    const channels = await readChannels(node, provider);
    const pagination = { key: new Uint8Array(0), offset: 0n, limit: BATCHES_MAX, countTotal: false, reverse: true };
    const { batches } = await node.query("tributary.attribution.v1.Query/Batches", { provider, pagination });
    const unsettled = [];
    for (const { id, settlement } of batches) {
      if (settlement !== undefined) continue;
      const { phase, epoch, batch } = await node.query("tributary.attribution.v1.Query/Batch", { batchId: id });
      unsettled.push({
        batch_id: id.toString(),
        phase: PHASES[phase] ?? String(phase),
        fees: coin(batch?.fees ?? 0n),
        opened: (batch?.answered ?? 0n).toString(),
        ...(epoch === undefined || epoch.deadline === 0n ? {} : { blocks_left: (epoch.deadline - height).toString() }),
      });
    }
    world.out.data({
      provider,
      height: height.toString(),
      channels_open: channels.filter(({ status }) => status === CHANNEL_STATUS.open).length,
      channels_closing: channels
        .filter(({ status }) => status === CHANNEL_STATUS.closing)
        .map(({ id, withdrawableHeight }) => ({
          channel_id: id.toString(),
          blocks_left: (withdrawableHeight - height).toString(),
        })),
      deposits: coin(channels.reduce((sum, { deposit, redeemed }) => sum + deposit - redeemed, 0n)),
      redeemed: coin(channels.reduce((sum, { redeemed }) => sum + redeemed, 0n)),
      batches_unsettled: unsettled,
    });
    return undefined;

    function coin(amount: bigint): string {
      return formatCoin({ denom: world.terms.denom, amount }, world.terms);
    }
  },
});
