import type { Prices } from "#proto/attribution/prices.js";
import type { Bytes } from "#proto/bytes.js";
import { ChainFacts } from "#proto/client/consumer/index.js";
import { allPages, type Client, type Messages } from "#proto/client/index.js";
import { present } from "#proto/assert.js";
import { CliFault } from "../../fault.js";

/** A channel as the chain has it. */
export type Channel = Messages["tributary.usage.v1.Channel"];
/** Status of a channel. Codes are the chain's. */
export const CHANNEL_STATUS = { open: 1, closing: 2, withdrawn: 3 } as const;

/** A version as far as its provider needs it. Prices are fixed; the stage is not. */
export interface VersionFacts {
  readonly versionId: bigint;
  readonly prices: Prices;
  /** How many datanets its releases come from, its ancestors' among them. */
  readonly datanets: number;
  /** In staging or production. */
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
  const { prices, datanets, isUsable } = await new ChainFacts(node, () => 0).version(versionId);
  return { versionId, prices, datanets, isUsable };
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
  const key = await new ChainFacts(node, () => 0).key(address);
  if (key !== undefined) return key;
  throw new CliFault("account_type", `the account ${address} has no secp256k1 key that could sign vouchers`);
}
