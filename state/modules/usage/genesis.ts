import { HASH_BYTES } from "#proto/crypto/hash.js";
import { endpointProblem } from "#proto/endpoint/url.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { amountProblem, each, invalidGenesis, readGenesis, values, writeGenesis } from "../../module-genesis.js";
import { channelStatus, CLOSE_GRACE_EPOCHS_MIN, DEFAULT_PARAMS, feeTotals, paramsOf } from "./channels.js";
import {
  byConsumer,
  byProvider,
  channels,
  graceCount,
  endpoints,
  graceEnds,
  nextChannel,
  params,
  totals,
} from "./keys.js";

const GENESIS = "tributary.usage.v1.Genesis";
const STATUSES: readonly number[] = Object.values(channelStatus);

/** Writes the module's part of app_state; a rejection names the field. */
export function initGenesis({ view, address }: GenesisContext, state: unknown): Rejection | undefined {
  const invalid = (field: string, want: string): Rejection => invalidGenesis("usage", field, want);
  const genesis = readGenesis("usage", GENESIS, state);
  if (isRejection(genesis)) return genesis;
  const settings = genesis.params ?? DEFAULT_PARAMS;
  if (settings.closeGraceEpochs < CLOSE_GRACE_EPOCHS_MIN) {
    return invalid("params.close_grace_epochs", `at least ${CLOSE_GRACE_EPOCHS_MIN}, so that vouchers can be redeemed`);
  }
  params.put(view, [], settings);
  let last = 0n;
  for (const [i, channel] of genesis.channels.entries()) {
    const consumer = address.parse(channel.consumer);
    const provider = address.parse(channel.provider);
    if (consumer === undefined) return invalid(`channels[${i}].consumer`, "an account address of this chain");
    if (provider === undefined) return invalid(`channels[${i}].provider`, "an account address of this chain");
    if (channel.id <= last) return invalid(`channels[${i}].id`, "ascending, from 1");
    if (channel.redeemed > channel.deposit) return invalid(`channels[${i}].redeemed`, "at most the deposit");
    if (!STATUSES.includes(channel.status)) return invalid(`channels[${i}].status`, "1, 2 or 3");
    if (channel.auditRoot.length !== HASH_BYTES) return invalid(`channels[${i}].audit_root`, `${HASH_BYTES} bytes`);
    if (channel.auditSum > channel.redeemed) return invalid(`channels[${i}].audit_sum`, "at most what is redeemed");
    if (channel.auditCount > channel.nonce) return invalid(`channels[${i}].audit_count`, "at most the nonce");
    channels.put(view, [channel.id], channel);
    byConsumer.put(view, [consumer, channel.id], true);
    byProvider.put(view, [provider, channel.id], true);
    last = channel.id;
  }
  for (const [i, { provider: text, versionId, number, ends }] of genesis.graces.entries()) {
    const provider = address.parse(text);
    if (provider === undefined) return invalid(`graces[${i}].provider`, "an account address of this chain");
    if (number <= (graceCount.get(view, [provider, versionId]) ?? 0n)) {
      return invalid(`graces[${i}].number`, "ascending");
    }
    graceEnds.put(view, [provider, versionId, number], ends);
    graceCount.put(view, [provider, versionId], number);
  }
  for (const [i, endpoint] of genesis.endpoints.entries()) {
    const provider = address.parse(endpoint.provider);
    if (provider === undefined) return invalid(`endpoints[${i}].provider`, "an account address of this chain");
    const problem = endpointProblem(endpoint.url, settings.privateEndpoints);
    if (problem !== undefined) return invalid(`endpoints[${i}].url`, `${problem.part}: ${problem.want}`);
    endpoints.put(view, [endpoint.versionId, provider], endpoint);
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
export function exportGenesis({ view, address }: QueryContext): Iterable<GenesisField> {
  return writeGenesis(GENESIS, {
    params: paramsOf(view),
    nextChannelId: nextChannel.get(view, []) ?? 1n,
    channels: values(channels.range(view)),
    totals: feeTotals(view),
    endpoints: values(endpoints.range(view)),
    graces: each(graceEnds.range(view), ([[provider, versionId, number], ends]) => ({
      provider: address.format(provider),
      versionId,
      number,
      ends,
    })),
  });
}
