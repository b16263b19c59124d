import { existsSync } from "node:fs";
import { table } from "#node/config/table.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { refuseDevelopmentKey } from "../../dev/guard.js";
import { usage } from "../../fault.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { resolveKey } from "../../keyring/resolve.js";
import { parseGasPrice } from "../../tx/fee.js";
import { fromSetting, must, opt, section, withDefault } from "../../option.js";
import { untilStopped } from "../../running.js";
import { consumerFiles, startConsumer } from "../../consumer/program.js";
import { policyOptions, settingsOf } from "../../consumer/settings.js";

export default command({
  path: "consumer",
  summary: "Serve models of the chain to the applications of this machine, and pay for what they ask.",
  details:
    "An application that speaks OpenAI's API needs only the printed URL and key. Providers are found on the chain; the best by\n" +
    "record is asked. A channel to it is opened with the key of --from. Every answer is checked before it is paid: one that is\n" +
    "not what was agreed is kept as evidence, and its channel is closed. Flags of the policy can stand in consumer/policy.toml\n" +
    'of the home, as lines like request-max = "1trib".\n' +
    "tribd consumer status, receipts and close show and end what it began.",
  options: {
    ...section("Server", {
      listen: withDefault(opt.text("Address to listen on.", "address"), "127.0.0.1:8551"),
      from: must(opt.text("Name or address of the key that pays.", "key")),
      policy: opt.text("Policy file (default consumer/policy.toml of the home, if it is there).", "file"),
      gasPrices: fromSetting(
        "gas-prices",
        withDefault(opt.text("Price of a unit of gas.", "price"), table.client["gas-prices"].fallback),
      ),
    }),
    ...policyOptions,
    ...keyringOptions,
    ...nodeOptions,
  },
  example: [
    "consumer --from grace --model valley=1",
    "consumer --from grace --model valley=1 --request-max 0.1trib --day-max 5trib --open-all",
  ],
  async run(values, world) {
    const { policy } = consumerFiles(world.home);
    const settings = settingsOf(values, values.policy ?? (existsSync(policy) ? policy : undefined), world);
    if (settings.models.length === 0) {
      throw usage(
        "--model is required: a name for applications, and its version",
        "tribd query model list shows models",
      );
    }
    const keyring = openKeyring(values, world);
    const key = resolveKey(values.from, keyring, world.terms);
    const node = connect(values, world);
    refuseDevelopmentKey(key.address, (await node.status()).chainId);
    const secretKey = await keyring.secretKey(key.name);
    const { listen } = values;
    const gasPrice = parseGasPrice(values.gasPrices);
    return await untilStopped("consumer", world, async (life) => {
      const running = await startConsumer({ node, secretKey, listen, gasPrice, settings }, life, world);
      const { url, apiKey, address, chainId } = running;
      world.out.data({ url, api_key: apiKey, address, chain_id: chainId }, () =>
        [`Base URL  ${url}`, `API key   ${apiKey}`, `Pays as   ${address} on ${chainId}`].join("\n"),
      );
    });
  },
});
