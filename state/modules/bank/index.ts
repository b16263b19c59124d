import { Metadata } from "cosmjs-types/cosmos/bank/v1beta1/bank";
import { parseAmount } from "#proto/amount.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import type { Json } from "#proto/codec/json-text.js";
import { genesisErrors } from "#proto/types/genesis.js";
import { reject } from "#proto/rejection.js";
import type { AddressText } from "../../context.js";
import type { Module } from "../../module.js";
import { each } from "../../module-genesis.js";
import type { ReadView } from "../../store/view.js";
import { DENOM } from "../chain/index.js";
import { balances, metadata, supplies } from "./keys.js";
import { balanceOf, endow } from "./ledger.js";
import { messages } from "./messages.js";
import { queries } from "./queries.js";

export { balanceOf, burn, move, mustMove, supplyOf, type Ledger } from "./ledger.js";

interface BankGenesis {
  readonly balances?: readonly {
    readonly address?: unknown;
    readonly coins?: readonly { denom?: unknown; amount?: unknown }[];
  }[];
  readonly denom_metadata?: readonly unknown[];
}

/** Owns balances and supply. Fees are taken in ante.ts, accounts are auth's. */
export const bank: Module = {
  name: "bank",
  prefix: 0x02,
  messages,
  queries,
  initGenesis({ view, address: text }, state) {
    const invalid = (field: string, want: string) =>
      reject(genesisErrors.invalid, { field: `app_state.bank.${field}`, want });
    const genesis = (state ?? {}) as BankGenesis;
    for (const [i, row] of (genesis.balances ?? []).entries()) {
      const address = typeof row.address === "string" ? text.parse(row.address) : undefined;
      if (address === undefined) return invalid(`balances[${i}].address`, "an account address of this chain");
      for (const [j, coin] of (row.coins ?? []).entries()) {
        const amount = typeof coin.amount === "string" ? parseAmount(coin.amount) : undefined;
        const where = `balances[${i}].coins[${j}]`;
        if (typeof coin.denom !== "string" || !DENOM.test(coin.denom)) {
          return invalid(`${where}.denom`, "a denomination");
        }
        if (amount === undefined || amount === 0n) return invalid(`${where}.amount`, "a positive decimal string");
        if (balanceOf(view, address, coin.denom) !== 0n) return invalid(where, "each denomination once an account");
        endow(view, address, coin.denom, amount);
      }
    }
    for (const [i, row] of (genesis.denom_metadata ?? []).entries()) {
      let parsed: Metadata;
      try {
        parsed = Metadata.fromJSON(row as object);
      } catch {
        return invalid(`denom_metadata[${i}]`, "cosmos.bank.v1beta1.Metadata in JSON"); // The library throws for other shapes.
      }
      if (!DENOM.test(parsed.base)) return invalid(`denom_metadata[${i}].base`, "a denomination");
      metadata.put(view, [parsed.base], Metadata.encode(parsed).finish());
    }
    return undefined;
  },
  exportGenesis({ view, address: text }) {
    return [
      ["balances", coinsByAddress(view, text)],
      ["denom_metadata", each(metadata.range(view), ([, value]) => Metadata.toJSON(Metadata.decode(value)) as Json)],
    ];
  },
  invariants: {
    supplyEqualsBalances(view) {
      const sums = new Map<string, bigint>();
      for (const [[, denom], amount] of balances.range(view)) sums.set(denom, (sums.get(denom) ?? 0n) + amount);
      for (const [[denom], supply] of supplies.range(view)) {
        const sum = sums.get(denom) ?? 0n;
        if (sum !== supply) return `${denom}: balances add up to ${sum}, the supply is ${supply}`;
        sums.delete(denom);
      }
      for (const [denom] of sums) return `${denom} is held and has no supply`;
      return undefined;
    },
  },
};

/** One row an address: its coins lie next to each other. */
function* coinsByAddress(view: ReadView, text: AddressText): Generator<Json, void, undefined> {
  let owner: Bytes | undefined;
  let coins: Json[] = [];
  for (const [[address, denom], amount] of balances.range(view)) {
    if (owner !== undefined && !equalBytes(owner, address)) {
      yield { address: text.format(owner), coins };
      coins = [];
    }
    owner = address;
    coins.push({ denom, amount: amount.toString() });
  }
  if (owner !== undefined) yield { address: text.format(owner), coins };
}
