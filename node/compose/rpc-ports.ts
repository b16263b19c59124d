import { RESULTS_BYTES_MAX } from "#proto/limits.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { hashBytes, headerHashOf } from "#proto/types/block-id.js";
import { blockCodec, blockResultsCodec, certificateCodec } from "#proto/types/block.js";
import { blockIdOf } from "#proto/types/parts.js";
import { fromMessage, type ValidatorSet } from "#proto/types/validators.js";
import { proposerOfRound } from "#consensus/proposer.js";
import type { State, StepName } from "#consensus/types.js";
import type { QueryPort } from "../chain/types.js";
import type { Search } from "../indexer/search.js";
import type { Node } from "../node.js";
import { consensusEvents } from "./consensus-events.js";
import type {
  RpcChain,
  CheckResult,
  RpcMempool,
  NodeIdentity,
  PeerView,
  RoundView,
  RpcDeps,
  StoredBlock,
  SubmitRefused,
} from "../rpc/deps.js";
import { StorageFault } from "../storage/fault.js";
import type { BlockReader } from "../storage/types.js";
import type { Genesis } from "#proto/types/genesis.js";
import type { Host } from "#p2p/host.js";

export interface RpcWorld {
  readonly node: Node;
  readonly blocks: BlockReader;
  readonly queries: QueryPort;
  readonly genesis: Genesis;
  readonly host: Host;
  readonly identity: NodeIdentity;
  readonly search: Search;
  readonly progress: RpcDeps["progress"];
  readonly log: RpcDeps["log"];
  readonly metrics: RpcDeps["metrics"];
}

/** The node as RPC sees it: reads of the store, and the few things that a client may ask it to do. */
export function rpcPorts(world: RpcWorld): RpcDeps {
  const { node, host, identity, search, progress, log, metrics } = world;
  return {
    node: identity,
    chain: rpcChain(world),
    mempool: rpcMempool(world),
    evidence: { submit: (evidence) => node.submitEvidence(evidence) },
    consensus: { round: () => roundView(node.drive.state, node.tip.time) },
    peers: () => peerViews(host),
    search,
    progress,
    events: {
      listen(listener) {
        const stops = [
          node.onCommitted(({ tip }) => listener({ kind: "committed", height: tip.height })),
          node.drive.observe((taken) => consensusEvents(taken).forEach(listener)),
        ];
        return () => stops.forEach((stop) => stop());
      },
    },
    log,
    metrics,
  };
}

function rpcChain({ node, blocks, queries, genesis }: RpcWorld): RpcChain {
  return {
    latestHeight: () => node.tip.height,
    earliestHeight: () => blocks.firstBlock,
    catchingUp: () => !node.status.caughtUp,
    genesis: genesis.document,
    block: (height) => storedBlock(blocks, height),
    heightOf: (hash) => blocks.heightOf(headerHashOf(hash)),
    certificate(height) {
      const bytes = blocks.certificate(height);
      return bytes === undefined ? undefined : readable(certificateCodec.decode(bytes));
    },
    results(height) {
      const bytes = blocks.results(height);
      return bytes === undefined ? undefined : readable(blockResultsCodec.decode(bytes, RESULTS_BYTES_MAX));
    },
    validators: (height) => validatorsAt(node, queries, height),
    params: (height) => (height === node.tip.height + 1n ? node.tip.params : queries.paramsAfter(height - 1n)),
    query: (query) => queries.query(query),
  };
}

function storedBlock(blocks: BlockReader, height: bigint): StoredBlock | undefined {
  const bytes = blocks.block(height);
  if (bytes === undefined) return undefined;
  const block = readable(blockCodec.decode(bytes));
  if (block.header === undefined) throw new StorageFault("storage.corrupt_record", `block ${height} has no header`);
  return { block, id: blockIdOf(block.header, bytes), bytes: bytes.length };
}

/** The set that decides a height was written by the height before it. */
async function validatorsAt(node: Node, queries: QueryPort, height: bigint): Promise<ValidatorSet | undefined> {
  if (height === node.tip.height + 1n) return readable(fromMessage(node.tip.validators));
  const set = await queries.validatorsAfter(height - 1n);
  return set === undefined ? undefined : readable(fromMessage(set));
}

function readable<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new StorageFault("storage.corrupt_record", rejectionText(value));
  return value;
}

function rpcMempool({ node }: RpcWorld): RpcMempool {
  return {
    async submit(tx) {
      const admitted = await node.submit(tx);
      return isRejection(admitted) ? refusal(admitted) : accepted(admitted.gasWanted);
    },
    async check(tx) {
      const judged = await node.chain.judgeTx(tx);
      return isRejection(judged) ? checkResult(judged) : accepted(judged.gasWanted);
    },
    view: (limit) => ({ count: node.mempool.size, bytes: node.mempool.bytes, txs: node.mempool.list(limit) }),
  };
}

const accepted = (gasWanted: bigint): CheckResult => ({
  code: 0,
  codespace: "",
  data: new Uint8Array(0),
  log: "",
  gasWanted,
  gasUsed: 0n,
});

const REFUSED: Readonly<Record<number, SubmitRefused["refused"]>> = {
  [sdkErrors.txInMempoolCache.code]: "duplicate",
  [sdkErrors.mempoolIsFull.code]: "full",
  [sdkErrors.txTooLarge.code]: "too_large",
};

function refusal(why: Rejection): CheckResult | SubmitRefused {
  const refused = why.codespace === sdkErrors.txDecode.codespace ? REFUSED[why.code] : undefined;
  return refused === undefined ? checkResult(why) : { refused, log: logOf(why) };
}

function checkResult(why: Rejection): CheckResult {
  return { ...accepted(0n), code: why.code, codespace: why.codespace, log: logOf(why) };
}

function logOf(why: Rejection): string {
  return typeof why.data["log"] === "string" ? why.data["log"] : rejectionText(why);
}

/** CometBFT's numbers of steps, which dashboards show. */
const STEP_NUMBER: Readonly<Record<StepName, number>> = { idle: 1, propose: 3, prevote: 4, precommit: 6, decided: 8 };

function roundView(state: State, time: bigint): RoundView {
  const { height, round, step, validators, locked, valid, rounds } = state;
  const proposed = rounds.find((entry) => entry.round === round)?.proposal?.proposal.blockId;
  return {
    height,
    round,
    step: STEP_NUMBER[step],
    startTime: time,
    validators,
    proposer: step === "idle" ? undefined : proposerOfRound(state, round),
    proposalHash: proposed && hashBytes(proposed.hash),
    locked: locked === undefined ? undefined : { round: locked.round, hash: hashBytes(locked.blockId.hash) },
    valid: valid === undefined ? undefined : { round: valid.round, hash: hashBytes(valid.blockId.hash) },
    rounds: rounds.map((entry) => ({
      round: entry.round,
      prevotes: entry.prevotes.votes.flat(),
      precommits: entry.precommits.votes.flat(),
    })),
  };
}

function peerViews(host: Host): PeerView[] {
  return host.peerInfo().map(({ id, address, direction, score, since }) => ({
    id,
    address,
    outbound: direction === "outbound",
    state: { score, since: since.toString() },
  }));
}
