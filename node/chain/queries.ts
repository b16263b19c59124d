import { BoundedMap } from "#proto/bounded.js";
import { GasInfo } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { present } from "#proto/assert.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import type { AbciAnswer, AbciQuery } from "#proto/rpc/abci.js";
import { isRejection, reject, rejectionText, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { blockCodec, type ConsensusParams, type TxResult } from "#proto/types/block.js";
import type { Genesis } from "#proto/types/genesis.js";
import { toMessage, type ValidatorSetMessage } from "#proto/types/validators.js";
import type { FingerprintLookup } from "#state/context.js";
import { executeTx } from "#state/machine.js";
import { addressText, chainConfig, nextParams, nextValidators } from "#state/modules/chain/index.js";
import { queryRow } from "#state/registry.js";
import type { Base } from "#state/store/base.js";
import { View } from "#state/store/view.js";
import { StorageFault } from "../storage/fault.js";
import type { StateReader } from "../storage/types.js";
import { simulatedBlock } from "./simulated-block.js";

export interface QueryWorld {
  readonly reader: StateReader;
  readonly genesis: Pick<Genesis, "chainId" | "initialHeight" | "time">;
  /** Who holds a fingerprint at the head. */
  fingerprints(latest: Base, height: bigint): FingerprintLookup;
}

const TIMES_MAX = 1_000;

/** Answers queries one after the other from what is committed; it keeps nothing that a commit could make stale. */
export class Queries {
  readonly #world: QueryWorld;
  /** Times of heights asked for lately: reading one decodes its block. */
  readonly #times = new BoundedMap<bigint, bigint>(TIMES_MAX);

  constructor(world: QueryWorld) {
    this.#world = world;
  }

  /** One query at one height. What a client may ask wrongly comes back as a coded answer. */
  answer(request: AbciQuery): AbciAnswer {
    const { reader } = this.#world;
    const head = present(reader.head, "genesis is written").height;
    const height = servedHeight(request, head);
    if (isRejection(height)) return refused(height, 0n);
    try {
      if (request.path === STORE_PATH) return fromStore(request, height, reader);
      const value = this.#valueOf(request, height, head);
      if (isRejection(value)) return refused(value, height);
      return { code: 0, codespace: "", log: "", key: NOTHING, value, height, proofOps: [] };
    } catch (error) {
      if (!isAbsence(error)) throw error;
      return refused(reject(sdkErrors.invalidHeight, { log: error.message }), height);
    }
  }

  validatorsAfter(height: bigint): ValidatorSetMessage | undefined {
    return this.#within(() => toMessage(nextValidators(this.#world.reader.viewAt(height))));
  }

  paramsAfter(height: bigint): ConsensusParams | undefined {
    return this.#within(() => nextParams(this.#world.reader.viewAt(height)));
  }

  #within<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }

  #valueOf({ path, data }: AbciQuery, height: bigint, head: bigint): Bytes | Rejection {
    if (path === "/app/version") return utf8("1");
    const { reader, genesis } = this.#world;
    const latest = reader.viewAt(head);
    if (path === SIMULATE_PATH) return this.#simulate(data, latest, head);
    const row = queryRow(path);
    if (isRejection(row)) return row;
    const view = height === head ? latest : reader.viewAt(height);
    const address = addressText(chainConfig(latest).bech32Prefix);
    const fingerprints = this.#world.fingerprints(latest, head);
    return row({ view, height, time: this.#timeOf(height), chainId: genesis.chainId, address, fingerprints }, data);
  }

  /** Runs the tx on a copy of the latest state and throws the copy away. */
  #simulate(data: Bytes, latest: Base, head: bigint): Bytes | Rejection {
    const asked = simulateRequest.decode(data);
    if (isRejection(asked)) return asked;
    const { chainId } = this.#world.genesis;
    const block = simulatedBlock(latest, { chainId, height: head, time: this.#timeOf(head) });
    const limits = { txBytesMax: Number(nextParams(latest).txBytesMax) };
    const fingerprints = this.#world.fingerprints(latest, head);
    return simulated(executeTx(new View(latest), block, asked.txBytes, limits, fingerprints, "simulate"));
  }

  #timeOf(height: bigint): bigint {
    const { reader, genesis } = this.#world;
    const known = this.#times.get(height);
    if (known !== undefined) return known;
    const bytes = height < genesis.initialHeight ? undefined : reader.block(height);
    const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
    if (block === undefined || isRejection(block) || block.header === undefined) return genesis.time;
    this.#times.set(height, block.header.time);
    return block.header.time;
  }
}

function isAbsence(error: unknown): error is StorageFault {
  return error instanceof StorageFault && (error.code === "storage.pruned" || error.code === "storage.unknown_height");
}

const NOTHING = new Uint8Array(0);
const simulateRequest = cosmos(SimulateRequest);
/** Raw keys of the state, with a proof on request: what `tribd verify` and other chains ask. */
/** An ICS-23 commitment proof under the state root, which is the app hash of the next header. */
const PROOF_TYPE = "ics23:tributary";
const STORE_PATH = "/store/state/key";
const SIMULATE_PATH = "/cosmos.tx.v1beta1.Service/Simulate";

/** D9: the tip is unproven until the next header, so proofs answer for one height below by default. */
function servedHeight({ height, prove }: AbciQuery, head: bigint): bigint | Rejection {
  if (height !== undefined) {
    if (height <= head) return height;
    return reject(sdkErrors.invalidHeight, { log: `height ${height} is not there yet: the latest is ${head}` });
  }
  return prove && head > 0n ? head - 1n : head;
}

function fromStore({ data, prove }: AbciQuery, height: bigint, reader: StateReader): AbciAnswer {
  const empty = { code: 0, codespace: "", log: "", key: data, height };
  if (!prove) return { ...empty, value: reader.viewAt(height).get(data) ?? NOTHING, proofOps: [] };
  const { value, proof } = reader.prove(data, height);
  return { ...empty, value: value ?? NOTHING, proofOps: [{ type: PROOF_TYPE, key: data, data: proof }] };
}

function simulated(result: TxResult): Bytes | Rejection {
  if (result.code !== 0) {
    return reject({ codespace: result.codespace, code: result.code, name: "simulated" }, { log: result.log });
  }
  const gasInfo = GasInfo.fromPartial({ gasWanted: (1n << 64n) - 1n, gasUsed: result.gasUsed });
  const events = result.events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value }) => ({ key, value, index: true })),
  }));
  return SimulateResponse.encode(
    SimulateResponse.fromPartial({ gasInfo, result: { data: result.data, log: result.log, events } }),
  ).finish();
}

function refused(why: Rejection, height: bigint): AbciAnswer {
  const log = typeof why.data["log"] === "string" ? why.data["log"] : rejectionText(why);
  return { code: why.code, codespace: why.codespace, log, key: NOTHING, value: NOTHING, height, proofOps: [] };
}
