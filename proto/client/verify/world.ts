import { fromJson } from "../../codec/json.js";
import type { JsonObject } from "../../codec/json-text.js";
import { stateKeys } from "../../light/state-keys.js";
import { trustTerms } from "../../light/trust.js";
import type { Header } from "../../types/block.js";
import type { Genesis } from "../../types/genesis.js";
import type { BatchWorld } from "./batch.js";
import { Contributions } from "./contributions.js";
import { must } from "./fault.js";
import { TrustedHeaders, type TrustPoint } from "./headers.js";
import type { Source } from "./source.js";
import { ProvenState } from "./state.js";

/** Where a verification begins. */
export interface OpenOptions {
  /** Unix milliseconds of the verifier's clock. */
  readonly now: bigint;
  /** Verifies the state after this height; the latest provable one by default. */
  readonly height?: bigint | undefined;
  /** A trusted header to begin with, if genesis is outside the trusting period. */
  readonly trust?: TrustPoint | undefined;
}

/** The proven state of one height. */
export interface OpenedWorld {
  readonly world: BatchWorld;
  /** The header that proves it. */
  readonly header: Header;
  /** The id of the next batch: all below exist. */
  readonly next: bigint;
}

/** Headers from genesis on, and what every batch is verified from. Throws VerifyFault. */
export async function openWorld(
  source: Source,
  genesis: Genesis,
  { now, height, trust }: OpenOptions,
): Promise<OpenedWorld> {
  const headers = await TrustedHeaders.open(source, genesis, trustTerms(genesis, now), trust);
  const provable = height ?? (await source.latestHeight()) - 1n;
  const { header } = (await headers.at(provable + 1n)).block;
  const state = new ProvenState(source, header);
  const { chainId, appState } = genesis;
  const attribution = fromJson("tributary.attribution.v1.Genesis", (appState["attribution"] ?? {}) as JsonObject);
  const { bech32_prefix: bech32Prefix } = appState["chain"] as { bech32_prefix: string };
  const world: BatchWorld = {
    source,
    headers,
    state,
    chainId,
    bech32Prefix,
    contributions: await Contributions.read(state),
    common: new Set(must("app_state.attribution", attribution).common),
  };
  return { world, header, next: await state.counter(stateKeys.nextBatch(), "the number of batches", 1n) };
}
