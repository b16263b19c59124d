import { loadConfig } from "#node/config/load.js";
import { logs } from "#node/telemetry/log.js";
import { command } from "../../command.js";
import { dryRun } from "../../gateway/dry-run.js";
import { startGateway } from "../../gateway/gateway.js";
import { makeOffers } from "../../gateway/offers.js";
import { loadSettings } from "../../gateway/settings/load.js";
import { gatewayOptions } from "../../gateway/settings/options.js";
import { untilStopped } from "../../running.js";
import { txOptions, type TxValues } from "../../tx/options.js";
import { TxSession } from "../../tx/session.js";

/** A program that sends by itself cannot write its transactions to a file or sign them offline. */
const {
  generateOnly: _unsigned,
  offline: _offline,
  accountNumber: _number,
  outputDocument: _file,
  sequence: _sequence,
  dryRun: _dry,
  wait: _wait,
  broadcastMode: _mode,
  timeoutHeight: _height,
  note: _note,
  memo: _memo,
  fees: _fees,
  signMode: _sign,
  ...sending
} = txOptions;

export default command({
  path: "gateway",
  summary: "Serve models through payment channels, until Ctrl-C.",
  details: `An OpenAI-compatible front of any OpenAI-compatible server. Clients pay through channels: tribd consumer does it for any
application. The gateway meters, seals and signs every answer, keeps the receipts, redeems vouchers, opens what is drawn and has batches
settled. It needs no node of its own. One gateway for a key, ever: its book says who owes what, so keep the folder.`,
  options: { ...gatewayOptions, ...sending },
  example: [
    "gateway --from bob --upstream http://127.0.0.1:8080/v1 --model llama=1",
    "gateway --from bob --settings gateway.toml --dry-run",
  ],
  async run(values, world) {
    const settings = loadSettings(values, world);
    const txValues: TxValues = {
      ...values,
      ...{ generateOnly: false, offline: false, accountNumber: undefined, outputDocument: undefined },
      ...{ sequence: undefined, dryRun: false, wait: true, broadcastMode: undefined, timeoutHeight: 0n },
      ...{ note: undefined, memo: undefined, fees: undefined, signMode: "direct" },
    };
    if (values.dryRun) return await dryRun(settings, txValues, world);
    const { logLevel, logFormat } = values as { logLevel?: string; logFormat?: string };
    const { config } = loadConfig(world.home, {
      flags: { log_level: logLevel, log_format: logFormat },
      environment: world.system.environment,
    });
    const log = logs({
      level: config.log_level,
      format: config.log_format,
      write: (line) => void world.system.stderr.write(line),
      now: () => world.system.now(),
    })("gateway");
    return await untilStopped("gateway", world, async (life) => {
      const session = await TxSession.open(txValues, world);
      const offers = await makeOffers(settings.models, session.node, world);
      const secretKey = await session.secretKey();
      const { url, provider } = await startGateway({ settings, session, secretKey, offers, log }, world, life);
      const models = offers.map(({ name }) => name);
      world.out.data({ url, provider, models }, () => `${models.join(", ")} of ${provider}: ${url}`);
    });
  },
});
