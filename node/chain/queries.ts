import { GasInfo } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import type { Bytes } from "#proto/bytes.js";
import { utf8 } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { isRejection, reject, rejectionText, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { BlockInfo, FingerprintLookup } from "#state/context.js";
import { executeTx } from "#state/machine.js";
import { addressText } from "#state/modules/chain/index.js";
import { queryRow } from "#state/registry.js";
import { View } from "#state/store/view.js";
import type { ChainStore } from "../storage/types.js";
import { StorageFault } from "../storage/fault.js";
import type { QueryAnswer, QueryRequest } from "./types.js";

export interface QueryWorld {
  readonly store: ChainStore;
  readonly chainId: string;
  readonly fingerprints: FingerprintLookup;
  readonly bech32Prefix: string;
  readonly nextBlock: BlockInfo;
  readonly txBytesMax: number;
  timeOf(height: bigint): bigint;
}

const NOTHING = new Uint8Array(0);
const simulateRequest = cosmos(SimulateRequest);
/** Raw keys of the state, with a proof on request: what `tribd verify` and other chains ask. */
const STORE_PATH = "/store/state/key";
const SIMULATE_PATH = "/cosmos.tx.v1beta1.Service/Simulate";

/** One query at one height. What a client may ask wrongly comes back as a coded answer. */
export function answer(request: QueryRequest, world: QueryWorld): QueryAnswer {
  const height = servedHeight(request, world.store);
  if (isRejection(height)) return refused(height, 0n);
  try {
    if (request.path === STORE_PATH) return fromStore(request, height, world.store);
    const value = valueOf(request, height, world);
    if (isRejection(value)) return refused(value, height);
    return { code: 0, codespace: "", log: "", key: NOTHING, value, height, proof: undefined };
  } catch (error) {
    if (error instanceof StorageFault && (error.code === "storage.pruned" || error.code === "storage.unknown_height")) {
      return refused(reject(sdkErrors.invalidHeight, { log: error.message }), height);
    }
    throw error;
  }
}

/** D9: the tip is unproven until the next header, so proofs answer for one height below by default. */
function servedHeight({ height, prove }: QueryRequest, store: ChainStore): bigint | Rejection {
  const head = store.head?.height ?? 0n;
  if (height !== 0n) {
    if (height <= head) return height;
    return reject(sdkErrors.invalidHeight, { log: `height ${height} is not there yet: the latest is ${head}` });
  }
  return prove && head > 0n ? head - 1n : head;
}

function valueOf({ path, data }: QueryRequest, height: bigint, world: QueryWorld): Bytes | Rejection {
  if (path === "/app/version") return utf8("1");
  if (path === SIMULATE_PATH) return simulate(data, world);
  const row = queryRow(path);
  if (isRejection(row)) return row;
  const { store, chainId, bech32Prefix, fingerprints } = world;
  const view = height === store.head?.height ? store.latest : store.viewAt(height);
  return row(
    { view, height, time: world.timeOf(height), chainId, address: addressText(bech32Prefix), fingerprints },
    data,
  );
}

function fromStore({ data, prove }: QueryRequest, height: bigint, store: ChainStore): QueryAnswer {
  const empty = { code: 0, codespace: "", log: "", key: data, height };
  if (!prove) return { ...empty, value: store.viewAt(height).get(data) ?? NOTHING, proof: undefined };
  const { value, proof } = store.prove(data, height);
  return { ...empty, value: value ?? NOTHING, proof };
}

/** Runs the tx on a copy of the latest state and throws the copy away. */
function simulate(data: Bytes, { store, nextBlock, txBytesMax, fingerprints }: QueryWorld): Bytes | Rejection {
  const asked = simulateRequest.decode(data);
  if (isRejection(asked)) return asked;
  const result = executeTx(new View(store.latest), nextBlock, asked.txBytes, { txBytesMax }, fingerprints, "simulate");
  if (result.code !== 0)
    return {
      kind: "rejection",
      codespace: result.codespace,
      code: result.code,
      name: "simulated",
      data: { log: result.log },
    };
  const gasInfo = GasInfo.fromPartial({ gasWanted: (1n << 64n) - 1n, gasUsed: result.gasUsed });
  const events = result.events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value }) => ({ key, value, index: true })),
  }));
  return SimulateResponse.encode(
    SimulateResponse.fromPartial({ gasInfo, result: { data: result.data, log: result.log, events } }),
  ).finish();
}

function refused(why: Rejection, height: bigint): QueryAnswer {
  const log = typeof why.data["log"] === "string" ? why.data["log"] : rejectionText(why);
  return { code: why.code, codespace: why.codespace, log, key: NOTHING, value: NOTHING, height, proof: undefined };
}
