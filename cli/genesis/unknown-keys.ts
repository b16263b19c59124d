import { closest } from "../suggest.js";

/** Known keys by name; for a list, those of its rows. Undefined: the reader of this part refuses unknown keys itself. */
type Shape = { readonly [key: string]: Shape | undefined } | readonly [Shape];

const coin: Shape = { denom: undefined, amount: undefined };

/** Where a mistyped key would be left out in silence: the document itself, and the modules whose state is no schema message. */
const DOCUMENT: Shape = {
  genesis_time: undefined,
  chain_id: undefined,
  initial_height: undefined,
  consensus_params: {
    block: { max_bytes: undefined, max_gas: undefined, max_tx_bytes: undefined },
    evidence: {
      max_age_num_blocks: undefined,
      max_age_duration_ms: undefined,
      max_age_duration: undefined,
      max_bytes: undefined,
    },
    synchrony: { precision_ms: undefined, message_delay_ms: undefined },
  },
  validators: [
    { address: undefined, pub_key: { type: undefined, value: undefined }, power: undefined, name: undefined },
  ],
  app_hash: undefined,
  app_state: {
    chain: { bech32_prefix: undefined, bond_denom: undefined, fee_denom: undefined, unicode_tables_hash: undefined },
    auth: {
      accounts: [{ address: undefined, number: undefined, sequence: undefined, key_type: undefined, key: undefined }],
    },
    bank: { balances: [{ address: undefined, coins: [coin] }], denom_metadata: undefined },
    ...Object.fromEntries(
      ["staking", "slashing", "datanet", "model", "usage", "attribution", "payout"].map((name) => [name, undefined]),
    ),
  },
};

/** A sentence for each key that nothing reads. */
export function unknownKeys(document: unknown): string[] {
  return [...unknownIn(document, DOCUMENT, "")];
}

function* unknownIn(value: unknown, shape: Shape | undefined, path: string): Generator<string, void, undefined> {
  if (shape === undefined || typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    if (!Array.isArray(shape)) return;
    for (const [i, row] of value.entries()) yield* unknownIn(row, (shape as readonly [Shape])[0], `${path}[${i}]`);
    return;
  }
  const known = shape as { readonly [key: string]: Shape | undefined };
  for (const [key, item] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (Object.hasOwn(known, key)) yield* unknownIn(item, known[key], at);
    else {
      const near = closest(key, Object.keys(known));
      yield `${at} is read by nothing${near === undefined ? "" : `; is ${near} meant?`}`;
    }
  }
}
