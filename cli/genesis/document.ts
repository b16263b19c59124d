import type { Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { formatRfc3339 } from "#proto/time.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { UNICODE_TABLES_HASH } from "#proto/unicode/tables.js";
import type { Coin } from "../coins.js";
import { isDevelopmentChain } from "../dev/guard.js";
import type { ChainTerms } from "../world.js";
import { stakingGenesis, withValidator, type GenesisValidator } from "./validators.js";
import { moduleGenesis } from "./modules.js";

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

/** Three weeks: as long as unbonding. */
const EVIDENCE_AGE_MS = 21 * 86_400_000;

/** A complete document for a new chain; parseGenesis accepts it. Order of accounts decides their numbers. */
export function makeGenesis(plan: GenesisPlan): GenesisDocument {
  const { terms } = plan;
  const document: GenesisDocument = {
    genesis_time: formatRfc3339(plan.time),
    chain_id: plan.chainId,
    initial_height: "1",
    consensus_params: {
      block: { max_bytes: "4194304", max_gas: "100000000", max_tx_bytes: "131072" },
      evidence: {
        max_age_num_blocks: String(EVIDENCE_AGE_MS / 1000), // At one block a second.
        max_age_duration_ms: String(EVIDENCE_AGE_MS),
        max_age_duration: String(BigInt(EVIDENCE_AGE_MS) * 1_000_000n),
        max_bytes: "1048576",
      },
      synchrony: { precision_ms: "505", message_delay_ms: "15000" },
    },
    validators: [],
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
      staking: stakingGenesis(EVIDENCE_AGE_MS),
      ...moduleGenesis(isDevelopmentChain(plan.chainId)),
    },
  };
  return plan.validators.reduce(withValidator, document);
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
