import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import {
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QueryBalanceResponse,
} from "cosmjs-types/cosmos/bank/v1beta1/query";
import { MsgSend, MsgSendResponse } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { equalBytes, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { ed25519PublicKey, signEd25519 } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { decodeEvidence } from "#proto/evidence/judge.js";
import { hashBytes } from "#proto/types/block-id.js";
import {
  certificateRoot,
  evidenceRoot,
  paramsRoot,
  resultsRoot,
  txRoot,
  type BlockResults,
  type Certificate,
  type Evidence,
  type ConsensusParams,
  type TxResult,
} from "#proto/types/block.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { sealBlock, type SealedBlock } from "#proto/types/parts.js";
import {
  prioritiesRoot,
  proposerAt,
  rotate,
  validatorSet,
  validatorsRoot,
  type ValidatorSet,
} from "#proto/types/validators.js";
import { PRECOMMIT, voteSignBytes } from "#proto/types/vote.js";
import { openIndexer, type Indexer } from "#node/indexer/indexer.js";
import { indexWork } from "#node/indexer/work.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { AbciAnswer, AbciQuery } from "#proto/rpc/abci.js";
import type { CheckResult, NodeEvent, RpcDeps, SubmitRefused } from "#node/rpc/deps.js";
import { answer, refusal } from "#node/rpc/services/answers.js";
import { MemoryBase } from "#state/store/memory.js";
import type { Range, Write } from "#state/store/base.js";

/** A committed chain in memory, of real blocks, votes and results, whose transactions move coins by fiat. */
export const CHAIN_ID = "tributary-test-1";
export const PREFIX = "trib";
export const address = (name: string): string => toBech32(PREFIX, sha256(utf8(name)).slice(0, 20));

const GENESIS_MS = 1_767_225_600_000n; // 2026-01-01T00:00:00Z
const EMPTY = new Uint8Array(0);

const params: ConsensusParams = {
  blockBytesMax: 4_194_304n,
  blockGasMax: 100_000_000n,
  txBytesMax: 131_072n,
  evidenceAgeBlocksMax: 100_000n,
  evidenceAgeMsMax: 172_800_000n,
  evidenceBytesMax: 1_048_576n,
  precisionMs: 500n,
  messageDelayMs: 2_000n,
};

interface Height {
  readonly sealed: SealedBlock;
  readonly certificate: Certificate;
  readonly results: BlockResults;
  readonly validators: ValidatorSet;
}

export interface Send {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly memo?: string;
}

/** Bytes of a transaction that CosmJS can decode; its signature is filler. */
export function sendTx({ from, to, amount, memo = "" }: Send): Bytes {
  const message = MsgSend.fromPartial({
    fromAddress: address(from),
    toAddress: address(to),
    amount: [{ denom: "utrib", amount: String(amount) }],
  });
  const body = TxBody.fromPartial({
    messages: [{ typeUrl: MsgSend.typeUrl, value: MsgSend.encode(message).finish() }],
    memo,
  });
  const authInfo = AuthInfo.fromPartial({ fee: { gasLimit: 100_000n, amount: [{ denom: "utrib", amount: "250" }] } });
  return TxRaw.encode({
    bodyBytes: TxBody.encode(body).finish(),
    authInfoBytes: AuthInfo.encode(authInfo).finish(),
    signatures: [new Uint8Array(64).fill(7)],
  }).finish();
}

export class MemoryIndexDb extends MemoryBase {
  async *iterate(range: Range): AsyncGenerator<readonly [Bytes, Bytes]> {
    yield* this.range(range);
  }
  write(writes: Iterable<Write>): Promise<void> {
    this.apply(writes);
    return Promise.resolve();
  }
}

export class FixtureChain {
  readonly db = new MemoryIndexDb();
  readonly errors: string[] = [];
  readonly pending: Bytes[] = [];
  readonly balances = new Map<string, bigint>([[address("alice"), 1_000_000n]]);
  /** Set, a check answers with it. */
  checkResult: Partial<CheckResult> = {};
  droppedSlowClients = 0;
  readonly dropped: string[] = [];
  indexer!: Indexer;

  readonly #keys = [1, 2, 3, 4].map((n) => new Uint8Array(32).fill(n));
  readonly #heights: Height[] = [];
  readonly #listeners = new Set<(event: NodeEvent) => void>();
  #set: ValidatorSet;

  private constructor() {
    const set = validatorSet(this.#keys.map((key, i) => ({ pubKey: ed25519PublicKey(key), power: BigInt(10 + i) })));
    if (isRejection(set)) throw new Error("the fixture's validators are valid");
    this.#set = set;
  }

  /** @param blocks the sends of each block from height 1 on */
  static async of(blocks: readonly (readonly Send[])[]): Promise<FixtureChain> {
    const chain = new FixtureChain();
    const silent = () => undefined;
    chain.indexer = await openIndexer(
      {
        db: chain.db,
        work: indexWork(chain.db, chain.source()),
        firstHeight: () => 1n,
        log: { info: silent },
        metrics: { indexed: silent },
      },
      0n,
    );
    for (const sends of blocks) await chain.commit(sends.map(sendTx));
    return chain;
  }

  get height(): bigint {
    return this.indexer.cursor();
  }

  source() {
    return {
      txs: (height: bigint) => this.at(height)?.sealed.block.txs,
      results: (height: bigint) => this.at(height)?.results,
    };
  }

  at(height: bigint): Height | undefined {
    return this.#heights[Number(height) - 1];
  }

  /** Decides a block of these transactions: executes, seals, signs, indexes, then tells listeners. */
  async commit(txs: readonly Bytes[], evidence: readonly Evidence[] = []): Promise<bigint> {
    const last = this.#heights.at(-1);
    const height = BigInt(this.#heights.length + 1);
    const set = this.#set;
    const { next } = rotate(set);
    const header = {
      version: 1n,
      chainId: CHAIN_ID,
      height,
      round: 0,
      time: GENESIS_MS + height * 1_000n + 123n,
      proposer: proposerAt(set, 0).address,
      lastBlockId: last?.sealed.id,
      lastCertificateRoot: certificateRoot(last?.certificate),
      txRoot: txRoot(txs),
      stateRoot: sha256(u64be(height - 1n)),
      resultsRoot: resultsRoot(last?.results.txResults ?? []),
      validatorsRoot: validatorsRoot(set),
      nextValidatorsRoot: validatorsRoot(next),
      prioritiesRoot: prioritiesRoot(set),
      evidenceRoot: evidenceRoot(evidence),
      paramsRoot: paramsRoot(params),
      beaconProof: new Uint8Array(80),
    };
    const sealed = sealBlock({ header, txs: [...txs], lastCertificate: last?.certificate, evidence: [...evidence] });
    const results = {
      height,
      txResults: txs.map((tx) => this.#execute(tx)),
      blockEvents: [{ type: "block_reward", attributes: [{ key: "proposer", value: address(`val${height % 2n}`) }] }],
      validatorUpdates: [],
    };
    this.#heights.push({ sealed, certificate: this.#certify(set, height, sealed), results, validators: set });
    this.#set = next;
    await this.indexer.follow(height);
    for (const tx of txs) {
      this.pending.splice(0, this.pending.length, ...this.pending.filter((other) => !equalBytes(other, tx)));
    }
    this.emit({ kind: "committed", height });
    return height;
  }

  get listening(): number {
    return this.#listeners.size;
  }

  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #execute(tx: Bytes): TxResult {
    const body = TxBody.decode(TxRaw.decode(tx).bodyBytes);
    const send = MsgSend.decode(body.messages[0]!.value);
    const { amount } = send.amount[0]!;
    const [from, to] = [send.fromAddress, send.toAddress];
    const have = this.balances.get(from) ?? 0n;
    const value = BigInt(amount);
    const failed = have < value;
    if (!failed) {
      this.balances.set(from, have - value);
      this.balances.set(to, (this.balances.get(to) ?? 0n) + value);
    }
    const event = (type: string, fields: Record<string, string>) => ({
      type,
      attributes: Object.entries(fields).map(([key, text]) => ({ key, value: text })),
    });
    const reply = { typeUrl: "/cosmos.bank.v1beta1.MsgSendResponse", value: MsgSendResponse.encode({}).finish() };
    return {
      code: failed ? 5 : 0,
      codespace: failed ? "sdk" : "",
      data: failed ? EMPTY : TxMsgData.encode(TxMsgData.fromPartial({ msgResponses: [reply] })).finish(),
      log: failed ? "insufficient funds" : "",
      gasWanted: 100_000n,
      gasUsed: 61_234n,
      events: [
        event("tx", { fee: "250utrib", fee_payer: from }),
        event("message", { action: MsgSend.typeUrl, sender: from, module: "bank" }),
        ...(failed ? [] : [event("transfer", { recipient: to, sender: from, amount: `${amount}utrib` })]),
      ],
    };
  }

  #certify(set: ValidatorSet, height: bigint, { id }: SealedBlock): Certificate {
    const bytes = voteSignBytes(CHAIN_ID, { type: PRECOMMIT, height, round: 0, blockId: id });
    const signatures = set.members.flatMap(({ address: validator, pubKey }, index) => {
      const key = this.#keys.find((secret) => equalBytes(ed25519PublicKey(secret), pubKey));
      // The last of the order never signs: absent validators must show.
      return key === undefined || index === 3 ? [] : [{ index, validator, signature: signEd25519(bytes, key) }];
    });
    return { height, round: 0, blockId: id, signatures };
  }

  #query({ path, data, height }: AbciQuery): AbciAnswer {
    const at = height ?? this.height;
    const handlers: Record<string, () => AbciAnswer> = {
      "/cosmos.auth.v1beta1.Query/Account": () => {
        const who = QueryAccountRequest.decode(data).address;
        if (!this.balances.has(who)) return refusal("NotFound", `account ${who} not found`, at);
        const account = BaseAccount.encode(
          BaseAccount.fromPartial({ address: who, accountNumber: 3n, sequence: 4n }),
        ).finish();
        const value = { account: { typeUrl: BaseAccount.typeUrl, value: account } };
        return answer(QueryAccountResponse.encode(QueryAccountResponse.fromPartial(value)).finish(), at);
      },
      "/cosmos.bank.v1beta1.Query/Balance": () => {
        const request = QueryBalanceRequest.decode(data);
        const balance = { denom: request.denom, amount: String(this.balances.get(request.address) ?? 0n) };
        return answer(QueryBalanceResponse.encode({ balance }).finish(), at);
      },
      "/cosmos.bank.v1beta1.Query/AllBalances": () => {
        const balance = this.balances.get(QueryAllBalancesRequest.decode(data).address);
        const balances = balance === undefined ? [] : [{ denom: "utrib", amount: String(balance) }];
        const page = { nextKey: EMPTY, total: BigInt(balances.length) };
        return answer(QueryAllBalancesResponse.encode({ balances, pagination: page }).finish(), at);
      },
    };
    const handler = handlers[path];
    if (handler !== undefined) return handler();
    const { codespace, code } = sdkErrors.unknownRequest;
    return { ...answer(EMPTY, at), codespace, code, log: "unknown request" };
  }

  #submit(tx: Bytes): CheckResult | SubmitRefused {
    if (this.pending.some((other) => equalBytes(other, tx))) {
      return { refused: "duplicate", log: "tx already exists in cache" };
    }
    const result = {
      code: 0,
      codespace: "",
      data: EMPTY,
      log: "",
      gasWanted: 100_000n,
      gasUsed: 0n,
      ...this.checkResult,
    };
    if (result.code === 0) this.pending.push(tx);
    return result;
  }

  #takeEvidence(evidence: Bytes): Rejection | undefined {
    const piece = decodeEvidence(evidence);
    return isRejection(piece) ? piece : undefined;
  }

  deps(): RpcDeps {
    const silent = () => undefined;
    const document = genesisDocument(this.#set);
    return {
      node: {
        chainId: CHAIN_ID,
        moniker: "fixture",
        id: "0123456789abcdef0123456789abcdef01234567",
        peerId: "12D3KooWFixture",
        listenAddress: "/ip4/127.0.0.1/tcp/26656",
        rpcAddress: "tcp://127.0.0.1:26657",
        version: "0.1.0",
        validatorKey: () => ed25519PublicKey(this.#keys[0]!),
        addressPrefix: PREFIX,
      },
      chain: {
        latestHeight: () => this.height,
        earliestHeight: () => 1n,
        catchingUp: () => false,
        genesis: document,
        block: (height) => {
          const found = this.at(height);
          return found && { block: found.sealed.block, id: found.sealed.id, bytes: found.sealed.bytes.length };
        },
        heightOf: (hash) =>
          this.#heights.find(({ sealed }) => equalBytes(hashBytes(sealed.id.hash), hash))?.results.height,
        certificate: (height) => this.at(height)?.certificate,
        results: (height) => this.at(height)?.results,
        validators: (height) => (height === this.height + 1n ? this.#set : this.at(height)?.validators),
        params: () => params,
        query: (request) => this.#query(request),
      },
      evidence: { submit: (evidence) => Promise.resolve(this.#takeEvidence(evidence)) },
      mempool: {
        submit: (tx) => Promise.resolve(this.#submit(tx)),
        check: () =>
          Promise.resolve({
            code: 0,
            codespace: "",
            data: EMPTY,
            log: "",
            gasWanted: 1n,
            gasUsed: 0n,
            ...this.checkResult,
          }),
        view: (limit) => ({
          count: this.pending.length,
          bytes: this.pending.reduce((sum, tx) => sum + tx.length, 0),
          txs: this.pending.slice(0, limit),
        }),
      },
      consensus: {
        round: () => ({
          height: this.height + 1n,
          round: 0,
          step: 4,
          startTime: GENESIS_MS,
          validators: this.#set,
          proposer: this.#set.members[1]!.address,
          proposalHash: undefined,
          locked: undefined,
          valid: undefined,
          rounds: [{ round: 0, prevotes: [this.vote()], precommits: [] }],
        }),
      },
      peers: () => [{ id: "12D3KooWpeer", address: "/ip4/10.0.0.2/tcp/26656", outbound: true, state: { height: "5" } }],
      search: this.indexer.search,
      events: {
        listen: (listener) => {
          this.#listeners.add(listener);
          return () => void this.#listeners.delete(listener);
        },
      },
      log: {
        debug: silent,
        info: silent,
        warn: silent,
        error: (message, fields) => void this.errors.push(`${message} ${JSON.stringify(fields)}`),
      },
      progress: { hasFailed: () => false },
      metrics: {
        request: silent,
        sockets: silent,
        slowClientDropped: () => void this.droppedSlowClients++,
        dropped: (why) => void this.dropped.push(why),
      },
    };
  }

  vote() {
    const { address: validator } = this.#set.members[0]!;
    return {
      type: 1,
      height: this.height + 1n,
      round: 0,
      blockId: undefined,
      validator,
      index: 0,
      signature: new Uint8Array(64).fill(5),
    };
  }
}

function genesisDocument(set: ValidatorSet): GenesisDocument {
  return {
    genesis_time: "2026-01-01T00:00:00Z",
    chain_id: CHAIN_ID,
    initial_height: "1",
    consensus_params: {
      block: { max_bytes: "4194304", max_gas: "100000000", max_tx_bytes: "131072" },
      evidence: {
        max_age_num_blocks: "100000",
        max_age_duration_ms: "172800000",
        max_age_duration: "172800000000000",
        max_bytes: "1048576",
      },
      synchrony: { precision_ms: "500", message_delay_ms: "2000" },
    },
    validators: set.members.map(({ address: who, pubKey, power }) => ({
      address: Buffer.from(who).toString("hex").toUpperCase(),
      pub_key: { type: "tendermint/PubKeyEd25519", value: Buffer.from(pubKey).toString("base64") },
      power: String(power),
      name: "",
    })),
    app_hash: "",
    app_state: { bank: {} },
  };
}
