import { isRejection, type Rejection } from "#proto/rejection.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { amountProblem, invalidGenesis, readGenesis, values, writeGenesis } from "../../module-genesis.js";
import { channelStatus, DEFAULT_PARAMS, feeTotals, paramsOf } from "./channels.js";
import { byConsumer, byProvider, channels, nextChannel, params, totals } from "./keys.js";

const GENESIS = "tributary.usage.v1.Genesis";
const STATUSES: readonly number[] = Object.values(channelStatus);

/** Writes the module's part of app_state; a rejection names the field. */
export function initGenesis({ view, address }: GenesisContext, state: unknown): Rejection | undefined {
  const invalid = (field: string, want: string): Rejection => invalidGenesis("usage", field, want);
  const genesis = readGenesis("usage", GENESIS, state);
  if (isRejection(genesis)) return genesis;
  params.put(view, [], genesis.params ?? DEFAULT_PARAMS);
  let last = 0n;
  for (const [i, channel] of genesis.channels.entries()) {
    const consumer = address.parse(channel.consumer);
    const provider = address.parse(channel.provider);
    if (consumer === undefined) return invalid(`channels[${i}].consumer`, "an account address of this chain");
    if (provider === undefined) return invalid(`channels[${i}].provider`, "an account address of this chain");
    if (channel.id <= last) return invalid(`channels[${i}].id`, "ascending, from 1");
    if (channel.redeemed > channel.deposit) return invalid(`channels[${i}].redeemed`, "at most the deposit");
    if (!STATUSES.includes(channel.status)) return invalid(`channels[${i}].status`, "1, 2 or 3");
    channels.put(view, [channel.id], channel);
    byConsumer.put(view, [consumer, channel.id], true);
    byProvider.put(view, [provider, channel.id], true);
    last = channel.id;
  }
  const next = genesis.nextChannelId === 0n ? 1n : genesis.nextChannelId;
  if (next <= last) return invalid("next_channel_id", `above ${last}`);
  nextChannel.put(view, [], next);
  const sums = genesis.totals ?? { fees: "0", burned: "0", validators: "0" };
  const problem = amountProblem("usage", "totals", sums);
  if (problem !== undefined) return problem;
  totals.put(view, [], sums);
  return undefined;
}

/** The fields that `initGenesis` reads. */
export function exportGenesis({ view }: QueryContext): Iterable<GenesisField> {
  return writeGenesis(GENESIS, {
    params: paramsOf(view),
    nextChannelId: nextChannel.get(view, []) ?? 1n,
    channels: values(channels.range(view)),
    totals: feeTotals(view),
  });
}
