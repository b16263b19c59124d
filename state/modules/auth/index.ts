import { toHex, fromHex } from "#proto/bytes.js";
import { parseAmount } from "#proto/amount.js";
import { genesisErrors } from "#proto/types/genesis.js";
import { reject } from "#proto/rejection.js";
import type { Module } from "../../module.js";
import { each } from "../../module-genesis.js";
import { ensureAccount } from "./accounts.js";
import { accounts, nextNumber } from "./keys.js";
import { queries } from "./queries.js";

export { accountKey, accountOf, ensureAccount, recordSignature, type Account } from "./accounts.js";

interface GenesisAccount {
  readonly address?: unknown;
  readonly number?: unknown;
  readonly sequence?: unknown;
  readonly key_type?: unknown;
  readonly key?: unknown;
  readonly funder?: unknown;
  readonly funded_height?: unknown;
}

/** Owns accounts: their numbers, sequences and keys. Who may sign a transaction is checked in ante.ts. */
export const auth: Module = {
  name: "auth",
  prefix: 0x01,
  messages: [],
  queries,
  initGenesis({ view, address: text }, state) {
    const invalid = (field: string, want: string) =>
      reject(genesisErrors.invalid, { field: `app_state.auth.${field}`, want });
    const list = (state as { accounts?: unknown } | undefined)?.accounts ?? [];
    if (!Array.isArray(list)) return invalid("accounts", "a list");
    let highest = -1n;
    for (const [i, entry] of (list as GenesisAccount[]).entries()) {
      const address = typeof entry.address === "string" ? text.parse(entry.address) : undefined;
      if (address === undefined) return invalid(`accounts[${i}].address`, "an account address of this chain");
      if (accounts.has(view, [address])) return invalid(`accounts[${i}].address`, "each address once");
      if (entry.number === undefined) {
        ensureAccount(view, address);
        continue;
      }
      const number = typeof entry.number === "string" ? parseAmount(entry.number) : undefined;
      const sequence = typeof entry.sequence === "string" ? parseAmount(entry.sequence) : undefined;
      const key = typeof entry.key === "string" ? fromHex(entry.key) : undefined;
      if (number === undefined || sequence === undefined || key === undefined || typeof entry.key_type !== "string") {
        return invalid(`accounts[${i}]`, "number, sequence, key_type and key, or the address alone");
      }
      const funder = entry.funder === undefined ? new Uint8Array(0) : text.parse(String(entry.funder));
      if (funder === undefined) return invalid(`accounts[${i}].funder`, "an account address of this chain, or nothing");
      const fundedHeight = parseAmount(String(entry.funded_height ?? "0"));
      if (fundedHeight === undefined) return invalid(`accounts[${i}].funded_height`, "a height as text, or nothing");
      accounts.put(view, [address], { number, sequence, keyType: entry.key_type, key, funder, fundedHeight });
      if (number > highest) highest = number;
    }
    if (highest >= (nextNumber.get(view, []) ?? 0n)) nextNumber.put(view, [], highest + 1n);
    return undefined;
  },
  exportGenesis({ view, address: text }) {
    const rows = each(
      accounts.range(view),
      ([[address], { number, sequence, keyType, key, funder, fundedHeight }]) => ({
        address: text.format(address),
        number: number.toString(),
        sequence: sequence.toString(),
        key_type: keyType,
        key: toHex(key),
        ...(funder.length > 0 && { funder: text.format(funder), funded_height: fundedHeight.toString() }),
      }),
    );
    return [["accounts", rows]];
  },
  invariants: {
    numbersAreUnique(view) {
      const seen = new Set<bigint>();
      const next = nextNumber.get(view, []) ?? 0n;
      for (const [, { number }] of accounts.range(view)) {
        if (seen.has(number)) return `account number ${number} is given twice`;
        if (number >= next) return `account number ${number} is not below the next one, ${next}`;
        seen.add(number);
      }
      return undefined;
    },
  },
};
