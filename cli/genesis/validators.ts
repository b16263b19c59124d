import { toHex, type Bytes } from "#proto/bytes.js";
import { toJson } from "#proto/codec/json.js";
import { moduleAddress, toBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { publicJson } from "#node/config/identity.js";

export interface GenesisValidator {
  readonly name: string;
  /** Of consensus. */
  readonly publicKey: Bytes;
  readonly power: bigint;
  /** The account that bonds for it, and may unbond, edit and unjail. */
  readonly operator: Bytes;
}

/** Base units a unit of power, and shares a base unit, as the staking module counts them. */
const POWER_REDUCTION = 1_000_000n;
const SHARES_PER_UNIT = 10n ** 18n;
const BONDED = 3;
/** A commission of a tenth, of at most a fifth, that changes by at most a hundredth a day. */
const RATE = { rate: SHARES_PER_UNIT / 10n, max: SHARES_PER_UNIT / 5n, change: SHARES_PER_UNIT / 100n };

/** No validator yet; the unbonding time is the evidence age. */
export function stakingGenesis(unbondingMs: number) {
  return {
    params: toJson("tributary.staking.v1.Params", {
      unbondingMs: BigInt(unbondingMs),
      maxValidators: 100,
      maxEntries: 7,
      minCommissionRate: 0n,
    }),
    validators: [],
    delegations: [],
    unbondings: [],
    last_validator_powers: [],
  };
}

interface AppState {
  readonly chain: { readonly bech32_prefix: string; readonly bond_denom: string };
  readonly bank: { readonly balances: readonly BankRow[] };
  readonly staking: Readonly<Record<"validators" | "delegations" | "last_validator_powers", readonly unknown[]>>;
}
interface BankRow {
  readonly address: string;
  readonly coins: readonly { readonly denom: string; readonly amount: string }[];
}

/** The document with one more validator, and the coins that are bonded for it: they come into existence with it. */
export function withValidator(document: GenesisDocument, validator: GenesisValidator): GenesisDocument {
  const { name, publicKey, power, operator: account } = validator;
  const state = document.app_state as unknown as AppState;
  const { bech32_prefix: prefix, bond_denom: denom } = state.chain;
  const operator = toBech32(`${prefix}valoper`, account);
  const tokens = power * POWER_REDUCTION;
  const shares = (tokens * SHARES_PER_UNIT).toString();
  const stake = toJson("tributary.staking.v1.Validator", {
    operator,
    pubKey: publicKey,
    jailed: false,
    status: BONDED,
    tokens: tokens.toString(),
    shares,
    description: { moniker: name, identity: "", website: "", securityContact: "", details: "" },
    commissionRate: RATE.rate,
    commissionMaxRate: RATE.max,
    commissionMaxChangeRate: RATE.change,
    commissionTime: 0n,
    minSelfDelegation: "1",
    unbondingHeight: 0n,
    unbondingTime: 0n,
  });
  const { staking, bank } = state;
  return {
    ...document,
    validators: [...document.validators, validatorJson(validator)],
    app_state: {
      ...document.app_state,
      bank: { ...bank, balances: withCoins(bank.balances, toBech32(prefix, BONDED_POOL), denom, tokens) },
      staking: {
        ...staking,
        validators: [...staking.validators, stake],
        delegations: [...staking.delegations, { delegator: toBech32(prefix, account), operator, shares }],
        last_validator_powers: [...staking.last_validator_powers, { operator, power: power.toString() }],
      },
    },
  };
}

const BONDED_POOL = moduleAddress("bonded_tokens_pool");

function withCoins(rows: readonly BankRow[], address: string, denom: string, amount: bigint): readonly BankRow[] {
  const before = rows.find((row) => row.address === address);
  const have = BigInt(before?.coins.find((coin) => coin.denom === denom)?.amount ?? "0");
  const row = { address, coins: [{ denom, amount: (have + amount).toString() }] };
  return before === undefined ? [...rows, row] : rows.map((other) => (other === before ? row : other));
}

export function validatorJson({ name, publicKey, power }: GenesisValidator): GenesisDocument["validators"][number] {
  return {
    address: toHex(validatorAddress(publicKey)).toUpperCase(),
    pub_key: publicJson(publicKey) as GenesisDocument["validators"][number]["pub_key"],
    power: power.toString(),
    name,
  };
}
