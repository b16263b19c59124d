import { toBase64 } from "#proto/base64.js";
import { beaconInput, beaconOf, genesisBeacon } from "#proto/beacon.js";
import { present } from "#proto/assert.js";
import { fromHex, utf8, type Bytes } from "#proto/bytes.js";
import { client, type Client, type Transport } from "#proto/client/index.js";
import { ed25519PublicKey, validatorAddress } from "#proto/crypto/ed25519.js";
import { vrfProve } from "#proto/crypto/vrf.js";
import { isRejection } from "#proto/rejection.js";
import { formatRfc3339 } from "#proto/time.js";
import { certificateCodec, headerCodec, headerHash } from "#proto/types/block.js";
import { parseGenesis, type Genesis } from "#proto/types/genesis.js";
import { toMessage, validatorSetCodec } from "#proto/types/validators.js";
import { Queries } from "#node/chain/queries.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Write } from "#state/store/base.js";
import { HeaderChain, keyOf, setOf } from "../../light/chain.js";
import { genesisOf, TEST_CHAIN, type World } from "../../../state/world.js";
import { NO_FINGERPRINTS } from "#state/fingerprints/none.js";

const VALIDATORS = ["a", "b", "c", "d"];
export const set = setOf({ a: 10n, b: 10n, c: 10n, d: 10n });

interface Height {
  readonly time: bigint;
  readonly proposer: string;
  readonly writes: readonly Write[];
}

/** What validators would have committed, had they computed something else: a stored value instead of the true one. */
export type Committed = (key: Bytes, value: Bytes) => Bytes;

/** Keeps what a market's blocks wrote, with proposers that take turns and real beacons: what a chain is made of. */
export class Chronicle {
  readonly genesis: Genesis;
  readonly #genesisWrites: readonly Write[];
  readonly #heights: Height[] = [];

  /** @param market at its start @param document what verifiers trust */
  constructor({ world }: { readonly world: World }, document: unknown = genesisOf({})) {
    const parsed = parseGenesis(document);
    if (isRejection(parsed)) throw new Error(JSON.stringify(parsed));
    this.genesis = { ...parsed, validators: set };
    this.#genesisWrites = [...world.base.range({})].map(([key, value]): Write => [key, value]);
    let proposer = "";
    world.beacon = genesisBeacon(parsed.hash);
    world.totalPower = set.totalPower;
    world.beginHeader = () => {
      proposer = VALIDATORS[Number(world.height) % VALIDATORS.length]!;
      world.proposer = validatorAddress(ed25519PublicKey(keyOf(proposer)));
      const proof = vrfProve(keyOf(proposer), beaconInput(TEST_CHAIN, world.height, world.beacon));
      world.beacon = present(beaconOf(proof), "a proof has an output");
    };
    world.committed = ({ writes }) => void this.#heights.push({ time: world.time, proposer, writes });
  }

  /** The chain on a disk, under headers that its validators signed. */
  async serve(committed: Committed = (_, value) => value): Promise<ServedChain> {
    const store = await openChainStore(new MemoryDisk().open());
    const changed = (writes: readonly Write[]): Write[] =>
      writes.map(([key, value]) => [key, value === undefined ? undefined : committed(key, value)]);
    await store.commitGenesis({ document: utf8("{}"), initialHeight: 1n, writes: changed(this.#genesisWrites) });
    const headers = new HeaderChain(this.genesis.hash);
    for (const { time, proposer, writes } of this.#heights) {
      const height = headers.height + 1n;
      const stateRoot = present(store.rootAfter(height - 1n), "the height before is committed");
      const { header } = headers.extend({ chainId: TEST_CHAIN, time, set, signers: VALIDATORS, proposer, stateRoot });
      const bytes = utf8("not asked for here");
      const blockHash = headerHash(header);
      await store.commitHeight({
        ...{ height, blockHash, block: bytes, certificate: bytes, results: bytes },
        writes: changed(writes),
      });
    }
    return new ServedChain(store, headers);
  }
}

export type Result = Record<string, unknown>;
/** What a node says instead of the truth. `honest` asks the node once more. */
export type Lie = (
  method: string,
  params: Readonly<Record<string, string>>,
  result: Result,
  honest: (method: string, params: Readonly<Record<string, string>>) => Result,
) => Result;

/** The RPC of a node over a committed chain: status, light blocks, and queries answered by the node's own code. */
export class ServedChain {
  readonly headers: HeaderChain;
  readonly #queries: Queries;

  constructor(store: ChainStore, headers: HeaderChain) {
    const genesis = { chainId: TEST_CHAIN, initialHeight: store.initialHeight, time: 0n };
    this.#queries = new Queries({ reader: store, genesis, fingerprints: () => NO_FINGERPRINTS });
    this.headers = headers;
  }

  get now(): bigint {
    return this.headers.blocks.at(-1)!.header.time + 1_000n;
  }

  client(lie?: Lie): Client {
    return client(this.transport(lie));
  }

  transport(lie: Lie = (_method, _params, result) => result): Transport {
    const honest = (method: string, params: Readonly<Record<string, string>>): Result => this.#answer(method, params);
    return {
      send(body) {
        const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: never };
        const result = lie(method, params, honest(method, params), honest);
        return Promise.resolve(JSON.stringify({ jsonrpc: "2.0", id, result }));
      },
    };
  }

  #answer(method: string, params: Readonly<Record<string, string>>): Result {
    const height = BigInt(params["height"] ?? "0");
    switch (method) {
      case "status":
        return this.#status();
      case "light_block":
        return this.#lightBlock(height);
      case "abci_query":
        return { response: this.#query(params, height) };
      default:
        throw new Error(`this chain does not serve ${method}`);
    }
  }

  #status(): Result {
    const { header } = this.headers.blocks.at(-1)!;
    return {
      node_info: { network: TEST_CHAIN, moniker: "served" },
      sync_info: {
        latest_block_height: String(header.height),
        earliest_block_height: "1",
        latest_block_hash: "00",
        latest_app_hash: "00",
        latest_block_time: formatRfc3339(header.time),
        catching_up: false,
      },
      validator_info: { address: "00", voting_power: "10" },
    };
  }

  #lightBlock(height: bigint): Result {
    const { header, certificate, validators } = present(this.headers.at(height), "a height of the chain");
    return {
      height: String(height),
      header: toBase64(headerCodec.encode(header)),
      certificate: toBase64(certificateCodec.encode(certificate)),
      validators: toBase64(validatorSetCodec.encode(toMessage(validators))),
    };
  }

  #query(params: Readonly<Record<string, string | boolean>>, height: bigint): Result {
    const request = {
      path: String(params["path"]),
      data: present(fromHex(String(params["data"] ?? "")), "hex"),
      height: height === 0n ? undefined : height,
      prove: params["prove"] === true,
    };
    const { code, codespace, log, key, value, proofOps, ...at } = this.#queries.answer(request);
    const ops = proofOps.map((op) => ({ type: op.type, key: toBase64(op.key), data: toBase64(op.data) }));
    return {
      code,
      codespace,
      log,
      key: toBase64(key),
      value: toBase64(value),
      proofOps: ops.length === 0 ? null : { ops },
      height: String(at.height),
    };
  }
}
