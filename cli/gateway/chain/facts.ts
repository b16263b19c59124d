import { PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import type { Prices } from "#proto/attribution/prices.js";
import type { Bytes } from "#proto/bytes.js";
import { allPages, type Client, type Messages } from "#proto/client/index.js";
import { present } from "#proto/assert.js";
import { CliFault, notFound } from "../../fault.js";
import { fetchAccount } from "../../tx/account.js";

/** A channel as the chain has it. */
export type Channel = Messages["tributary.usage.v1.Channel"];
/** Status of a channel. Codes are the chain's. */
export const CHANNEL_STATUS = { open: 1, closing: 2, withdrawn: 3 } as const;
/** Stages in which a version may be used. */
const USABLE_STAGES: readonly number[] = [2, 3];
const STAGES = ["", "draft", "staging", "production", "deprecated", "revoked"] as const;

/** A version as far as its provider needs it. Prices are fixed; the stage is not. */
export interface VersionFacts {
  readonly versionId: bigint;
  readonly prices: Prices;
  /** How many datanets its releases come from, its ancestors' among them. */
  readonly datanets: number;
  readonly stage: string;
  readonly isUsable: boolean;
}

/** Parameters of the chain that a provider goes by. */
export interface ChainRules {
  readonly chainId: string;
  readonly depositMin: bigint;
  readonly privateEndpoints: boolean;
  readonly epochBlocks: bigint;
  /** Blocks between closing and withdrawing. */
  readonly graceBlocks: bigint;
}

/** @throws CliFault */
export async function readRules(node: Client): Promise<ChainRules> {
  const { chainId } = await node.status();
  const { params: usage } = await node.query("tributary.usage.v1.Query/Params");
  const { params: attribution } = await node.query("tributary.attribution.v1.Query/Params");
  const { depositMin, privateEndpoints, closeGraceEpochs } = present(usage, "an answer has its parameters");
  const { epochBlocks } = present(attribution, "an answer has its parameters");
  return { chainId, depositMin, privateEndpoints, epochBlocks, graceBlocks: epochBlocks * BigInt(closeGraceEpochs) };
}

/** @throws CliFault(not_found) for an unknown version */
export async function readVersion(node: Client, versionId: bigint): Promise<VersionFacts> {
  const { version } = await node.query("tributary.model.v1.Query/Version", { versionId });
  if (version?.fees === undefined) throw notFound(`version ${versionId} does not exist`, "tribd query model versions");
  const { pricePerCall, pricePerInputToken, pricePerOutputToken } = version.fees;
  const { stage } = version;
  return {
    versionId,
    prices: { pricePerCall, pricePerInputToken, pricePerOutputToken },
    datanets: await countDatanets(node, versionId),
    stage: STAGES[stage] ?? `stage ${stage}`,
    isUsable: USABLE_STAGES.includes(stage),
  };
}

/** Work: a page for each 100 releases that the version credits. */
async function countDatanets(node: Client, versionId: bigint): Promise<number> {
  const datanets = new Set<bigint>();
  let key: Bytes = new Uint8Array(0);
  do {
    const page = await node.query("tributary.model.v1.Query/EligibleReleases", { versionId, key });
    for (const { datanetId } of page.releases) datanets.add(datanetId);
    key = page.nextKey;
  } while (key.length > 0);
  return datanets.size;
}

/** @throws CliFault(not_found) */
export async function readChannel(node: Client, channelId: bigint): Promise<Channel> {
  const { channel } = await node.query("tributary.usage.v1.Query/Channel", { channelId });
  return present(channel, "an answer has its channel");
}

/** All channels of a provider. Work: a page for each 100 of them. */
export async function readChannels(node: Client, provider: string): Promise<Channel[]> {
  return await allPages(
    (pagination) => node.query("tributary.usage.v1.Query/Channels", { provider, pagination }),
    ({ channels }) => channels,
  );
}

/** The key that signs ceilings and vouchers of a channel. @throws CliFault(account_type) for an account without one */
export async function readConsumerKey(node: Client, address: string): Promise<Bytes> {
  const { pubKey } = await fetchAccount(node, address);
  if (pubKey?.typeUrl !== PubKey.typeUrl) {
    throw new CliFault("account_type", `the account ${address} has no secp256k1 key that could sign vouchers`);
  }
  return new Uint8Array(PubKey.decode(pubKey.value).key);
}
