import { fromHex, toHex, type Bytes } from "#proto/bytes.js";
import { present } from "#proto/assert.js";
import { genesisBeacon } from "#proto/beacon.js";
import type { Messages } from "#proto/codec/message.js";
import { fromBech32, toBech32 } from "#proto/crypto/address.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { ConsensusParams } from "#proto/types/block.js";
import { genesisErrors } from "#proto/types/genesis.js";
import { ownQuery, type Module } from "../../module.js";
import type { AddressText, Bech32Text } from "../../context.js";
import type { ReadView } from "../../store/view.js";
import { everyHeightHasItsSet, forgetExpired, rememberBlock } from "./history.js";
import { invariants } from "./invariants.js";
import { beacons, configs, params } from "./keys.js";
import { putGenesisValidators } from "./sets.js";

/** Address prefix, denominations, and hash of the text tables. */
export type ChainConfig = Messages["tributary.chain.v1.ChainConfig"];

export { pastBlock, validatorsAt } from "./history.js";
export { nextValidators, turnValidators, upcomingValidators } from "./sets.js";

/** Consensus parameters of the next height. */
export function nextParams(view: ReadView): ConsensusParams {
  return present(params.get(view, []), "genesis has written the parameters");
}

/** Output of the last height's beacon, 32 bytes; at genesis it comes from the document's hash. */
export function lastBeacon(view: ReadView): Bytes {
  return present(beacons.get(view, []), "genesis has written the first beacon");
}

/** Chosen at genesis and fixed: prefix of addresses, denominations, hash of the text tables. */
export function chainConfig(view: ReadView): ChainConfig {
  return present(configs.get(view, []), "genesis has written the chain's configuration");
}

/** Bech32 of this chain's accounts and operators. @param prefix of account addresses */
export function addressText(prefix: string): AddressText {
  return { ...bech32Text(prefix), operator: bech32Text(`${prefix}valoper`) };
}

function bech32Text(prefix: string): Bech32Text {
  return {
    parse: (text) => fromBech32(prefix, text),
    format: (address) => toBech32(prefix, address),
  };
}

const PREFIX = /^[a-z]{1,20}$/;
/** Denominations that the Cosmos SDK accepts. */
export const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

interface ChainGenesis {
  readonly bech32_prefix?: unknown;
  readonly bond_denom?: unknown;
  readonly fee_denom?: unknown;
  readonly unicode_tables_hash?: unknown;
}

/** Reads app_state.chain; the first wrong field is named. */
export function parseChainConfig(value: unknown): ChainConfig | Rejection {
  const state = (value ?? {}) as ChainGenesis;
  const invalid = (field: string, want: string) =>
    reject(genesisErrors.invalid, { field: `app_state.chain.${field}`, want });
  const { bech32_prefix: bech32Prefix, bond_denom: bondDenom, fee_denom: feeDenom } = state;
  if (typeof bech32Prefix !== "string" || !PREFIX.test(bech32Prefix)) {
    return invalid("bech32_prefix", "1 to 20 letters a-z");
  }
  if (typeof bondDenom !== "string" || !DENOM.test(bondDenom)) return invalid("bond_denom", "a denomination");
  if (typeof feeDenom !== "string" || !DENOM.test(feeDenom)) return invalid("fee_denom", "a denomination");
  const unicodeTablesHash =
    typeof state.unicode_tables_hash === "string" ? fromHex(state.unicode_tables_hash) : undefined;
  if (unicodeTablesHash?.length !== 32) return invalid("unicode_tables_hash", "32 bytes in hex");
  return { bech32Prefix, bondDenom, feeDenom, unicodeTablesHash };
}

/** The module. */
export const chain: Module = {
  name: "chain",
  prefix: 0x00,
  messages: [],
  queries: {
    ...ownQuery(
      "/tributary.chain.v1.Query/Config",
      "tributary.chain.v1.QueryConfigRequest",
      "tributary.chain.v1.QueryConfigResponse",
      ({ view }) => ({ config: chainConfig(view) }),
    ),
  },
  initGenesis({ view, genesis }, state) {
    const config = parseChainConfig(state);
    if (isRejection(config)) return config;
    configs.put(view, [], config);
    putGenesisValidators(view, genesis.validators);
    params.put(view, [], genesis.params);
    beacons.put(view, [], genesisBeacon(genesis.hash));
    return undefined;
  },
  exportGenesis({ view }) {
    const { bech32Prefix, bondDenom, feeDenom, unicodeTablesHash } = chainConfig(view);
    return [
      ["bech32_prefix", bech32Prefix],
      ["bond_denom", bondDenom],
      ["fee_denom", feeDenom],
      ["unicode_tables_hash", toHex(unicodeTablesHash)],
    ];
  },
  beginBlock({ view, block }) {
    beacons.put(view, [], block.beacon);
    rememberBlock(view, block);
    forgetExpired(view, block, nextParams(view));
  },
  invariants: { ...invariants, everyHeightHasItsSet },
};
