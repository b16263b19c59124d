import { loadConfig } from "#node/config/load.js";
import { parseNodeAddress } from "#node/config/signer-address.js";
import { startSigner } from "#node/compose/start-signer.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { checkChainId } from "../../genesis/chain-id.js";
import { fromSetting, must, opt } from "../../option.js";
import { untilStopped } from "../../running.js";

export default command({
  path: "signer start",
  summary: "Sign for a node that holds no key, until Ctrl-C.",
  details:
    "Dials the node's priv_validator_laddr, and again whenever the connection is lost; nothing listens here. Over TCP both sides prove their keys: name the node by what tribd comet show-node-id prints there, and give the node what tribd signer show-id prints here. Sign bytes are made here from the fields of each request, and judged by the record in data/priv_validator_state.json. Run one signer for a key, ever.",
  options: {
    node: must(opt.of("Where the node waits: unix:///path, or tcp://<node id>@host:port.", "address", readAddress)),
    chainId: fromSetting("chain-id", must(opt.of("The one chain that this signer signs for.", "id", checkChainId))),
  },
  example: [
    "signer start --node unix:///run/tribd/signer.sock",
    "signer start --home /var/lib/tribd-signer --node tcp://12D3KooW...@10.0.0.2:26659",
  ],
  async run(values, world) {
    const { logLevel, logFormat } = values as { logLevel?: string; logFormat?: string };
    const overrides = { flags: { log_level: logLevel, log_format: logFormat }, environment: world.system.environment };
    const plan = { node: values.node, chainId: values.chainId };
    return untilStopped("signer", world, (life) =>
      startSigner(world.home, plan, loadConfig(world.home, overrides), life),
    );
  },
});

function readAddress(text: string) {
  const address = parseNodeAddress(text);
  if (address === undefined) {
    throw usage(`"${text}" is neither unix:///path nor tcp://<node id>@host:port`, "tribd comet show-node-id");
  }
  return address;
}
