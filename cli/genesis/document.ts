import { toHex, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { formatRfc3339 } from "#proto/time.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { UNICODE_TABLES_HASH } from "#proto/unicode/tables.js";
import { publicJson } from "#node/config/identity.js";
import type { Coin } from "../coins.js";
import { isDevelopmentChain } from "../dev/guard.js";
import type { ChainTerms } from "../world.js";
import { moduleGenesis } from "./modules.js";

export interface GenesisValidator {
  readonly name: string;
  readonly publicKey: Bytes;
  readonly power: bigint;
}

export interface GenesisAccount {
  readonly address: Bytes;
  readonly coins: readonly Coin[];
}

export interface GenesisPlan {
  readonly chainId: string;
  /** Unix milliseconds. */
  readonly time: bigint;
  readonly terms: ChainTerms;
  readonly validators: readonly GenesisValidator[];
  readonly accounts: readonly GenesisAccount[];
}

const DAY_MS = 86_400_000;

/** A complete document for a new chain; parseGenesis accepts it. Order of accounts decides their numbers. */
export function makeGenesis(plan: GenesisPlan): GenesisDocument {
  const { terms } = plan;
  return {
    genesis_time: formatRfc3339(plan.time),
    chain_id: plan.chainId,
    initial_height: "1",
    consensus_params: {
      block: { max_bytes: "4194304", max_gas: "100000000", max_tx_bytes: "131072" },
      // Evidence age equals the unbonding time of three weeks at one block a second.
      evidence: {
        max_age_num_blocks: String((21 * DAY_MS) / 1000),
        max_age_duration_ms: String(21 * DAY_MS),
        max_bytes: "1048576",
      },
      synchrony: { precision_ms: "505", message_delay_ms: "15000" },
    },
    validators: plan.validators.map(validatorJson),
    app_hash: "",
    app_state: {
      chain: {
        bech32_prefix: terms.prefix,
        bond_denom: terms.denom,
        fee_denom: terms.denom,
        unicode_tables_hash: UNICODE_TABLES_HASH,
      },
      auth: { accounts: plan.accounts.map(({ address }) => ({ address: toBech32(terms.prefix, address) })) },
      bank: {
        balances: plan.accounts.map((account) => balanceJson(account, terms)),
        denom_metadata: [metadata(terms)],
      },
      ...moduleGenesis(isDevelopmentChain(plan.chainId)),
    },
  };
}

export function validatorJson({ name, publicKey, power }: GenesisValidator): GenesisDocument["validators"][number] {
  return {
    address: toHex(validatorAddress(publicKey)).toUpperCase(),
    pub_key: publicJson(publicKey) as GenesisDocument["validators"][number]["pub_key"],
    power: power.toString(),
    name,
  };
}

export function balanceJson({ address, coins }: GenesisAccount, terms: ChainTerms) {
  return {
    address: toBech32(terms.prefix, address),
    coins: coins.map(({ denom, amount }) => ({ denom, amount: amount.toString() })),
  };
}

/** How wallets show the coin; the keys are those of cosmos.bank.v1beta1.Metadata in cosmjs-types' JSON. */
function metadata({ denom, displayDenom, displayExponent }: ChainTerms) {
  return {
    description: "The coin of this chain.",
    denomUnits: [
      { denom, exponent: 0, aliases: [] },
      { denom: displayDenom, exponent: displayExponent, aliases: [] },
    ],
    base: denom,
    display: displayDenom,
    name: displayDenom.toUpperCase(),
    symbol: displayDenom.toUpperCase(),
    uri: "",
    uriHash: "",
  };
}
