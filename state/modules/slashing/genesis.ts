import { isRejection, type Rejection } from "#proto/rejection.js";
import { fromBech32 } from "#proto/crypto/address.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { each, invalidGenesis, readGenesis, writeGenesis } from "../../module-genesis.js";
import { chainConfig } from "../chain/index.js";
import { consensusText, DEFAULT_PARAMS, ONE, paramsOf, type Params } from "./infos.js";
import { infos, params } from "./keys.js";

const GENESIS = "tributary.slashing.v1.Genesis";

/** Writes the module's part of app_state; a rejection names the field. */
export function initGenesis({ view }: GenesisContext, state: unknown): Rejection | undefined {
  const invalid = (field: string, want: string): Rejection => invalidGenesis("slashing", field, want);
  const genesis = readGenesis("slashing", GENESIS, state);
  if (isRejection(genesis)) return genesis;
  const chosen = genesis.params ?? DEFAULT_PARAMS;
  const over = shareOverOne(chosen);
  if (over !== undefined) return invalid(`params.${over}`, "at most 10^18, which is all");
  if (chosen.signedBlocksWindow === 0n) return invalid("params.signed_blocks_window", "above zero");
  params.put(view, [], chosen);
  const prefix = `${chainConfig(view).bech32Prefix}valcons`;
  for (const [i, { address: text, info }] of genesis.signingInfos.entries()) {
    const address = fromBech32(prefix, text);
    if (address === undefined) return invalid(`signing_infos[${i}].address`, "a consensus address of this chain");
    if (info === undefined) return invalid(`signing_infos[${i}].info`, "an object");
    if (infos.has(view, [address])) return invalid(`signing_infos[${i}].address`, "each address once");
    infos.put(view, [address], info);
  }
  return undefined;
}

function shareOverOne(chosen: Params): string | undefined {
  const shares = [
    ["min_signed_per_window", chosen.minSignedPerWindow],
    ["slash_fraction_double_sign", chosen.slashFractionDoubleSign],
    ["slash_fraction_downtime", chosen.slashFractionDowntime],
  ] as const;
  return shares.find(([, share]) => share > ONE)?.[0];
}

/** The fields that `initGenesis` reads. */
export function exportGenesis({ view }: QueryContext): Iterable<GenesisField> {
  const { bech32Prefix } = chainConfig(view);
  const signingInfos = each(infos.range(view), ([[address], info]) => ({
    address: consensusText(bech32Prefix, address),
    info,
  }));
  return writeGenesis(GENESIS, { params: paramsOf(view), signingInfos });
}
