import { toBech32 } from "#proto/crypto/address.js";
import { EXIT, type ExitCode } from "../exit.js";
import { formatCoin } from "../coins.js";
import type { TxValues } from "../tx/options.js";
import { TxSession } from "../tx/session.js";
import type { World } from "../world.js";
import { readChannels, readRules, readVersion } from "./chain/facts.js";
import { makeOffers } from "./offers.js";
import type { GatewaySettings } from "./settings/load.js";
import { UpstreamFault } from "./upstream/fault.js";
import { Upstream } from "./upstream/upstream.js";

/** Checks the settings against the chain and the model's server. @returns EXIT.failed if something would not work */
export async function dryRun(settings: GatewaySettings, values: TxValues, world: World): Promise<ExitCode> {
  const session = await TxSession.open(values, world);
  const { node } = session;
  const rules = await readRules(node);
  const provider = toBech32(world.terms.prefix, session.key.address);
  const offers = await makeOffers(settings.models, node, world);
  const problems: string[] = [];
  const upstream = new Upstream(settings.upstream, world.system.fetch);
  const names = await modelsOf(upstream, problems);
  const rows: object[] = [];
  for (const { name, upstream: at, versionId, passages } of offers) {
    const version = await readVersion(node, versionId);
    if (!version.isUsable) problems.push(`${name}: version ${versionId} is neither in staging nor in production`);
    if (names !== undefined && !names.includes(at)) problems.push(`${name}: the model's server lists no ${at}`);
    const datanets = (passages?.datanets ?? []).map(String);
    rows.push({ name, upstream: at, version_id: versionId.toString(), usable: version.isUsable, datanets });
  }
  const channels = await readChannels(node, provider);
  const coin = (amount: bigint): string => formatCoin({ denom: world.terms.denom, amount }, world.terms);
  const plan = {
    provider,
    chain_id: rules.chainId,
    upstream: settings.upstream.url,
    models: rows,
    channels: channels.length,
    credit: coin(settings.credit),
    redeem_amount: coin(settings.redeem.amount),
    book: settings.directory,
    problems,
  };
  world.out.data(plan);
  return problems.length === 0 ? EXIT.ok : EXIT.failed;
}

async function modelsOf(upstream: Upstream, problems: string[]): Promise<readonly string[] | undefined> {
  try {
    return await upstream.models(new AbortController().signal);
  } catch (error) {
    if (!(error instanceof UpstreamFault)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
