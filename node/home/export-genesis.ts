import { toBase64 } from "#proto/base64.js";
import { present } from "#proto/assert.js";
import { toHex, utf8Text } from "#proto/bytes.js";
import type { Json } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { formatRfc3339, parseRfc3339 } from "#proto/time.js";
import { blockCodec } from "#proto/types/block.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { addressText, chainConfig, nextParams, upcomingValidators } from "#state/modules/chain/index.js";
import type { GenesisField } from "#state/module.js";
import { modules } from "#state/registry.js";
import type { ReadView } from "#state/store/view.js";
import type { Home } from "../config/home.js";
import { openChainDb } from "./chain-db.js";
import { lockHome } from "./home-lock.js";
import { openChainStore } from "../storage/chain-store.js";
import { StorageFault } from "../storage/fault.js";
import type { ChainStore } from "../storage/types.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

/** The state of a stopped node as a genesis document, in pieces of text. @throws HomeFault, StorageFault */
export async function* exportHome(home: Home, height: bigint | undefined): AsyncGenerator<string, void, undefined> {
  const lock = await lockHome(home);
  try {
    const db = await openChainDb(home);
    try {
      yield* exportGenesis(await openChainStore(db), height);
    } finally {
      await db.close();
    }
  } finally {
    await lock.close();
  }
}

/** Text that is handed on at once: small enough to keep memory flat, large enough to be few writes. */
const PIECE_CHARS = 64 * 1024;

/**
 * The whole state after a height as a genesis document, row by row: memory does not grow with the state. A chain that
 * begins with it has the same content, but for what belongs to a chain's course: the beacon, the proposers' priorities and
 * the memory of past heights begin anew. The pieces end between tokens.
 * @param height by default the last one @throws StorageFault for a height outside the window
 */
export function* exportGenesis(store: ChainStore, height?: bigint): Generator<string, void, undefined> {
  let piece = "";
  for (const token of tokens(store, height)) {
    piece += token;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function* tokens(store: ChainStore, height: bigint | undefined): Generator<string, void, undefined> {
  const { head } = store;
  if (head === undefined) throw new StorageFault("storage.unknown_height", "this home has no chain yet");
  const at = height ?? head.height;
  const view = store.viewAt(at);
  const first = JSON.parse(present(utf8Text(store.genesis()!), "genesis is text")) as GenesisDocument;
  const time = timeOf(store, at, first);
  const { chain_id: chainId } = first;
  const top: Omit<GenesisDocument, "app_state"> = {
    genesis_time: formatRfc3339(time),
    chain_id: chainId,
    initial_height: "1",
    consensus_params: paramsJson(view),
    validators: validatorsJson(view, first),
    app_hash: "",
  };
  yield `${JSON.stringify(top).slice(0, -1)},"app_state":{`;
  const address = addressText(chainConfig(view).bech32Prefix);
  const context = { view, height: at, time, chainId, address, fingerprints: NO_FINGERPRINTS };
  for (const [i, module] of modules.entries()) {
    yield `${i === 0 ? "" : ","}${JSON.stringify(module.name)}:`;
    yield* fieldTokens(module.exportGenesis(context));
  }
  yield "}}";
}

function* fieldTokens(fields: Iterable<GenesisField>): Generator<string, void, undefined> {
  let before = "{";
  for (const [name, value] of fields) {
    yield `${before}${JSON.stringify(name)}:`;
    if (isRows(value)) yield* rowTokens(value);
    else yield JSON.stringify(value);
    before = ",";
  }
  yield before === "{" ? "{}" : "}";
}

function* rowTokens(rows: Iterable<Json>): Generator<string, void, undefined> {
  let before = "[";
  for (const row of rows) {
    yield before + JSON.stringify(row);
    before = ",";
  }
  yield before === "[" ? "[]" : "]";
}

const isRows = (value: Json | Iterable<Json>): value is Iterable<Json> =>
  typeof value === "object" && value !== null && Symbol.iterator in value;

function timeOf(store: ChainStore, height: bigint, first: GenesisDocument): bigint {
  const bytes = store.block(height);
  const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
  if (block !== undefined && !isRejection(block) && block.header !== undefined) return block.header.time;
  return parseRfc3339(first.genesis_time)!;
}

function paramsJson(view: ReadView): GenesisDocument["consensus_params"] {
  const params = nextParams(view);
  return {
    block: {
      max_bytes: String(params.blockBytesMax),
      max_gas: String(params.blockGasMax),
      max_tx_bytes: String(params.txBytesMax),
    },
    evidence: {
      max_age_num_blocks: String(params.evidenceAgeBlocksMax),
      max_age_duration_ms: String(params.evidenceAgeMsMax),
      max_age_duration: String(params.evidenceAgeMsMax * 1_000_000n),
      max_bytes: String(params.evidenceBytesMax),
    },
    synchrony: { precision_ms: String(params.precisionMs), message_delay_ms: String(params.messageDelayMs) },
  };
}

/** Those of the height after the next one: what the staking module says, and the first to decide the new chain. */
function validatorsJson(view: ReadView, { validators }: GenesisDocument): GenesisDocument["validators"] {
  const names = new Map(validators.map(({ pub_key, name }) => [pub_key.value, name]));
  return upcomingValidators(view).members.map(({ address, pubKey, power }) => {
    const value = toBase64(pubKey);
    return {
      address: toHex(address).toUpperCase(),
      pub_key: { type: "tendermint/PubKeyEd25519", value },
      power: power.toString(),
      name: names.get(value) ?? "",
    };
  });
}
